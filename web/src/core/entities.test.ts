import { describe, expect, it } from "vitest";
import { Entities } from "./entities";

interface Thing {
  id: string;
  text: string;
}

describe("Entities", () => {
  it("tells those who look at a thing of its changes, and nobody else", () => {
    const things = new Entities<Thing>();
    things.put({ id: "1", text: "a" }, { id: "2", text: "b" });
    let told = 0;
    const end = things.subscribe("1", () => told++);
    things.change("1", (thing) => ({ ...thing, text: "c" }));
    things.change("2", (thing) => ({ ...thing, text: "d" }));
    expect([told, things.get("1")?.text]).toEqual([1, "c"]);
    things.remove("1");
    things.remove("1");
    expect([told, things.get("1")]).toEqual([2, undefined]);
    end();
    things.put({ id: "1", text: "e" });
    expect(told).toBe(2);
  });

  it("forgets the oldest of very many, but not what is shown", () => {
    const things = new Entities<Thing>();
    things.put({ id: "shown", text: "" });
    things.subscribe("shown", () => undefined);
    for (let i = 0; i < 20_000; ++i) things.put({ id: String(i), text: "" });
    expect([...things.ids()].length).toBeLessThanOrEqual(5_000);
    expect(things.get("shown")).toBeDefined();
    expect(things.get("19999")).toBeDefined();
    expect(things.get("0")).toBeUndefined();
  });
});
