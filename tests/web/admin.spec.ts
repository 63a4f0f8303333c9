import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "./support/test.js";
import { type World } from "./support/world.js";

/** Leaves a fact behind that nobody can read, as a damaged disk or a faulty version would. */
async function damage(world: World): Promise<void> {
  await world.server.stop();
  const database = new DatabaseSync(join(world.server.folder, "freshet.sqlite"));
  database.exec("INSERT INTO outbox (topic, key, value) VALUES ('posts', '1', '{ no event')");
  database.close();
  await world.server.start();
}

test("administration is for administrators", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/admin");
  await expect(page.getByText("This is for administrators")).toBeVisible();
});

test("the state of each component shows, and goes on", async ({ world }) => {
  const ana = await world.administrator("ana");
  const page = await ana.open("/admin");
  await expect(page).toHaveURL("/admin/state");
  await expect(page.getByText(/Running since/)).toBeVisible();
  await expect(page.getByRole("region", { name: "outbox" })).toBeVisible();
  await page.waitForResponse("**/v1/admin/state");
  await page.waitForResponse("**/v1/admin/state");
});

test("topics show their lag, in figures and as a chart", async ({ world }) => {
  const ana = await world.administrator("ana");
  const page = await ana.open("/admin/topics");
  const topic = page.getByRole("rowgroup").filter({
    has: page.getByRole("rowheader", { name: "posts", exact: true }),
  });
  await expect(topic).toContainText("fanout");
  const records = topic.getByRole("cell").first();
  await expect(records).toHaveText("0");
  await ana.post("One record");
  await expect(records).toHaveText("1");
  const charts = page.getByRole("figure");
  await expect(charts).toHaveCount(2);
  await expect(charts.first().locator("canvas")).toBeVisible();
});

test.describe("with a record that nobody can read", () => {
  const quick = { "worker.first_backoff": "1ms", "worker.longest_backoff": "1ms" };
  test.use({ options: { ...quick, "worker.attempts": "2" } });

  test("dead letters are shown, replayed and discarded", async ({ world }) => {
    const ana = await world.administrator("ana");
    await damage(world);
    const page = await ana.open("/admin/dead-letters");
    const letters = page.getByRole("article", { name: /^posts / });
    await expect(letters.first()).toContainText("after 2 attempts");
    await letters.first().getByText("Content").click();
    await expect(letters.first()).toContainText("{ no event");

    await letters.first().getByRole("button", { name: "Replay" }).click();
    await expect(page.getByText("It is worked off again.")).toBeVisible();

    // It cannot be read this time either, and comes back; each group has its own.
    const dialog = page.getByRole("dialog");
    await expect(async () => {
      if ((await letters.count()) === 0) return;
      if (await dialog.isHidden())
        await letters.first().getByRole("button", { name: "Discard" }).click({ timeout: 1_000 });
      await dialog.getByRole("button", { name: "Discard" }).click({ timeout: 1_000 });
      await expect(dialog).toBeHidden();
      expect(await letters.count()).toBe(0);
    }).toPass();
    await expect(page.getByText("No dead letters")).toBeVisible();
  });
});
