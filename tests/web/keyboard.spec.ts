import { type Page } from "@playwright/test";
import { expect, test } from "./support/test.js";
import { card, composer } from "./support/page.js";
import { type World } from "./support/world.js";

async function homeOf(world: World, texts: string[]): Promise<Page> {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ana.follow(ben);
  for (const text of texts.toReversed()) await ben.post(text);
  await ana.sees(texts.length);
  const page = await ana.window();
  await page.addInitScript(() => localStorage.setItem("freshet.order", "latest"));
  await page.goto("/");
  await expect(page.getByRole("article").first()).toBeVisible();
  return page;
}

test("a whole visit without a mouse", async ({ world }) => {
  const page = await homeOf(world, ["Apples", "Bananas", "Cherries"]);
  const { keyboard } = page;
  await keyboard.press("j");
  await expect(card(page, "Apples")).toBeFocused();
  await keyboard.press("j");
  await keyboard.press("j");
  await expect(card(page, "Cherries")).toBeFocused();
  await keyboard.press("k");
  await expect(card(page, "Bananas")).toBeFocused();
  await keyboard.press("l");
  await expect(
    card(page, "Bananas").getByRole("button", { name: "Take the like back, 1 like" }),
  ).toBeVisible();
  await expect(card(page, "Bananas")).toBeFocused();

  await keyboard.press("r");
  await expect(page.getByRole("heading", { name: "Comments" })).toBeFocused();
  await keyboard.press("Tab"); // the order
  await keyboard.press("Tab"); // the text
  await expect(page.getByRole("textbox", { name: "Write a comment" })).toBeFocused();
  await keyboard.type("Yellow ones? j k l r / ? n are letters here");
  await keyboard.press("Control+Enter");
  await expect(card(page, "are letters here")).toHaveCount(1);

  await keyboard.press("Escape");
  await page.getByRole("heading", { name: "Comments" }).focus();
  await keyboard.press("h");
  await expect(page).toHaveURL("/");
  await expect(page.getByRole("main")).toBeFocused();
  await keyboard.press("j");
  await expect(page.getByRole("article").first()).toBeFocused();
  await keyboard.press("Enter");
  await expect(page).toHaveURL(/\/posts\/\d+$/);

  await keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
});

test("dialogs give the focus back to where it was", async ({ world }) => {
  const page = await homeOf(world, ["Apples"]);
  const { keyboard } = page;
  await keyboard.press("j");
  const apples = card(page, "Apples");
  await expect(apples).toBeFocused();
  await keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard" })).toBeVisible();
  await keyboard.press("j"); // means nothing in a dialog
  await keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(apples).toBeFocused();

  await keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "New post" });
  await expect(composer(dialog)).toBeFocused();
  await keyboard.type("From the keyboard");
  await keyboard.press("Control+Enter");
  await expect(dialog).toBeHidden();
  await expect(card(page, "From the keyboard")).toBeVisible();
  await expect(apples).toBeFocused();
});

test("menus open, move and close by keyboard", async ({ world }) => {
  const page = await homeOf(world, ["Apples"]);
  const { keyboard } = page;
  const button = card(page, "Apples").getByRole("button", { name: "More about this post" });
  await button.focus();
  await keyboard.press("Enter");
  const items = page.getByRole("menuitem");
  await expect(items.first()).toBeFocused();
  await keyboard.press("ArrowDown");
  await expect(items.nth(1)).toBeFocused();
  await keyboard.press("ArrowUp");
  await keyboard.press("ArrowUp");
  await expect(items.last()).toBeFocused();
  await keyboard.press("Home");
  await expect(items.first()).toBeFocused();
  await keyboard.press("Escape");
  await expect(items).toHaveCount(0);
  await expect(button).toBeFocused();
});

test("the first Tab offers to skip what every page begins with", async ({ world }) => {
  const page = await homeOf(world, ["Apples"]);
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to the content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(composer(page)).toBeFocused();
});

test("whatever has the focus by keyboard shows it", async ({ world }) => {
  const page = await homeOf(world, ["Apples", "Bananas"]);
  const seen = new Set<string>();
  for (let step = 0; step < 40; step++) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return undefined;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      const name = element.getAttribute("aria-label") ?? element.textContent;
      const shown = (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
      return { name: `${element.tagName} ${name.slice(0, 40)}`, shown };
    });
    if (!focus) break;
    expect(focus, "has a visible focus").toMatchObject({ shown: true });
    seen.add(focus.name);
  }
  expect(seen.size).toBeGreaterThan(15);
});

test("the focus stays on a post that scrolls out of sight", async ({ world }) => {
  const page = await homeOf(
    world,
    Array.from({ length: 18 }, (_, index) => `Post ${index} ${"word ".repeat(60)}`),
  );
  await page.keyboard.press("j");
  const focused = await page.evaluate(() => document.activeElement?.getAttribute("data-post"));
  await page.mouse.move(500, 400);
  await expect(async () => {
    await page.mouse.wheel(0, 3_000);
    await expect(page.getByText("That is all.")).toBeInViewport({ timeout: 200 });
  }).toPass();
  expect(await page.evaluate(() => document.activeElement?.getAttribute("data-post"))).toBe(
    focused,
  );
  await page.keyboard.press("j");
  await expect(page.locator("[aria-posinset='2']")).toBeFocused();
});
