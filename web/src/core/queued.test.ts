import { FreshetError } from "@freshet/client";
import { describe, expect, it } from "vitest";
import { wordsOf } from "./queued";

const refused = (status: number, field?: string) =>
  new FreshetError({
    kind: "problem",
    status,
    code: "",
    title: "",
    detail: "",
    errors: field === undefined ? [] : [{ field, code: "", message: "" }],
  });

const post = (path: string, body: object) => ({ method: "post" as const, path, body });
const placeOf = (write: ReturnType<typeof post>, error = refused(403)) =>
  wordsOf(write, error)?.place;

describe("the words of a refused write", () => {
  const quote = post("/v1/posts", { text: "Look", quote_of: "7" });
  const comment = post("/v1/posts/7/comments", { text: "Yes" });
  const reply = post("/v1/posts/7/comments", { text: "No", reply_to: "9" });

  it("go back to where they were written", () => {
    const whole = { text: "Hello", privacy: "friends", location: { name: "Sea", lat: 1, lng: 2 } };
    expect(wordsOf(post("/v1/posts", whole), refused(422))).toEqual({
      draft: whole,
      place: "new",
      href: "/",
    });
    expect([quote, comment, reply].map((write) => placeOf(write))).toEqual([
      "quote 7",
      "comment 7",
      "reply 9",
    ]);
    expect(placeOf(post("/v1/posts/7/shares", { text: "See this" }))).toBe("quote 7");
  });

  it("go to where they can be reached when what they were about is gone", () => {
    expect(placeOf(quote, refused(422, "/quote_of"))).toBe("new");
    expect(placeOf(reply, refused(422, "/reply_to"))).toBe("comment 7");
    expect(wordsOf(comment, refused(404))).toEqual({
      draft: { text: "Yes", privacy: "private" },
      place: "new",
      href: "/",
    });
  });

  it("are none of a like, a follow or a share without a word", () => {
    expect(wordsOf({ method: "put", path: "/v1/posts/7/like" }, refused(404))).toBeUndefined();
    expect(wordsOf({ method: "put", path: "/v1/accounts/7/follow" }, refused(404))).toBeUndefined();
    expect(wordsOf(post("/v1/posts/7/shares", {}), refused(404))).toBeUndefined();
  });
});
