import { useState } from "react";
import { hasShortcuts, setShortcuts } from "../../core/keys";
import { setTheme, type Theme, useTheme } from "../../core/theme";
import { chosenLanguage, LANGUAGES, type Language, useI18n } from "../../i18n";
import { Choice, Switch } from "../../ui/form";

export function AppearanceSection() {
  const { words, choose } = useI18n();
  const { t } = words;
  const theme = useTheme();
  const [shortcuts, setShown] = useState(hasShortcuts);
  const languages = Object.entries(LANGUAGES) as [Language, string][];
  return (
    <div className="form">
      <Choice<Theme>
        label={t("settings.theme")}
        value={theme}
        options={[
          ["system", t("settings.themeSystem")],
          ["light", t("settings.themeLight")],
          ["dark", t("settings.themeDark")],
        ]}
        onChange={setTheme}
      />
      <Choice<Language | "system">
        label={t("settings.language")}
        value={chosenLanguage()}
        options={[["system", t("settings.languageSystem")], ...languages]}
        onChange={choose}
      />
      <Switch
        label={t("settings.shortcuts")}
        hint={t("settings.shortcutsHint")}
        checked={shortcuts}
        onChange={(on) => {
          setShortcuts(on);
          setShown(on);
        }}
      />
    </div>
  );
}
