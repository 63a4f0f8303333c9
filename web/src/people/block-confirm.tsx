import { useWords } from "../i18n";
import { Confirm } from "../ui/dialog";

/** Asks before somebody is blocked, wherever that is done. */
export function BlockConfirm(props: { name: string; onConfirm: () => void; onClose: () => void }) {
  const { t } = useWords();
  return (
    <Confirm
      title={t("profile.blockConfirm", { name: props.name })}
      text={t("profile.blockedText")}
      action={t("profile.block")}
      onConfirm={props.onConfirm}
      onClose={props.onClose}
    />
  );
}
