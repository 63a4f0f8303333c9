import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Draft, draftAfter, loadDraft, followDraft, returnDraft, saveDraft } from "./drafts";

describe("a draft that comes back", () => {
  beforeEach(() => {
    const all = new Map<string, string>();
    vi.stubGlobal("addEventListener", () => undefined);
    vi.stubGlobal("removeEventListener", () => undefined);
    vi.stubGlobal("localStorage", {
      getItem: (key: string) => all.get(key) ?? null,
      setItem: (key: string, value: string) => void all.set(key, value),
      removeItem: (key: string) => void all.delete(key),
    });
  });

  it("stands where it was written, and whoever shows that is told", () => {
    const told: (Draft | undefined)[] = [];
    const end = followDraft("new", (draft) => told.push(draft));
    returnDraft("new", { text: "Back", privacy: "friends" });
    end();
    expect(told).toEqual([{ text: "Back", privacy: "friends" }]);
    expect(loadDraft("new")).toEqual(told[0]);
    returnDraft("new", { text: "And back" });
    expect(told).toHaveLength(1);
  });

  it("stands behind what was begun since, for no more people than either", () => {
    saveDraft("new", { text: "Newer", privacy: "public" });
    returnDraft("new", { text: "Older", privacy: "private" });
    returnDraft("new", { text: "Older", privacy: "private" });
    expect(loadDraft("new")).toMatchObject({ text: "Newer\n\nOlder", privacy: "private" });
  });

  it("stays when what it stood behind is sent", () => {
    saveDraft("new", { text: "Newer" });
    returnDraft("new", { text: "Older" });
    expect(draftAfter("new", "Newer")).toBe("Older");
    expect(loadDraft("new")?.text).toBe("Older");
    expect(draftAfter("new", "Older")).toBe("");
    expect(loadDraft("new")).toBeUndefined();
  });
});
