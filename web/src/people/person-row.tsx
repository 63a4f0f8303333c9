import { type ReactNode } from "react";
import { Link } from "wouter";
import { useEntity } from "../core/entities";
import { type Account } from "../core/freshet";
import { accounts } from "../core/stores";
import { useWords } from "../i18n";
import { Avatar } from "../ui/avatar";
import { Icon } from "../ui/icon";
import { FollowButton } from "./follow-button";

export function PersonRow(props: { account: Account; note?: string; children?: ReactNode }) {
  const { t } = useWords();
  const account = useEntity(accounts, props.account.id) ?? props.account;
  return (
    <div className="person-row">
      <Avatar person={account} />
      <div className="person-row-text">
        <Link href={`/@${account.username}`} className="name">
          <bdi>{account.display_name}</bdi>
          {account.verified && (
            <span className="badge" title={t("profile.verified")}>
              <Icon name="check" />
              <span className="visually-hidden">{t("profile.verified")}</span>
            </span>
          )}
        </Link>
        <span className="soft">
          @{account.username}
          {props.note !== undefined && ` · ${props.note}`}
        </span>
        {account.bio !== "" && (
          <p className="bio-line" dir="auto">
            {account.bio}
          </p>
        )}
      </div>
      <div className="person-row-actions">
        {props.children ?? <FollowButton account={account} />}
      </div>
    </div>
  );
}
