import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { useEntity } from "../core/entities";
import { type Account, freshet } from "../core/freshet";
import { useMyId } from "../core/session";
import { accounts } from "../core/stores";
import { tracker } from "../core/tracker";
import { useWords } from "../i18n";
import { BlockConfirm } from "../people/block-confirm";
import { EditProfileDialog } from "../people/profile-form";
import { FollowButton } from "../people/follow-button";
import { MUTE_DURATIONS } from "../people/mute-durations";
import { PeopleList } from "../people/people-list";
import { useRelationshipActions } from "../people/use-relationship";
import { PostsView } from "../posts/posts-view";
import { postsOf, usePosts } from "../posts/use-posts";
import { Avatar } from "../ui/avatar";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Menu, type MenuItem } from "../ui/menu";
import { EmptyState, ErrorState, isNotFound, Skeletons } from "../ui/states";
import { useTitle } from "../ui/use-title";

function MuteDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const { t } = useWords();
  const actions = useRelationshipActions();
  return (
    <Dialog title={t("profile.muteFor", { name: account.display_name })} onClose={onClose}>
      <div className="button-row">
        {MUTE_DURATIONS.map(({ name, hours }) => (
          <button
            key={name}
            type="button"
            className="button"
            onClick={() => {
              void actions.mute(account, true, hours);
              onClose();
            }}
          >
            {t(name)}
          </button>
        ))}
      </div>
    </Dialog>
  );
}

function ProfileMenu({ account }: { account: Account }) {
  const { t } = useWords();
  const actions = useRelationshipActions();
  const [asking, setAsking] = useState<"mute" | "block">();
  const name = account.display_name;
  const muting = account.relationship?.muting ?? false;
  const blocking = account.relationship?.blocking ?? false;
  const items: MenuItem[] = [
    {
      label: t(muting ? "profile.unmute" : "profile.mute"),
      icon: "quiet",
      onSelect: () => (muting ? void actions.mute(account, false) : setAsking("mute")),
    },
    {
      label: t(blocking ? "profile.unblock" : "profile.block"),
      icon: "close",
      danger: !blocking,
      onSelect: () => (blocking ? void actions.block(account, false) : setAsking("block")),
    },
  ];
  return (
    <>
      <Menu label={t("profile.more", { name })} items={items} />
      {asking === "mute" && <MuteDialog account={account} onClose={() => setAsking(undefined)} />}
      {asking === "block" && (
        <BlockConfirm
          name={name}
          onConfirm={() => void actions.block(account, true)}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}

function Head({ account }: { account: Account }) {
  const { t, compact, date } = useWords();
  const me = useMyId();
  const [editing, setEditing] = useState(false);
  const mine = me === account.id;
  const relationship = account.relationship;
  const base = `/@${account.username}`;
  return (
    <header className="card profile-head">
      <div className="profile-top">
        <Avatar person={account} large />
        <div className="button-row">
          {mine ? (
            <button type="button" className="button" onClick={() => setEditing(true)}>
              {t("profile.edit")}
            </button>
          ) : (
            <>
              <FollowButton account={account} />
              {me && <ProfileMenu account={account} />}
            </>
          )}
        </div>
      </div>
      <h1>
        <bdi>{account.display_name}</bdi>
        {account.verified && (
          <span className="badge" title={t("profile.verified")}>
            <Icon name="check" />
            <span className="visually-hidden">{t("profile.verified")}</span>
          </span>
        )}
        {account.private && (
          <span className="badge" title={t("profile.private")}>
            <Icon name="lock" />
            <span className="visually-hidden">{t("profile.private")}</span>
          </span>
        )}
      </h1>
      <p className="soft">
        @{account.username}
        {relationship?.friend
          ? ` · ${t("profile.friends")}`
          : relationship?.followed_by
            ? ` · ${t("profile.followsYou")}`
            : ""}
      </p>
      {account.bio !== "" && (
        <p className="rich-text" dir="auto">
          {account.bio}
        </p>
      )}
      <ul className="profile-counts">
        <li>
          <Link href={base}>{t("profile.posts", { count: account.posts_count })}</Link>
        </li>
        <li>
          <Link href={`${base}/followers`} title={compact(account.followers_count)}>
            {t("profile.followers", { count: account.followers_count })}
          </Link>
        </li>
        <li>
          <Link href={`${base}/following`}>
            {t("profile.followingCount", { count: account.following_count })}
          </Link>
        </li>
      </ul>
      <p className="soft">{t("profile.joined", { time: date(account.created_at) })}</p>
      {editing && <EditProfileDialog account={account} onClose={() => setEditing(false)} />}
    </header>
  );
}

type Lock = "blocked" | "private";

/** Why the server shows this reader neither what the account posts nor whom it knows. */
function lockOf({ id, private: closed, relationship }: Account, me?: string): Lock | undefined {
  if (relationship?.blocking) return "blocked";
  return closed && id !== me && !relationship?.following ? "private" : undefined;
}

function Locked({ account, lock }: { account: Account; lock: Lock }) {
  const { t } = useWords();
  const name = account.display_name;
  return lock === "blocked" ? (
    <EmptyState
      icon="lock"
      title={t("profile.blocked", { name })}
      text={t("profile.blockedText")}
    />
  ) : (
    <EmptyState
      icon="lock"
      title={t("profile.private")}
      text={t("profile.privateText", { name })}
    />
  );
}

function ProfilePosts({ account }: { account: Account }) {
  const { t } = useWords();
  const list = usePosts(["posts-of", account.id], postsOf(account.id));
  return (
    <PostsView
      name={`profile ${account.id}`}
      list={list}
      empty={<EmptyState title={t("profile.empty")} />}
    />
  );
}

function ProfilePeople({ account, of }: { account: Account; of: "followers" | "following" }) {
  const { t } = useWords();
  const path = { id: account.id };
  return (
    <PeopleList
      queryKey={[of, account.id]}
      fetch={(cursor, signal) =>
        freshet.get(`/v1/accounts/{id}/${of}`, { path, query: { cursor }, signal })
      }
      empty={t("profile.peopleEmpty")}
    />
  );
}

export default function ProfilePage({
  username,
  tab,
}: {
  username: string;
  tab: "followers" | "following" | undefined;
}) {
  const me = useMyId();
  const query = useQuery({
    queryKey: ["profile", username, me],
    queryFn: async ({ signal }) => {
      const found = await freshet.get("/v1/accounts/lookup", { query: { username }, signal });
      accounts.put(found);
      return found;
    },
  });
  const account = useEntity(accounts, query.data?.id ?? "") ?? query.data;
  useTitle(account?.display_name ?? `@${username}`);
  const id = account?.id;
  const visited = id !== undefined && me !== undefined && id !== me ? id : undefined;
  useEffect(() => {
    if (visited !== undefined)
      tracker().track({ type: "view", subject: { kind: "account", id: visited } });
  }, [visited]);

  if (query.isPending) return <Skeletons count={3} />;
  if (!account || isNotFound(query.error))
    return <ErrorState whole error={query.error} onRetry={() => void query.refetch()} />;
  const lock = lockOf(account, me);
  return (
    <>
      <Head account={account} />
      {lock ? (
        <Locked account={account} lock={lock} />
      ) : tab === undefined ? (
        <ProfilePosts account={account} />
      ) : (
        <ProfilePeople key={tab} account={account} of={tab} />
      )}
    </>
  );
}
