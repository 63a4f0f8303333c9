import { type Page } from "@playwright/test";
import { expect, test } from "./support/test.js";
import { card, choose, composer, Gate } from "./support/page.js";
import { type Person } from "./support/world.js";

async function write(author: Person, count: number): Promise<void> {
  for (let number = 1; number <= count; number++)
    await author.post(`Post ${number} ${"word ".repeat((number * 7) % 60)}`);
}

/** The first post that is wholly in sight, and how far below the window's edge it begins. */
function topmost(page: Page): Promise<{ id: string; top: number }> {
  return page.evaluate(() => {
    for (const article of document.querySelectorAll<HTMLElement>("[role=feed] article")) {
      const { top } = article.getBoundingClientRect();
      if (top >= 0) return { id: article.dataset["post"] ?? "", top: Math.round(top) };
    }
    throw new Error("there is no post in sight");
  });
}

/** Scrolls as a wheel does, and waits until posts are drawn there. */
async function scrollTo(page: Page, top: number): Promise<void> {
  await page.mouse.move(500, 400);
  await expect(async () => {
    const now = await page.evaluate(() => scrollY);
    if (now < top) await page.mouse.wheel(0, Math.min(top - now, 1_500));
    expect(await page.evaluate(() => scrollY)).toBeGreaterThanOrEqual(top - 1);
  }).toPass();
}

test("ranked and latest are one tap apart, and the choice is kept", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ana.follow(ben);
  await write(ben, 3);
  await ana.sees(3);
  const page = await ana.open("/");
  await expect(page.getByRole("article")).toHaveCount(3);
  await page.getByRole("button", { name: "Latest" }).click();
  await expect(page.getByRole("article")).toContainText(["Post 3", "Post 2", "Post 1"]);
  await page.reload();
  await expect(page.getByRole("button", { name: "Latest" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await page.getByRole("button", { name: "For you" }).click();
  await expect(page.getByRole("article")).toHaveCount(3);
});

test("the last feed shows at once, and is refreshed behind", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("What was there");
  await ana.sees(1);
  const page = await ana.open("/");
  await expect(card(page, "What was there")).toBeVisible();
  await ana.post("What came since");
  await ana.sees(2);

  const gate = new Gate();
  await page.route("**/v1/feed?*", gate.hold);
  await page.reload();
  await expect(card(page, "What was there")).toBeVisible();
  await expect(card(page, "What came since")).toBeHidden();
  gate.release();
  await expect(card(page, "What came since")).toBeVisible();
});

test("a feed that was kept for more than five minutes is not shown", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("Cold by now");
  await ana.sees(1);
  const page = await ana.open("/");
  await expect(card(page, "Cold by now")).toBeVisible();
  const gate = new Gate();
  await page.route("**/v1/feed?*", gate.hold);
  await page.clock.install({ time: Date.now() + 5 * 60_000 + 1_000 });
  await page.reload();
  await expect(page.getByRole("main").getByText("Loading")).toBeAttached();
  await expect(card(page, "Cold by now")).toBeHidden();
  gate.release();
  await expect(card(page, "Cold by now")).toBeVisible();
});

test("new posts are counted without moving what one reads", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ana.follow(ben);
  await write(ben, 30);
  await ana.sees(30);
  const page = await ana.open("/");
  await expect(page.getByRole("article").first()).toBeVisible();
  await scrollTo(page, 1_500);
  const before = await topmost(page);
  for (const text of ["One more", "Two more", "Three more"]) await ben.post(text);

  const button = page.getByRole("button", { name: "3 new posts" });
  await expect(button).toBeInViewport();
  expect(await topmost(page)).toEqual(before);
  await button.click();
  await expect(card(page, "Three more")).toBeInViewport();
  await expect(button).toBeHidden();
});

test("going back leads to where one was", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ana.follow(ben);
  await write(ben, 60);
  await ana.sees(60);
  const page = await ana.open("/");
  await expect(page.getByRole("article").first()).toBeVisible();
  await scrollTo(page, 5_000);
  const before = await topmost(page);
  await page.locator(`[data-post="${before.id}"] .post-time`).click();
  await expect(page).toHaveURL(`/posts/${before.id}`);
  await expect(page.getByRole("heading", { name: "Comments" })).toBeVisible();
  expect(await page.evaluate(() => scrollY)).toBe(0);
  await page.goBack();
  await expect.poll(() => topmost(page)).toEqual(before);
});

test("of a long list only what is near the screen is drawn", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ana.follow(ben);
  await write(ben, 200);
  await ana.sees(100);
  const page = await ana.open("/");
  await expect(page.getByRole("article").first()).toBeVisible();
  let most = 0;
  await expect(async () => {
    await page.mouse.wheel(0, 4_000);
    most = Math.max(most, await page.getByRole("article").count());
    await expect(page.getByText("That is all.")).toBeInViewport({ timeout: 50 });
  }).toPass({ timeout: 45_000, intervals: [20] });
  await expect(page.locator("[aria-posinset='200']")).toBeVisible();
  expect(most).toBeLessThan(40);
});

test("each post says why it is there", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ana.follow(ben);
  await ben.post("Why me?");
  await ana.sees(1);
  const page = await ana.open("/");
  await choose(card(page, "Why me?"), "Why am I seeing this?");
  const dialog = page.getByRole("dialog", { name: "Why you see this" });
  await expect(dialog).toContainText("You follow Ben.");
  await expect(dialog.getByRole("listitem")).not.toHaveCount(1); // and what moved it up
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(
    card(page, "Why me?").getByRole("button", { name: "More about this post" }),
  ).toBeFocused();
});

test("whoever follows nobody is led to people", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/");
  await page.getByRole("link", { name: "Find people" }).click();
  await expect(page).toHaveURL("/search");
});

for (const kept of [false, true]) {
  test(`nothing jumps while home opens ${kept ? "from the cache" : "anew"}`, async ({ world }) => {
    const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
    await ana.follow(ben);
    await write(ben, 25);
    await ana.sees(25);
    const page = await ana.window();
    await page.addInitScript(() => {
      const shifts: object[] = [];
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push(entry.toJSON() as object);
      }).observe({ type: "layout-shift", buffered: true });
    });
    if (kept) {
      await page.goto("/");
      await expect(page.getByRole("article").first()).toBeVisible();
    }
    const answer = page.waitForResponse("**/v1/feed?*");
    await page.goto("/");
    await answer;
    await expect(page.getByRole("article").nth(3)).toBeVisible();
    await page.waitForLoadState("networkidle");
    const shifts = await page.evaluate(() => (window as unknown as { shifts: object[] }).shifts);
    expect(shifts).toEqual([]);
  });
}

test("a next page under way does not undo one's own new post", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ana.follow(ben);
  await write(ben, 45);
  await ana.sees(45);
  const page = await ana.window();
  const gate = new Gate();
  await page.route(/\/v1\/feed\?.*cursor=/, gate.hold);
  await page.goto("/");
  await expect(page.getByRole("article").first()).toBeVisible();
  const next = page.waitForRequest(/\/v1\/feed\?.*cursor=/);
  await scrollTo(page, 2_500);
  await next;
  await page.getByRole("button", { name: "New post" }).click();
  const dialog = page.getByRole("dialog", { name: "New post" });
  await composer(dialog).fill("Mine, meanwhile");
  await dialog.getByRole("button", { name: "Post", exact: true }).click();
  await expect(dialog).toBeHidden();
  gate.release();
  await expect(async () => {
    await page.mouse.wheel(0, 4_000);
    await expect(page.getByText("That is all.")).toBeInViewport({ timeout: 50 });
  }).toPass({ timeout: 30_000, intervals: [20] });
  await page.evaluate(() => window.scrollTo({ top: 0, behavior: "instant" }));
  await expect(card(page, "Mine, meanwhile")).toBeVisible();
});

test("the kept feed stays under whoever began to read it", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ana.follow(ben);
  await write(ben, 30);
  await ana.sees(30);
  const page = await ana.open("/");
  await expect(page.getByRole("article").first()).toBeVisible();
  await ben.post("Came since");
  await ana.sees(31);
  const gate = new Gate();
  await page.route("**/v1/feed?*", gate.hold);
  await page.reload();
  await expect(page.getByRole("article").first()).toBeVisible();
  await scrollTo(page, 1_000);
  const before = await topmost(page);
  gate.release();
  await expect(page.getByRole("button", { name: "1 new post" })).toBeVisible();
  expect(await topmost(page)).toEqual(before);
});

test("why one's own post is there does not say that one follows oneself", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("By me");
  await ana.sees(1);
  const page = await ana.open("/");
  await choose(card(page, "By me"), "Why am I seeing this?");
  const dialog = page.getByRole("dialog", { name: "Why you see this" });
  await expect(dialog).toContainText("You wrote it.");
  await expect(dialog).not.toContainText("Ana");
});
