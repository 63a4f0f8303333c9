import { describe, expect, it } from "vitest";
import { de } from "./de";
import { en, type Key, type Plural } from "./en";
import { makeWords } from ".";

const names = (entry: string | Plural) =>
  [
    ...new Set(
      Object.values(typeof entry === "string" ? { entry } : entry)
        .join(" ")
        .match(/\{\w+\}/g),
    ),
  ].sort();

describe("words", () => {
  it("chooses the plural form and writes numbers as the language does", () => {
    const english = makeWords("en", en);
    expect(english.t("home.newer", { count: 1 })).toBe("1 new post");
    expect(english.t("home.newer", { count: 1234 })).toBe("1,234 new posts");
    expect(makeWords("de", de).t("home.newer", { count: 1234 })).toBe("1.234 neue Beiträge");
  });

  it("says how long ago something was", () => {
    const now = Date.parse("2026-03-10T12:00:00Z");
    const { ago } = makeWords("en", en);
    expect(ago("2026-03-10T11:57:00Z", now)).toBe("3 min. ago");
    expect(ago("2026-03-09T12:00:00Z", now)).toBe("yesterday");
    expect(ago("2026-01-10T12:00:00Z", now)).toBe("Jan 10, 2026");
  });

  it.each(Object.keys(en) as Key[])("fills the same places in every language: %s", (key) => {
    expect(names(de[key])).toEqual(names(en[key]));
  });
});
