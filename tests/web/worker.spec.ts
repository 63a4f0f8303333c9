import { type Page } from "@playwright/test";
import { expect, test } from "./support/test.js";
import { card } from "./support/page.js";

/** Until the page could open without its server. */
async function kept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller) return;
    await new Promise((done) =>
      navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }),
    );
  });
}

function caches(page: Page): Promise<string[]> {
  return page.evaluate(() => window.caches.keys());
}

test("a reload while offline shows the last feed", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("Seen before the tunnel");
  await ana.sees(1);
  const page = await ana.open("/");
  await expect(card(page, "Seen before the tunnel")).toBeVisible();
  await kept(page);
  await page.context().setOffline(true);
  await page.reload();
  await expect(card(page, "Seen before the tunnel")).toBeVisible();
  await expect(page.getByText("You are offline.")).toBeVisible();
  await page.getByRole("link", { name: "Search" }).click(); // a part that was not loaded before
  await expect(page.getByRole("searchbox")).toBeVisible();
});

test("a reload while the server is away shows the last feed, and goes on with it", async ({
  world,
}) => {
  const ana = await world.join("ana");
  await ana.post("Seen before the storm");
  await ana.sees(1);
  const page = await ana.open("/");
  await expect(card(page, "Seen before the storm")).toBeVisible();
  await kept(page);
  await world.server.stop();
  await page.reload();
  await expect(card(page, "Seen before the storm")).toBeVisible();
  await world.server.start();
  const post = await ana.post("After the storm");
  await expect(page.getByRole("button", { name: "1 new post" })).toBeVisible();
  await page.goto(`/posts/${post.id}`);
  await expect(card(page, "After the storm")).toBeVisible();
});
