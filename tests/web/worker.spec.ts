import { createHash } from "node:crypto";
import { type Page } from "@playwright/test";
import { Program } from "../../sdk/tests/support/program.js";
import { expect, test as base } from "./support/test.js";
import { Front } from "./support/front.js";
import { card, Gate } from "./support/page.js";

const test = base.extend<{ front: Front }>({
  /** Before the world's server. */
  front: async ({ world }, use) => {
    const front = new Front(world.server.url);
    await front.start();
    await use(front);
    await front.stop();
  },
});

/** Until the page could open without its server. */
async function kept(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
}

function shells(page: Page): Promise<string[]> {
  return page.evaluate(() => caches.keys());
}

test("a reload while offline shows the last feed", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("Seen before the tunnel");
  await ana.sees(1);
  const page = await ana.open("/");
  await expect(card(page, "Seen before the tunnel")).toBeVisible();
  await kept(page);
  const policy = async () => (await page.reload())?.headers()["content-security-policy"];
  const fromServer = await policy();
  expect(fromServer).toContain("require-trusted-types-for 'script'");
  await page.context().setOffline(true);
  expect(await policy()).toBe(fromServer);
  await expect(card(page, "Seen before the tunnel")).toBeVisible();
  await expect(page.getByText("You are offline.")).toBeVisible();
  await page.getByRole("link", { name: "Search" }).click(); // a part that was not loaded before
  await expect(page.getByRole("searchbox")).toBeVisible();
});

test("the last feed is shown offline however old it is", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("Seen this morning");
  await ana.sees(1);
  const page = await ana.open("/");
  await expect(card(page, "Seen this morning")).toBeVisible();
  await kept(page);
  await page.evaluate(() => {
    const feed = JSON.parse(localStorage.getItem("freshet.feed.ranked") ?? "") as { at: number };
    localStorage.setItem("freshet.feed.ranked", JSON.stringify({ ...feed, at: feed.at - 3.6e7 }));
  });
  await page.context().setOffline(true);
  await page.reload();
  await expect(card(page, "Seen this morning")).toBeVisible();
});

test("a reload while the server is away shows the last feed, and goes on with it", async ({
  world,
}) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ana.follow(ben);
  await ben.post("Seen before the storm");
  await ana.sees(1);
  const page = await ana.open("/");
  await expect(card(page, "Seen before the storm")).toBeVisible();
  await kept(page);
  await world.server.stop();
  await page.reload();
  await expect(card(page, "Seen before the storm")).toBeVisible();
  await world.server.start();
  await ben.post("After the storm");
  // The page may be back before the post, which is then counted.
  const newer = page.getByRole("button", { name: "1 new post" });
  const after = card(page, "After the storm");
  await expect(newer.or(after)).toBeVisible();
  if (await newer.isVisible()) await newer.click();
  await expect(after).toBeVisible();
});

test("nothing of a person is kept with the page's files", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("Mine");
  await ana.sees(1);
  const page = await ana.open("/");
  await kept(page);
  for (const path of ["/", "/@ana", "/notifications", "/settings/privacy"]) {
    await page.goto(path);
    await expect(page.getByRole("heading").first()).toBeVisible();
  }
  const paths = await page.evaluate(async () => {
    const names = await caches.keys();
    const opened = await Promise.all(names.map((name) => caches.open(name)));
    const requests = await Promise.all(opened.map((cache) => cache.keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });
  expect(paths).toContain("/");
  expect(paths.filter((path) => path !== "/" && !path.startsWith("/assets/"))).toEqual([]);
});

/** The same page, made anew. */
function nextBuild(path: string, body: string): string | undefined {
  const index = (text: string) =>
    text.replace("<title>", '<meta name="build" content="2" /><title>');
  if (path === "/" || path === "/sign-in") return index(body);
  if (path !== "/sw.js") return undefined;
  return body
    .replace(/version:.\w+./, 'version:"2"')
    .replace(/sha256-[\w+/=]+/, nextBuild.integrity);
}
nextBuild.integrity = "";

test("another build's page is what the next load shows, and what is kept then", async ({
  world,
  front,
}) => {
  const page = await world.visit(`${front.url}/sign-in`);
  await kept(page);
  const before = await shells(page);
  expect(before).toHaveLength(1);

  const index = nextBuild("/", await (await fetch(`${world.server.url}/`)).text()) ?? "";
  nextBuild.integrity = `sha256-${createHash("sha256").update(index).digest("base64")}`;
  front.change = nextBuild;
  const build = page.locator("meta[name=build]");
  await expect(build).toHaveCount(0);
  await page.reload();
  await expect(build).toHaveCount(1);
  await expect.poll(() => shells(page)).toEqual(["freshet.shell.2"]);

  await page.context().setOffline(true);
  await page.reload();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await expect(build).toHaveCount(1);
});

test("a build whose files do not belong together is not kept", async ({ world, front }) => {
  const page = await world.visit(`${front.url}/sign-in`);
  await kept(page);
  const before = await shells(page);
  nextBuild.integrity = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  front.change = nextBuild;
  const outcome = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const { installing } = await registration.update();
    await new Promise((done) => installing?.addEventListener("statechange", done));
    return installing?.state;
  });
  expect(outcome).toBe("redundant");
  await page.context().setOffline(true);
  await page.reload();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  expect(await shells(page)).toEqual(expect.arrayContaining(before));
});

test("what was kept shows while the server thinks, or something before it cannot reach it", async ({
  world,
  front,
}) => {
  const page = await world.visit(`${front.url}/sign-in`);
  await kept(page);
  const gate = new Gate();
  front.before = async () => {
    await gate.opened;
    return undefined;
  };
  await page.reload();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  front.before = () => Promise.resolve(502);
  gate.release();
  await page.reload();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
});

test("a server without the page is left alone", async ({ world, front }) => {
  const page = await world.visit(`${front.url}/sign-in`);
  await kept(page);
  const bare = await Program.run({ "web.enabled": "false" });
  try {
    front.behind = bare.url;
    const answer = await page.reload();
    expect(answer?.status()).toBe(404);
    await expect.poll(() => shells(page)).toEqual([]);
    const left = () =>
      page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
    await expect.poll(left).toBe(0);
  } finally {
    await bare.remove();
  }
});
