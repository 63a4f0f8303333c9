import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { type Page } from "@playwright/test";
import { visitDemo } from "./support/demo.js";
import { expect, test } from "./support/test.js";
import { type Look } from "./support/world.js";

const FOLDER = resolve(import.meta.dirname, "../../docs/pictures");
const LARGEST = 150_000; // bytes of a picture

const LOOKS: Record<string, Look> = {
  light: { colorScheme: "light", viewport: { width: 1120, height: 720 } },
  dark: { colorScheme: "dark", viewport: { width: 1120, height: 720 } },
  phone: {
    colorScheme: "light",
    viewport: { width: 390, height: 780 },
    isMobile: true,
    hasTouch: true,
  },
};

test("pictures of the main pages", async ({ browser }) => {
  await visitDemo(browser, async (visitor) => {
    const feed = await visitor.freshet.get("/v1/feed", { query: { order: "ranked", limit: 50 } });
    const post = feed.items
      .map((item) => item.post)
      .reduce((most, one) => (one.counts.comments > most.counts.comments ? one : most));
    const pages: [name: string, path: string, ready: (page: Page) => Promise<void>][] = [
      ["home", "/", (page) => expect(page.getByRole("article").nth(2)).toBeVisible()],
      [
        "post",
        `/posts/${post.id}`,
        (page) => expect(page.getByRole("article").nth(1)).toBeVisible(),
      ],
      [
        "profile",
        `/@${post.author.username}`,
        (page) => expect(page.getByRole("article").nth(1)).toBeVisible(),
      ],
      [
        "notifications",
        "/notifications",
        (page) => expect(page.getByRole("article").first()).toBeVisible(),
      ],
      [
        "topics",
        "/admin/topics",
        async (page) => {
          for (let sample = 0; sample < 3; sample++) await page.waitForResponse("**/admin/topics");
        },
      ],
    ];
    for (const [look, options] of Object.entries(LOOKS)) {
      const page = await visitor.open("/", options);
      for (const [name, path, ready] of pages)
        await test.step(`${name}, ${look}`, async () => {
          await page.goto(path);
          await ready(page);
          await page.waitForLoadState("networkidle");
          const file = resolve(FOLDER, `${name}-${look}.png`);
          await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
          expect((await stat(file)).size).toBeLessThan(LARGEST);
        });
      await page.context().close();
    }
  });
});
