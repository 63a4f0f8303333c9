import { expect, test } from "vitest";
import { isNewer } from "./stream.js";
import { eventReader } from "./stream_events.js";

const text =
  ': a comment\nid: 7\nevent: post.created\ndata: {"a":1}\n\n' +
  "data:first\r\ndata: second\r\n\r\nevent: nothing\n\ndata: last\r\r";
const wanted = ['{"a":1}', "first\nsecond", "last"];

test("events are the same however the stream is cut", () => {
  for (let size = 1; size <= text.length; size++) {
    const found: string[] = [];
    const feed = eventReader((data) => found.push(data));
    for (let at = 0; at < text.length; at += size) feed(text.slice(at, at + size));
    feed("\n");
    expect(found, `pieces of ${String(size)}`).toEqual(wanted);
  }
});

test("ids are compared as the numbers they are", () => {
  expect(isNewer("10", "9")).toBe(true);
  expect(isNewer("18446744073709551615", "18446744073709551614")).toBe(true);
  expect(isNewer("9", "9")).toBe(false);
  expect(isNewer("9", "10")).toBe(false);
});
