import { type Post } from "../core/freshet";
import { isKey, type Words } from "../i18n";
import { type Entry } from "./entries";

// How the reader and the author are to each other, which says nothing where they are one.
const OF_AUTHOR = ["affinity", "friendship", "rarity"];

/** Why a post stands in the feed: where it came from, then what moved it up, in sentences. */
export function whyTexts(
  post: Post,
  sharedBy: Entry["sharedBy"],
  item: NonNullable<Entry["item"]>,
  { t }: Words,
  me?: string,
): string[] {
  const name = post.author.display_name;
  const bringer = sharedBy ?? post.author;
  const reasons = item.why
    .filter((feature) => post.author.id !== me || !OF_AUTHOR.includes(feature))
    .map((feature) => `why.${feature}`)
    .filter(isKey)
    .map((key) => t(key, { name }));
  return [
    bringer.id === me
      ? t(sharedBy ? "post.source.ownShare" : "post.source.own")
      : t(`post.source.${item.source}`, { name: bringer.display_name }),
    ...(reasons.length > 0 ? reasons : [t("post.whyLatest")]),
  ];
}
