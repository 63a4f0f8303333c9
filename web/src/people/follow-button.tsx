import { type Account } from "../core/freshet";
import { useMyId } from "../core/session";
import { useWords } from "../i18n";
import { useRelationshipActions } from "./use-relationship";

export function FollowButton({ account }: { account: Account }) {
  const { t } = useWords();
  const me = useMyId();
  const actions = useRelationshipActions();
  const relationship = account.relationship;
  if (!me || me === account.id || !relationship || relationship.blocking) return null;
  const name = account.display_name;
  const on = relationship.following || relationship.requested;
  const label = relationship.following
    ? t("profile.unfollow", { name })
    : relationship.requested
      ? t("profile.takeBack", { name })
      : t("profile.followName", { name });
  const text = relationship.following
    ? t("profile.following")
    : relationship.requested
      ? t("profile.requested")
      : t("profile.follow");
  return (
    <button
      type="button"
      className={on ? "button" : "button button-primary"}
      aria-label={label}
      onClick={() => void actions.follow(account, !on)}
    >
      {text}
    </button>
  );
}
