import { type Post } from "../core/freshet";
import { isKey, type Words } from "../i18n";
import { type Entry } from "./entries";

/** Why a post stands in the feed: where it came from, then what moved it up, in sentences. */
export function whyTexts(
  post: Post,
  sharedBy: Entry["sharedBy"],
  item: NonNullable<Entry["item"]>,
  { t }: Words,
): string[] {
  const name = post.author.display_name;
  const reasons = item.why
    .map((feature) => `why.${feature}`)
    .filter(isKey)
    .map((key) => t(key, { name }));
  return [
    t(`post.source.${item.source}`, { name: sharedBy?.display_name ?? name }),
    ...(reasons.length > 0 ? reasons : [t("post.whyLatest")]),
  ];
}
