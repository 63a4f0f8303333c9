import { expect, test } from "vitest";
import { type Freshet, FreshetError, type SessionState } from "../src/index.js";
import { HastyClock } from "./support/clock.js";
import { Proxy } from "./support/proxy.js";
import { Server, accountOf, password, person } from "./support/server.js";
import { until } from "./support/until.js";

const refresh = "POST /v1/sessions/refresh";

/** The server's opinion of every token that it gave before now: none is good any more. */
function expireTokens(proxy: Proxy): void {
  const renewals = proxy.calls(refresh).length;
  proxy.fate = ({ headers }) =>
    headers.authorization && proxy.calls(refresh).length === renewals ? { status: 401 } : "pass";
}

async function signedUp(
  server: Server,
): Promise<{ proxy: Proxy; clock: HastyClock; ana: Freshet }> {
  const proxy = await Proxy.start(server.url);
  const clock = new HastyClock();
  return { proxy, clock, ana: await server.signUp("ana", { baseUrl: proxy.url, clock }) };
}

test("signing up and in say who is there, and tell whoever listens", async () => {
  const server = await Server.start();
  const freshet = server.client();
  const told: (SessionState | null)[] = [];
  const unsubscribe = freshet.session.subscribe((current) => told.push(current));
  expect(freshet.session.current).toBeNull();
  const signedUp = await freshet.session.signUp(person("ana"));
  expect(signedUp.account.username).toBe("ana");
  expect(signedUp.expiresAt.getTime()).toBeGreaterThan(Date.now());
  await freshet.session.signOut();
  await freshet.session.signIn({ username: "ana", password });
  unsubscribe();
  await freshet.session.signOut();
  expect(told.map((current) => current?.account.username)).toEqual(["ana", undefined, "ana"]);
});

test("a wrong password is said at once", async () => {
  const server = await Server.start();
  await server.signUp("ana");
  const { session } = server.client();
  await expect(session.signIn({ username: "ana", password: "wrong" })).rejects.toMatchObject({
    status: 401,
    code: "wrong_credentials",
  });
  expect(session.current).toBeNull();
});

test("who has to wait for the next attempt learns it at once", async () => {
  const server = await Server.start({
    "sign_in.account_attempts": "1",
    "sign_in.first_delay": "60000",
  });
  await server.signUp("ana");
  const clock = new HastyClock();
  const { session } = server.client({ clock });
  const attempts = [1, 2, 3].map(() => session.signIn({ username: "ana", password: "wrong!" }));
  const errors = await Promise.all(attempts.map((one) => one.catch((error: unknown) => error)));
  const throttled = errors.find((error) => (error as FreshetError).status === 429);
  expect((throttled as FreshetError).retryAfterMs).toBeGreaterThan(0);
  expect(clock.waits).toEqual([]);
});

test("a token that ended is renewed once, however many calls wait", async () => {
  const server = await Server.start();
  const { ana, proxy, clock } = await signedUp(server);
  clock.shift = 15 * 60_000;
  await Promise.all(Array.from({ length: 20 }, () => ana.get("/v1/me")));
  expect(proxy.calls(refresh)).toHaveLength(1);
  expect(proxy.calls("GET /v1/me")).toHaveLength(20);
});

test("a token that the server refuses is renewed once, however many calls wait", async () => {
  const server = await Server.start();
  const { ana, proxy } = await signedUp(server);
  for (let round = 1; round <= 2; round++) {
    expireTokens(proxy);
    const answers = await Promise.all(Array.from({ length: 20 }, () => ana.get("/v1/me")));
    expect(answers.map(({ username }) => username)).toEqual(Array(20).fill("ana"));
    expect(proxy.calls(refresh)).toHaveLength(round);
  }
});

test("a write that waits for a token is done once", async () => {
  const server = await Server.start();
  const { ana, proxy } = await signedUp(server);
  expireTokens(proxy);
  await ana.post("/v1/posts", { body: { text: "once" } });
  const keys = proxy.calls("POST /v1/posts").map(({ headers }) => headers["idempotency-key"]);
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
});

test("a renewal whose answer is lost is asked for again", async () => {
  const server = await Server.start();
  const { ana, proxy, clock } = await signedUp(server);
  proxy.fate = ({ path }) => (path.endsWith("refresh") && !clock.waits.length ? "lose" : "pass");
  clock.shift = 15 * 60_000;
  expect((await ana.get("/v1/me")).username).toBe("ana");
  expect(proxy.calls(refresh)).toHaveLength(2);
});

test("a session that was ended elsewhere ends here, and says so", async () => {
  const server = await Server.start();
  const { ana } = await signedUp(server);
  const other = server.client();
  await other.session.signIn({ username: "ana", password });
  await other.delete("/v1/me/sessions");
  const told: (SessionState | null)[] = [];
  ana.session.subscribe((current) => told.push(current));
  const calls = await Promise.allSettled([ana.get("/v1/me"), ana.get("/v1/me")]);
  for (const call of calls) expect(call).toMatchObject({ reason: { status: 401 } });
  expect(told).toEqual([null]);
  expect(ana.session.current).toBeNull();
});

test("a server that is away ends no session", async () => {
  const server = await Server.start();
  const { ana, proxy, clock } = await signedUp(server);
  proxy.fate = () => "refuse";
  clock.shift = 15 * 60_000;
  await expect(ana.get("/v1/me")).rejects.toMatchObject({ kind: "network" });
  await expect(ana.session.signOut()).rejects.toMatchObject({ kind: "network" });
  expect(accountOf(ana).username).toBe("ana");
  proxy.fate = () => "pass";
  expect((await ana.get("/v1/me")).username).toBe("ana");
});

test("a token that is about to end is good while it cannot be renewed", async () => {
  const server = await Server.start();
  const { ana, proxy, clock } = await signedUp(server);
  clock.shift = 15 * 60_000 - 5_000;
  proxy.fate = ({ path }) => (path.endsWith("refresh") ? "refuse" : "pass");
  expect((await ana.get("/v1/me")).username).toBe("ana");
});

test("signing out ends the session on the server, also with a token that ended", async () => {
  const server = await Server.start();
  const { ana, proxy, clock } = await signedUp(server);
  const token = await tokenOf(ana, proxy);
  clock.shift = 15 * 60_000;
  await ana.session.signOut();
  expect(ana.session.current).toBeNull();
  await expect(server.client({ token }).get("/v1/me")).rejects.toMatchObject({ status: 401 });
  await expect(ana.get("/v1/me")).rejects.toMatchObject({ status: 401 });
});

test("a renewal under way does not undo signing out", async () => {
  const server = await Server.start();
  const { ana, proxy, clock } = await signedUp(server);
  clock.shift = 15 * 60_000;
  const call = ana.get("/v1/me").catch((error: unknown) => error);
  await ana.session.signOut();
  await call;
  expect(ana.session.current).toBeNull();
  expect(proxy.calls(refresh)).toHaveLength(1);
});

test("a renewal under way does not undo that somebody else signed in", async () => {
  const server = await Server.start();
  await server.signUp("ben");
  const { ana, proxy, clock } = await signedUp(server);
  clock.shift = 15 * 60_000;
  let goOn: (fate: "pass") => void = () => undefined;
  const held = new Promise<"pass">((resolve) => (goOn = resolve));
  proxy.fate = ({ path }) => (path.endsWith("refresh") ? held : "pass");
  const call = ana.post("/v1/posts", { body: { text: "by ana" } }).catch((error: unknown) => error);
  await until("the renewal", () => proxy.calls(refresh).length);
  await ana.session.signIn({ username: "ben", password });
  goOn("pass");
  expect(await call).toMatchObject({ status: 401 });
  expect(accountOf(ana).username).toBe("ben");
  expect((await ana.get("/v1/me")).posts_count).toBe(0);
});

test("tokens from elsewhere are sent, and asked for anew when they are refused", async () => {
  const server = await Server.start();
  const { ana, proxy } = await signedUp(server);
  const token = await tokenOf(ana, proxy);
  expect((await server.client({ token }).get("/v1/me")).username).toBe("ana");
  const tokens = ["a.b.c", token];
  const freshet = server.client({ token: () => Promise.resolve(tokens.shift() ?? token) });
  expect((await freshet.get("/v1/me")).username).toBe("ana");
  await expect(server.client({ token: "a.b.c" }).get("/v1/me")).rejects.toMatchObject({
    status: 401,
  });
});

test("a change of the profile reaches the session", async () => {
  const server = await Server.start();
  const { ana } = await signedUp(server);
  const changed = await ana.patch("/v1/me", { body: { display_name: "Ana Maria" } });
  ana.session.updateAccount(changed);
  expect(accountOf(ana).display_name).toBe("Ana Maria");
});

async function tokenOf(freshet: Freshet, proxy: Proxy): Promise<string> {
  await freshet.get("/v1/me");
  return proxy.seen.at(-1)?.headers.authorization?.replace("Bearer ", "") ?? "";
}
