// What is being typed before the cursor: "@an" or "#riv", for completion.
export interface Fragment {
  sigil: "@" | "#";
  query: string;
  start: number; // of the sigil, in UTF-16 units as a text field counts
  end: number;
}

const BEFORE_CURSOR = /(?:^|[^\p{L}\p{N}_@#/])([@#])([\p{L}\p{M}\p{N}_]{1,30})$/u;

export function fragmentBefore(text: string, cursor: number): Fragment | undefined {
  const match = BEFORE_CURSOR.exec(text.slice(0, cursor));
  if (!match) return undefined;
  const [, sigil, query = ""] = match;
  return { sigil: sigil as "@" | "#", query, start: cursor - query.length - 1, end: cursor };
}

/** The text with `chosen` in the fragment's place and a space behind it, and where the cursor then stands. */
export function complete(text: string, fragment: Fragment, chosen: string): [string, number] {
  const after = text.slice(fragment.end);
  const inserted = `${fragment.sigil}${chosen}${after.startsWith(" ") ? "" : " "}`;
  const cursor = fragment.start + inserted.length + (after.startsWith(" ") ? 1 : 0);
  return [text.slice(0, fragment.start) + inserted + after, cursor];
}
