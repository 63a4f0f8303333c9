import { describe, expect, it } from "vitest";
import { complete, fragmentBefore } from "./completion";

const before = (text: string) => fragmentBefore(text, text.length);

describe("completion", () => {
  it.each([
    ["@an", "@", "an"],
    ["Hello @an", "@", "an"],
    ["(#riv", "#", "riv"],
    ["#été", "#", "été"],
    ["#川の", "#", "川の"],
  ])("finds what is being typed in %s", (text, sigil, query) => {
    expect(before(text)).toMatchObject({ sigil, query, end: text.length });
  });

  it.each(["an@example", "@", "@an ", "a#b", "plain", "https://example.org/@ana"])(
    "leaves %s alone",
    (text) => {
      expect(before(text)).toBeUndefined();
    },
  );

  it("puts what was chosen in its place, with one space behind it", () => {
    const fragment = fragmentBefore("Hi @an there", 6);
    expect(fragment && complete("Hi @an there", fragment, "ana")).toEqual(["Hi @ana there", 8]);
    const last = before("#riv");
    expect(last && complete("#riv", last, "rivers")).toEqual(["#rivers ", 8]);
  });
});
