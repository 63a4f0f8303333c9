// How each page looks to everybody: axe's rules in both themes, narrow windows, writing from right to left.
import { AxeBuilder } from "@axe-core/playwright";
import { type Page } from "@playwright/test";
import { expect, test } from "./support/test.js";
import { card } from "./support/page.js";
import { type Person, type World } from "./support/world.js";

/** Somebody with something on every page. */
async function inhabit(world: World): Promise<{ ana: Person; post: string }> {
  const ana = await world.administrator("ana");
  const [ben, cleo, dan] = await Promise.all([
    world.join("ben", { display_name: "Benedikt-Alexander von und zu Überlingen" }),
    world.join("cleo", { display_name: "كليوباترا" }),
    world.join("dan"),
  ]);
  const post = await ana.post(
    "Rivers in spring: https://example.org/a/very/long/address/that/does/not/want/to/break #river @ben",
    { location: { name: "Lindau", lat: 47.5, lng: 9.7 } },
  );
  await ana.edit(post, `${post.text} (edited)`);
  await ben.post("Quoting", { quote_of: post.id });
  await cleo.post("مرحبا بالعالم، هذه مشاركة طويلة بعض الشيء. #river");
  await ben.post(
    "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle".repeat(3),
  );
  await ana.follow(ben, cleo);
  await dan.follow(ben);
  await ben.follow(dan);
  const comment = await ben.comment(post, "A comment");
  await cleo.comment(post, "A reply", comment.id);
  await ben.like(post);
  await ana.like(post);
  await ana.freshet.put("/v1/posts/{id}/save", { path: { id: post.id } });
  const gone = await ana.post("Gone");
  await ana.freshet.delete("/v1/posts/{id}", { path: { id: gone.id } });
  await ana.freshet.patch("/v1/me", { body: { private: true } });
  await dan.follow(ana);
  await ana.freshet.put("/v1/accounts/{id}/mute", { path: { id: dan.id }, body: {} });
  await ana.freshet.put("/v1/me/muted-words", { body: { words: [{ word: "football" }] } });
  await ana.sees(4);
  return { ana, post: post.id };
}

async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("main")).toBeVisible();
  await expect(page.locator(".skeletons")).toHaveCount(0);
}

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const overflowing = await page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll("body *")]
      .filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        return right > clientWidth + 1 || left < -1;
      })
      .map((element) => `${element.tagName}.${String(element.getAttribute("class"))}`);
  });
  expect.soft(overflowing).toEqual([]);
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => ({
    id,
    nodes: nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary ?? ""}`),
  }));
  expect.soft(found).toEqual([]);
}

const NARROW = { width: 320, height: 640 };
const WIDE = { width: 1280, height: 800 };

async function expectGoodLooks(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const)
    await test.step(colorScheme, async () => {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await expectAccessible(page);
    });
  await test.step("320 pixels wide", async () => {
    await page.setViewportSize(NARROW);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
  await test.step("from right to left", async () => {
    await page.evaluate(() => (document.documentElement.dir = "rtl"));
    await expectNoSidewaysScroll(page);
    await page.setViewportSize(WIDE);
    await expectNoSidewaysScroll(page);
  });
}

// To look at many pages in every way takes a while on a busy machine.
test.describe.configure({ timeout: 240_000 });

const PAGES: [name: string, path: string][] = [
  ["home", "/"],
  ["a profile", "/@ben"],
  ["one's own profile", "/@ana"],
  ["followers", "/@ben/followers"],
  ["a hashtag", "/tags/river"],
  ["search", "/search"],
  ["search with results", "/search?q=b"],
  ["notifications", "/notifications"],
  ["saved", "/saved"],
  ["the trash", "/trash"],
  ["follow requests", "/requests"],
  ["nothing", "/no/such/page"],
  ["nobody", "/@nobody"],
  ["a post that is not there", "/posts/1"],
  ...[
    "profile",
    "privacy",
    "blocks",
    "mutes",
    "words",
    "notifications",
    "sessions",
    "appearance",
    "account",
  ].map((section): [string, string] => [`settings: ${section}`, `/settings/${section}`]),
  ...["state", "topics", "dead-letters"].map((section): [string, string] => [
    `administration: ${section}`,
    `/admin/${section}`,
  ]),
];

// Several pages share a world, since making one takes longer than looking at a page.
const SHARED = 6;
for (let first = 0; first < PAGES.length; first += SHARED) {
  const pages = PAGES.slice(first, first + SHARED);
  test(`everybody can use ${pages.map(([name]) => name).join(", ")}`, async ({ world }) => {
    const { ana } = await inhabit(world);
    const page = await ana.open("/", { viewport: WIDE });
    for (const [name, path] of pages)
      await test.step(name, async () => {
        await page.setViewportSize(WIDE);
        await page.goto(path);
        await settled(page);
        await expectGoodLooks(page);
      });
  });
}

test("everybody can use a post's page and what opens there", async ({ world }) => {
  const { ana, post } = await inhabit(world);
  const page = await ana.open(`/posts/${post}`, { viewport: WIDE });
  await expect(card(page, "A comment").last()).toBeVisible();
  await page.getByRole("button", { name: "1 reply" }).click();
  await expect(page.getByText("A reply")).toBeVisible();
  await expectGoodLooks(page);

  await page.evaluate(() => (document.documentElement.dir = "ltr"));
  await page.getByRole("button", { name: "More about this post" }).click();
  await expectAccessible(page);
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectGoodLooks(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Edited/ }).click();
  await expect(page.getByRole("dialog").getByRole("listitem")).toHaveCount(2);
  await expectGoodLooks(page);
});

test("everybody can sign up and in", async ({ world }) => {
  const page = await world.visit("/sign-up", { viewport: WIDE });
  await settled(page);
  await expectGoodLooks(page);
  await page.setViewportSize(WIDE);
  await page.goto("/sign-in");
  await page.getByLabel("Username").fill("nobody");
  await page.getByLabel("Password").fill("wrong horse");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toHaveText(/do not belong together/);
  await expectGoodLooks(page);
});

test("who wants no motion sees none", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.window();
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.route("**/v1/feed?*", () => undefined); // skeletons shimmer, usually
  await page.goto("/");
  await expect(page.locator(".skeletons")).toBeVisible();
  const moving = await page.evaluate(() =>
    document.getAnimations().filter(({ playState }) => playState === "running"),
  );
  expect(moving).toEqual([]);
});
