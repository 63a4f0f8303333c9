import { describe, expect, it } from "vitest";
import { de } from "./de";
import { en, type Key, type Plural } from "./en";
import { directionOf, makeWords } from ".";

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

  it("writes waits, spans and times of the day as the language does", () => {
    const english = makeWords("en", en);
    const german = makeWords("de", de);
    const afternoon = new Date(2026, 2, 10, 14, 3, 5).getTime();
    expect(english.until(61_000)).toBe("in 2 minutes");
    expect(german.until(3_600_000)).toBe("in 1 Stunde");
    expect(german.seconds(0.44)).toBe("0,4 Sek.");
    expect(german.clock(afternoon, "second")).toBe("14:03:05");
    expect(english.clock(afternoon, "minute")).toMatch(/^2:03\sPM$/);
    expect(german.t("admin.failed", { count: 1, time: "gestern" })).toBe(
      "Gescheitert gestern nach 1 Versuch",
    );
  });

  it("knows which languages are written from the right", () => {
    expect([..."ar he fa ur".split(" ")].map(directionOf)).toEqual(["rtl", "rtl", "rtl", "rtl"]);
    expect(["en", "de"].map(directionOf)).toEqual(["ltr", "ltr"]);
  });

  it.each(Object.keys(en) as Key[])("fills the same places in every language: %s", (key) => {
    // What the server wrote is in English.
    expect(names(de[key])).toEqual(names(en[key]).filter((name) => name !== "{message}"));
  });
});
