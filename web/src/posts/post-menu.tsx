import { useState } from "react";
import { type Post } from "../core/freshet";
import { useMyId } from "../core/session";
import { accounts } from "../core/stores";
import { freshet } from "../core/freshet";
import { useWords } from "../i18n";
import { Dialog } from "../ui/dialog";
import { Menu, type MenuItem } from "../ui/menu";
import { useNotices } from "../ui/notices";
import { BlockConfirm } from "../people/block-confirm";
import { useRelationshipActions } from "../people/use-relationship";
import { type Entry } from "./entries";
import { useCompose } from "./compose-context";
import { usePostActions } from "./use-post-actions";
import { whyTexts } from "./why";

function WhyDialog(props: {
  post: Post;
  sharedBy: Entry["sharedBy"];
  item: NonNullable<Entry["item"]>;
  onClose: () => void;
}) {
  const words = useWords();
  const me = useMyId();
  return (
    <Dialog title={words.t("post.whyTitle")} onClose={props.onClose}>
      <ul className="why">
        {whyTexts(props.post, props.sharedBy, props.item, words, me).map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </Dialog>
  );
}

export function PostMenu({ post, sharedBy, item }: Omit<Entry, "key" | "id"> & { post: Post }) {
  const { t } = useWords();
  const me = useMyId();
  const notices = useNotices();
  const actions = usePostActions();
  const relationship = useRelationshipActions();
  const compose = useCompose();
  const [explaining, setExplaining] = useState(false);
  const [blocking, setBlocking] = useState(false);
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
    } catch {
      notices.say(t("post.linkNotCopied"));
    }
  };

  const items: MenuItem[] = [];
  if (item)
    items.push({ label: t("post.why"), icon: "question", onSelect: () => setExplaining(true) });
  // Browsers have it only over https, and on the machine itself.
  if ("clipboard" in navigator)
    items.push({ label: t("post.copyLink"), icon: "globe", onSelect: () => void copyLink() });
  if (me === post.author.id) {
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
      onSelect: () => setBlocking(true),
    });
  }
  return (
    <span className="post-menu">
      <Menu label={t("post.more")} items={items} />
      {explaining && item && (
        <WhyDialog
          post={post}
          sharedBy={sharedBy}
          item={item}
          onClose={() => setExplaining(false)}
        />
      )}
      {blocking && (
        <BlockConfirm
          name={name}
          onConfirm={() => void withAuthor((account) => relationship.block(account, true))}
          onClose={() => setBlocking(false)}
        />
      )}
    </span>
  );
}
