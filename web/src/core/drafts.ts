// Texts that were begun survive a reload. One draft for each place where one writes.
const PREFIX = "freshet.draft.";

export interface Draft {
  text: string;
  privacy?: "public" | "friends" | "private";
  /** Without coordinates as long as they are being found. */
  location?: { name: string; lat?: number | undefined; lng?: number | undefined } | undefined;
  /** Of an edit: when the post was last edited before. */
  base?: string | null;
}

type Follower = (draft: Draft | undefined) => void;

const followers = new Map<string, Set<Follower>>();

export function loadDraft(place: string): Draft | undefined {
  try {
    const stored = localStorage.getItem(PREFIX + place);
    return stored === null ? undefined : (JSON.parse(stored) as Draft);
  } catch {
    return undefined;
  }
}

export function saveDraft(place: string, draft: Draft, writer?: Follower): void {
  const before = localStorage.getItem(PREFIX + place);
  const now = draft.text.trim() === "" ? null : JSON.stringify(draft);
  if (now === before) return;
  if (now === null) localStorage.removeItem(PREFIX + place);
  else localStorage.setItem(PREFIX + place, now);
  for (const follower of followers.get(place) ?? [])
    if (follower !== writer) follower(loadDraft(place));
}

/** Calls `follower` with the draft whenever another writes it: elsewhere on the page, or in another window. */
export function followDraft(place: string, follower: Follower): () => void {
  const others = followers.get(place) ?? new Set();
  followers.set(place, others.add(follower));
  const listener = ({ key }: StorageEvent) => {
    if (key === PREFIX + place) follower(loadDraft(place));
  };
  addEventListener("storage", listener);
  return () => {
    others.delete(follower);
    removeEventListener("storage", listener);
  };
}

export function clearDrafts(): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  }
}
