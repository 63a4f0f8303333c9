import { describe, expect, it } from "vitest";
import { shownOf } from "./push";

const message = {
  id: "9",
  tag: "7",
  type: "comment",
  title: "Ben answered",
  body: "<b>yes</b>",
  count: 1,
  unread_count: 3,
  post_id: "42",
};

describe("a message", () => {
  it("is shown as it was written, under its group", () => {
    const { title, options } = shownOf(JSON.stringify(message));
    expect(title).toBe("Ben answered");
    expect(options).toMatchObject({ body: "<b>yes</b>", tag: "7", icon: "/icon.png" });
  });

  it.each([
    [{}, "/posts/42#comments"],
    [{ type: "reply" }, "/posts/42#comments"],
    [{ type: "like" }, "/posts/42"],
    [{ type: "request", post_id: undefined }, "/requests"],
    [{ type: "follow", post_id: undefined }, "/notifications"],
    [{ type: "like", post_id: "/evil.example" }, "/notifications"],
    [{ type: "like", post_id: 42 }, "/notifications"],
  ])("leads to its place in the page: %j", (other, path) => {
    const { options } = shownOf(JSON.stringify({ ...message, ...other }));
    expect(options.data.open).toBe(path);
  });

  it.each(["", "null", "7", "[]", "{", '{"title":7}'])(
    "that cannot be read is shown: %s",
    (text) => {
      const { title, options } = shownOf(text);
      expect(title).toBe("freshet");
      expect(options.data.open).toBe("/notifications");
    },
  );
});
