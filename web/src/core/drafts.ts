// Texts that were begun survive a reload. One draft for each place where one writes.
import { type Privacy } from "./freshet";

const PREFIX = "freshet.draft.";

export interface Draft {
  text: string;
  privacy?: Privacy | undefined;
  /** Without coordinates as long as they are being found. */
  location?: { name: string; lat?: number | undefined; lng?: number | undefined } | undefined;
  /** Of an edit: when the post was last edited before. */
  base?: string | null;
}

export function loadDraft(place: string): Draft | undefined {
  try {
    const stored = localStorage.getItem(PREFIX + place);
    return stored === null ? undefined : (JSON.parse(stored) as Draft);
  } catch {
    return undefined;
  }
}

export function saveDraft(place: string, draft: Draft): void {
  if (draft.text.trim() === "") localStorage.removeItem(PREFIX + place);
  else localStorage.setItem(PREFIX + place, JSON.stringify(draft));
}

type Listener = (draft: Draft) => void;

const open = new Map<string, Set<Listener>>();

/** Whoever shows the draft of `place` is told when words come back to it. */
export function onDraftReturned(place: string, listener: Listener): () => void {
  const listeners = open.get(place) ?? new Set();
  open.set(place, listeners.add(listener));
  return () => void listeners.delete(listener);
}

/** Puts words back that were not taken, behind what was begun there since. */
export function returnDraft(place: string, draft: Draft): void {
  const newer = loadDraft(place);
  if (newer?.text.includes(draft.text)) return;
  const together = newer && {
    ...draft,
    ...newer,
    text: `${newer.text}\n\n${draft.text}`,
    privacy: narrower(newer.privacy, draft.privacy),
  };
  saveDraft(place, together ?? draft);
  open.get(place)?.forEach((listener) => listener(together ?? draft));
}

/** What is left to be sent of the draft of `place` when `text` was: what came back meanwhile. */
export function draftAfter(place: string, text: string): string {
  const draft = loadDraft(place);
  const left = draft?.text.startsWith(text) ? draft.text.slice(text.length).trimStart() : "";
  saveDraft(place, { ...draft, text: left });
  return left;
}

function narrower(one: Privacy = "public", other: Privacy = "public"): Privacy {
  const order: Privacy[] = ["private", "friends", "public"];
  return order.find((privacy) => privacy === one || privacy === other) ?? "private";
}

export function clearDrafts(): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  }
}
