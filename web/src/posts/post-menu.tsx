import { useState } from "react";
import { type FeedItem, type Post } from "../core/freshet";
import { useMe } from "../core/session";
import { accounts } from "../core/stores";
import { freshet } from "../core/freshet";
import { useWords } from "../i18n";
import { Dialog } from "../ui/dialog";
import { Menu, type MenuItem } from "../ui/menu";
import { useNotices } from "../ui/notices";
import { useRelationshipActions } from "../people/use-relationship";
import { useCompose } from "./compose-context";
import { usePostActions } from "./use-post-actions";
import { whyTexts } from "./why";

type Item = Omit<FeedItem, "post">;

function WhyDialog({ post, item, onClose }: { post: Post; item: Item; onClose: () => void }) {
  const words = useWords();
  return (
    <Dialog title={words.t("post.whyTitle")} onClose={onClose}>
      <ul className="why">
        {whyTexts(post, item, words).map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </Dialog>
  );
}

export function PostMenu({ post, item }: { post: Post; item?: Item | undefined }) {
  const { t } = useWords();
  const me = useMe();
  const notices = useNotices();
  const actions = usePostActions();
  const relationship = useRelationshipActions();
  const compose = useCompose();
  const [explaining, setExplaining] = useState(false);
  const name = post.author.display_name;

  const withAuthor = async (
    run: (account: NonNullable<ReturnType<typeof accounts.get>>) => Promise<unknown>,
  ) => {
    try {
      const known = accounts.get(post.author.id);
      const account =
        known ?? (await freshet.get("/v1/accounts/{id}", { path: { id: post.author.id } }));
      accounts.put(account);
      await run(account);
    } catch (error) {
      notices.sayError(error);
    }
  };
  const copyLink = async () => {
    try {
      await navigator.clipboard.writeText(`${location.origin}/posts/${post.id}`);
      notices.say(t("post.linkCopied"));
    } catch (error) {
      notices.sayError(error);
    }
  };

  const items: MenuItem[] = [];
  if (item)
    items.push({ label: t("post.why"), icon: "question", onSelect: () => setExplaining(true) });
  items.push({ label: t("post.copyLink"), icon: "globe", onSelect: () => void copyLink() });
  if (me?.id === post.author.id) {
    items.push({ label: t("post.edit"), icon: "pen", onSelect: () => compose.edit(post) });
    items.push({
      label: t("post.delete"),
      icon: "trash",
      danger: true,
      onSelect: () => void actions.remove(post),
    });
  } else if (me) {
    items.push({
      label: t("post.mute", { name }),
      icon: "quiet",
      onSelect: () => void withAuthor((account) => relationship.mute(account, true)),
    });
    items.push({
      label: t("post.block", { name }),
      icon: "close",
      danger: true,
      onSelect: () => void withAuthor((account) => relationship.block(account, true)),
    });
  }
  return (
    <span className="post-menu">
      <Menu label={t("post.more")} items={items} />
      {explaining && item && (
        <WhyDialog post={post} item={item} onClose={() => setExplaining(false)} />
      )}
    </span>
  );
}
