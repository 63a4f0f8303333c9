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

export function clearDrafts(): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  }
}
