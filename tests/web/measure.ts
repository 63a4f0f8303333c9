// The page's figures: script, time until one can use it on a phone's processor, what moves while it loads, memory.
import { gzipSync } from "node:zlib";
import { type CDPSession, type Page } from "@playwright/test";
import { visitDemo } from "./support/demo.js";
import { expect, test } from "./support/test.js";
import { type Person, type World } from "./support/world.js";

/** How long the live feed is looked at. */
const MINUTES = Number(process.env["MEASURE_MINUTES"] ?? "2");
const RUNS = 5;
const SLOWDOWN = 4; // as Lighthouse slows a desktop's processor down to a phone's
const LOAD_MS = 8_000; // of which a load takes a small part; the last long task in it ends it

interface Load {
  firstPaint: number;
  posts: number;
  interactive: number;
  blocking: number;
  shift: number;
}

interface Record {
  posts: number;
  shift: number;
  tasks: { start: number; end: number }[];
}

// Runs in the page, before anything of it.
function watch(): void {
  const record: Record = { posts: 0, shift: 0, tasks: [] };
  Object.assign(window, { record });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      record.tasks.push({ start: startTime, end: startTime + duration });
  }).observe({ type: "longtask", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      record.shift += (entry as PerformanceEntry & { value: number }).value;
  }).observe({ type: "layout-shift", buffered: true });
  const drawn = new MutationObserver(() => {
    if (!document.querySelector("[role=feed] article")) return;
    drawn.disconnect();
    requestAnimationFrame(() => (record.posts = performance.now()));
  });
  drawn.observe(document, { childList: true, subtree: true });
}

async function load(visitor: Person, kept: boolean): Promise<Load> {
  const page = await visitor.window({ viewport: { width: 390, height: 780 } });
  await page.addInitScript(watch);
  if (kept) {
    await page.goto("/");
    await expect(page.getByRole("article").first()).toBeVisible();
  }
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: !kept });
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  await page.goto("/");
  // To look at the page from here meanwhile would run on its slow processor.
  await page.waitForTimeout(LOAD_MS);
  const { paint, record } = await page.evaluate(() => ({
    paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
    record: (window as unknown as { record: Record }).record,
  }));
  expect(record.posts).toBeGreaterThan(0);
  await page.context().close();
  return {
    firstPaint: paint,
    posts: record.posts,
    interactive: Math.max(record.posts, ...record.tasks.map(({ end }) => end)),
    blocking: record.tasks.reduce((sum, { start, end }) => sum + (end - start - 50), 0),
    shift: record.shift,
  };
}

function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

async function loads(visitor: Person, kept: boolean): Promise<string[][]> {
  const all: Load[] = [];
  for (let run = 0; run < RUNS; run++) all.push(await load(visitor, kept));
  const of = (key: keyof Load) => median(all.map((one) => one[key]));
  const ms = (key: keyof Load) => `${of(key).toFixed(0)} ms`;
  const how = kept ? "second visit" : "first visit";
  return [
    [`first paint, ${how}`, ms("firstPaint")],
    [`posts shown, ${how}`, ms("posts")],
    [`interactive, ${how}`, ms("interactive")],
    [`blocked by long tasks, ${how}`, ms("blocking")],
    [`layout shift, ${how}`, Math.max(...all.map(({ shift }) => shift)).toFixed(4)],
  ];
}

async function scripts(visitor: Person): Promise<string[][]> {
  const page = await visitor.window();
  const urls = new Set<string>();
  page.on("request", (request) => {
    if (request.resourceType() === "script") urls.add(request.url());
  });
  await page.goto("/");
  await expect(page.getByRole("article").first()).toBeVisible();
  await page.context().close();
  const files = await Promise.all([...urls].map(async (url) => (await fetch(url)).bytes()));
  const compressed = files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0);
  const plain = files.reduce((sum, file) => sum + file.length, 0);
  return [
    ["script of the first load, gzip", `${(compressed / 1000).toFixed(1)} kB`],
    ["script of the first load, plain", `${(plain / 1000).toFixed(1)} kB`],
  ];
}

async function heap(devtools: CDPSession): Promise<{ bytes: number; nodes: number }> {
  await devtools.send("HeapProfiler.collectGarbage");
  const { metrics } = await devtools.send("Performance.getMetrics");
  const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? NaN;
  return { bytes: of("JSHeapUsedSize"), nodes: of("Nodes") };
}

/** A reader of a feed that moves: looks at what is new, scrolls through it, and again. */
async function read(page: Page, until: number): Promise<number> {
  const newer = page.getByRole("button", { name: /new posts?$/ });
  let seen = 0;
  while (Date.now() < until) {
    if (await newer.isVisible()) {
      await newer.click();
      seen++;
    }
    for (let turn = 0; turn < 5; turn++) {
      await page.mouse.wheel(0, 600);
      await page.waitForTimeout(1_000);
    }
  }
  return seen;
}

async function memory(visitor: Person, world: World): Promise<string[][]> {
  const page = await visitor.open("/");
  await expect(page.getByRole("article").first()).toBeVisible();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  const residents = world.server.begin("residents", "--pace", "300");
  await page.mouse.move(500, 400);
  const before = await heap(devtools);
  const refreshed = await read(page, Date.now() + MINUTES * 60_000);
  const after = await heap(devtools);
  residents.kill();
  await page.context().close();
  const megabytes = ({ bytes }: { bytes: number }) => `${(bytes / 1e6).toFixed(1)} MB`;
  return [
    ["JavaScript heap when home is open", megabytes(before)],
    [`JavaScript heap after ${MINUTES} min live`, megabytes(after)],
    ["nodes of the document, then and now", `${before.nodes} and ${after.nodes}`],
    ["times that new posts were shown", `${refreshed}`],
  ];
}

test("the page's figures", async ({ browser }) => {
  await visitDemo(browser, async (visitor, world) => {
    const rows = [
      ...(await scripts(visitor)),
      ...(await loads(visitor, false)),
      ...(await loads(visitor, true)),
      ...(await memory(visitor, world)),
    ];
    const width = Math.max(...rows.map(([name]) => name?.length ?? 0));
    const lines = rows.map(([name, value]) => `${(name ?? "").padEnd(width)}  ${value ?? ""}`);
    console.log(`\n${lines.join("\n")}\n\nProcessor slowed down ${SLOWDOWN} times, ${RUNS} loads.`);
  });
});
