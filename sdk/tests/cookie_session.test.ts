import { expect, onTestFinished, test } from "vitest";
import type { Freshet } from "../src/index.js";
import { Browser } from "./support/browser.js";
import { Proxy } from "./support/proxy.js";
import { until } from "./support/until.js";
import { Server, accountOf, password, person } from "./support/server.js";

const refresh = "POST /v1/sessions/refresh";

/** A server, and what opens pages of it in one browser: each has the same cookies and its own memory. */
async function world() {
  const server = await Server.start();
  const proxy = await Proxy.start(server.url);
  const browser = new Browser(proxy.url);
  const page = () => server.client({ baseUrl: proxy.url, ...browser.options });
  return { server, proxy, browser, page };
}

/** The locks that tabs share (Web Locks API), which Node does not have. */
function shareLocks(): void {
  const { navigator } = globalThis;
  let last: Promise<unknown> = Promise.resolve();
  const request = (_: string, run: () => Promise<void>) => {
    const next = last.then(run);
    last = next.catch(() => undefined);
    return next;
  };
  Object.defineProperty(globalThis, "navigator", {
    value: { locks: { request } },
    configurable: true,
  });
  onTestFinished(() => {
    Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  });
}

const nameOf = (freshet: Freshet) => freshet.session.current?.account.username;

test("the next page takes up the session, and no script sees its token", async () => {
  const { proxy, browser, page } = await world();
  await page().session.signUp(person("ana"));
  const token = browser.cookie("freshet_refresh");
  expect(token).toMatch(/./);
  const next = page();
  expect((await next.session.restore())?.account.username).toBe("ana");
  expect((await next.get("/v1/me")).username).toBe("ana");
  for (const { body } of proxy.seen) expect(body).not.toContain(token);
  expect(browser.cookie("freshet_refresh")).not.toBe(token);
});

test("without a session there is nothing to take up", async () => {
  const { page } = await world();
  const first = page();
  expect(await first.session.restore()).toBeNull();
  await expect(first.get("/v1/me")).rejects.toMatchObject({ status: 401 });
});

test("whether there is a session is not known while the server is away", async () => {
  const { proxy, page } = await world();
  await page().session.signUp(person("ana"));
  proxy.fate = () => "refuse";
  const next = page();
  await expect(next.session.restore()).rejects.toMatchObject({ kind: "network" });
  proxy.fate = () => "pass";
  expect((await next.session.restore())?.account.username).toBe("ana");
});

test("what a page asks for while it opens waits for its session", async () => {
  const { proxy, page } = await world();
  await page().session.signUp(person("ana"));
  const opening = page();
  proxy.fate = () => "refuse";
  const restored = opening.session.restore();
  await expect(opening.get("/v1/me")).rejects.toMatchObject({ kind: "network" });
  await expect(restored).rejects.toMatchObject({ kind: "network" });
  proxy.fate = () => "pass";
  expect((await opening.get("/v1/me")).username).toBe("ana");
  expect(nameOf(opening)).toBe("ana");
});

test("a stream that is opened while the session is taken up goes on for whose it is", async () => {
  const { page } = await world();
  await page().session.signUp(person("ana"));
  const opening = page();
  const restored = opening.session.restore();
  const states: string[] = [];
  const stream = opening.stream({
    onEvent: () => undefined,
    onState: ({ status }) => states.push(status),
  });
  onTestFinished(() => {
    stream.close();
  });
  await restored;
  await until("the stream to open", () => states.includes("open"));
  expect(states).not.toContain("closed");
  await opening.session.signOut();
  expect(states.at(-1)).toBe("closed");
});

test("signing in and out counts for the whole browser", async () => {
  const { server, browser, page } = await world();
  await server.signUp("ana");
  const first = page();
  await first.session.signIn({ username: "ana", password });
  const second = page();
  await second.session.restore();
  await first.session.signOut();
  expect(browser.cookie("freshet_refresh")).toBeUndefined();
  await expect(second.get("/v1/me")).rejects.toMatchObject({ status: 401 });
  expect(second.session.current).toBeNull();
  expect(await page().session.restore()).toBeNull();
});

test("tabs renew the one cookie in turn", async () => {
  shareLocks();
  const { proxy, page } = await world();
  const tabs = [page(), page(), page()];
  await tabs[0]?.session.signUp(person("ana"));
  await Promise.all(tabs.map((tab) => tab.session.restore()));
  await Promise.all(tabs.map((tab) => tab.get("/v1/me")));
  for (let round = 1; round <= 3; round++) {
    const refused = new Set(proxy.seen.map(({ headers }) => headers.authorization));
    proxy.fate = ({ headers: { authorization } }) =>
      authorization && refused.has(authorization) ? { status: 401 } : "pass";
    const calls = tabs.flatMap((tab) => [tab.get("/v1/me"), tab.get("/v1/me")]);
    expect((await Promise.all(calls)).map(({ username }) => username)).toEqual(
      Array(6).fill("ana"),
    );
  }
  expect(proxy.mostAtOnce(refresh)).toBe(1);
  // Two of the tabs restored the session; then each renewed it in each round.
  expect(proxy.calls(refresh)).toHaveLength(2 + 3 * 3);
});

test("when another tab signs somebody else in, nothing is done in their name", async () => {
  const { server, proxy, page } = await world();
  await server.signUp("ben");
  const [mine, other] = [page(), page()];
  await mine.session.signUp(person("ana"));
  await other.session.signIn({ username: "ben", password });
  proxy.fate = ({ path }, earlier) =>
    path === "/v1/posts" && earlier === 0 ? { status: 401 } : "pass";
  const post = mine.post("/v1/posts", { body: { text: "by ana" } });
  await expect(post).rejects.toMatchObject({ status: 401 });
  expect(nameOf(mine)).toBe("ben");
  const path = { id: accountOf(mine).id };
  expect((await mine.get("/v1/accounts/{id}/posts", { path })).items).toEqual([]);
});

test("another site's page gets nowhere with the cookie", async () => {
  const { server, proxy, page } = await world();
  await page().session.signUp(person("ana"));
  const evil = new Browser("https://evil.example");
  const freshet = server.client({ baseUrl: proxy.url, ...evil.options });
  await expect(freshet.session.restore()).rejects.toMatchObject({ code: "cross_site" });
});
