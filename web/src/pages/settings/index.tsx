import { Link, Redirect, useLocation } from "wouter";
import { type ComponentType } from "react";
import { type Account } from "../../core/freshet";
import { useMe } from "../../core/session";
import { type Key, useWords } from "../../i18n";
import { ProfileForm } from "../../people/profile-form";
import { Skeletons } from "../../ui/states";
import { useTitle } from "../../ui/use-title";
import { AccountSection } from "./account";
import { AppearanceSection } from "./appearance";
import { BlocksSection, MutesSection, WordsSection } from "./limits";
import { NotificationsSection } from "./notifications";
import { PrivacySection } from "./privacy";
import { SessionsSection } from "./sessions";

interface Section {
  path: string;
  name: Key;
  component: ComponentType<{ me: Account }>;
}

const SECTIONS: Section[] = [
  {
    path: "profile",
    name: "settings.profile",
    component: ({ me }) => <ProfileForm account={me} />,
  },
  { path: "privacy", name: "settings.privacy", component: PrivacySection },
  { path: "blocks", name: "settings.blocks", component: BlocksSection },
  { path: "mutes", name: "settings.mutes", component: MutesSection },
  { path: "words", name: "settings.words", component: WordsSection },
  { path: "notifications", name: "settings.notifications", component: NotificationsSection },
  { path: "sessions", name: "settings.sessions", component: SessionsSection },
  { path: "appearance", name: "settings.appearance", component: AppearanceSection },
  { path: "account", name: "settings.account", component: AccountSection },
];

export default function SettingsPage() {
  const { t } = useWords();
  const me = useMe();
  const [path] = useLocation();
  const name = path.split("/")[2] ?? "";
  const section = SECTIONS.find((one) => one.path === name);
  useTitle(section ? t(section.name) : t("settings.title"));
  if (!section) return <Redirect to="/settings/profile" replace />;
  const Content = section.component;
  return (
    <>
      <h1 className="page-title">{t("settings.title")}</h1>
      <nav aria-label={t("settings.sections")} className="tabs">
        <ul>
          {SECTIONS.map((one) => (
            <li key={one.path}>
              <Link
                href={`/settings/${one.path}`}
                aria-current={one.path === name ? "page" : undefined}
              >
                {t(one.name)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <section className="card" aria-labelledby="section">
        <h2 id="section">{t(section.name)}</h2>
        {me ? <Content me={me} /> : <Skeletons count={2} kind="row" />}
      </section>
    </>
  );
}
