// What a write in the outbox is about, and the words in it, read from the call that it makes.
import { type FreshetError } from "@freshet/client";
import { type Draft } from "./drafts";
import { type Schemas } from "./freshet";
import { type Write } from "./outbox";

/** Of "/v1/posts/12/like": posts, 12, like. Empty is what the path has not. */
export function aboutOf({ path }: Write): { kind: string; id: string; part: string } {
  const [kind = "", id = "", part = ""] = path.split("/").slice(2);
  return { kind, id, part };
}

interface Words {
  draft: Draft;
  /** Of the draft. */
  place: string;
  /** Where in the page that is. */
  href: string;
}

/**
 * The words of a refused post, comment or share, and where they can be written again: where they were, or as a new
 * post when what they were about is gone. What only some would have read is then private until somebody decides.
 */
export function wordsOf(write: Write, error: FreshetError): Words | undefined {
  const { kind, id, part } = aboutOf(write);
  if (write.method !== "post" || kind !== "posts") return undefined;
  const about = `/posts/${id}`;
  const wrong = (field: string) => error.errors.some((one) => one.field === field);
  const gone = error.status === 404 || error.status === 410;
  if (part === "") {
    const { quote_of: quoted, ...draft } = write.body as Schemas["CreatePost"];
    return quoted === undefined || gone || wrong("/quote_of")
      ? { draft, place: "new", href: "/" }
      : { draft, place: `quote ${quoted}`, href: `/posts/${quoted}` };
  }
  const { text = "", reply_to: comment } = write.body as Partial<Schemas["CreateComment"]>;
  if (text === "") return undefined;
  if (gone) return { draft: { text, privacy: "private" }, place: "new", href: "/" };
  if (part === "shares") return { draft: { text }, place: `quote ${id}`, href: about };
  const reply = comment !== undefined && !wrong("/reply_to");
  return { draft: { text }, place: reply ? `reply ${comment}` : `comment ${id}`, href: about };
}
