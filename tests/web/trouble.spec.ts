import { type Page } from "@playwright/test";
import { expect, test } from "./support/test.js";
import { card, choose, composer, Gate, homeComposer, refuse } from "./support/page.js";
import { PASSWORD } from "./support/world.js";

/** Counts the requests of a method to a path from now on. */
function counting(page: Page, method: string, path: string): () => number {
  let count = 0;
  page.on("request", (request) => {
    if (request.method() === method && new URL(request.url()).pathname === path) count++;
  });
  return () => count;
}

test("offline is said, and what was written then is sent once, later", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ana.follow(ben);
  const post = await ben.post("Like me later");
  await ana.sees(1);
  const page = await ana.open("/");
  await expect(card(page, "Like me later")).toBeVisible();

  await page.context().setOffline(true);
  await expect(page.getByText("You are offline.")).toBeVisible();
  await card(page, "Like me later").getByRole("button", { name: "Like, 0 likes" }).click();
  await expect(page.getByText("Kept. It is sent when the server can be reached.")).toBeVisible();
  await composer(homeComposer(page)).fill("From the tunnel");
  await homeComposer(page).getByRole("button", { name: "Post", exact: true }).click();
  await expect(composer(homeComposer(page))).toHaveValue("");
  expect(await ana.posts()).toEqual([]);

  await page.context().setOffline(false);
  await expect(page.getByText("You are offline.")).toBeHidden();
  await expect
    .poll(async () => (await ana.posts()).map(({ text }) => text))
    .toEqual(["From the tunnel"]);
  const path = { id: post.id };
  await expect
    .poll(async () => (await ben.freshet.get("/v1/posts/{id}", { path })).counts.likes)
    .toBe(1);
  await page.reload();
  await expect(card(page, "From the tunnel")).toBeVisible();
  expect(await ana.posts()).toHaveLength(1);
});

test("what waits to be sent survives that the page is closed", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/");
  await expect(page.getByText("Your home is quiet")).toBeVisible();
  await page.context().setOffline(true);
  await composer(homeComposer(page)).fill("Written on the train");
  await homeComposer(page).getByRole("button", { name: "Post", exact: true }).click();
  await expect(composer(homeComposer(page))).toHaveValue("");
  await page.goto("about:blank");
  await page.context().setOffline(false);
  await page.goto("/");
  await expect.poll(async () => (await ana.posts()).length).toBe(1);
});

test("a post whose answer is lost is there once", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/");
  let lost = 0;
  await page.route("**/v1/posts", async (route) => {
    if (lost++ > 0) return route.fallback();
    await route.fetch(); // the server does it
    await route.abort("connectionreset");
  });
  await composer(homeComposer(page)).fill("Only once, please");
  await homeComposer(page).getByRole("button", { name: "Post", exact: true }).click();
  await expect(card(page, "Only once, please")).toHaveCount(1);
  expect(lost).toBe(2);
  expect(await ana.posts()).toHaveLength(1);
});

test("what the server refuses is taken back, with the reason", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  const post = await ben.post("Not for hearts");
  const page = await ana.open(`/posts/${post.id}`);
  const gate = new Gate();
  for (const what of ["posts/*/like", "posts/*/save", "accounts/*/follow"])
    await page.route(`**/v1/${what}`, async (route) => {
      await gate.opened;
      await refuse(403, `No, said the server to ${what}.`)(route);
    });
  await page.getByRole("button", { name: "Like, 0 likes" }).click();
  await expect(page.getByRole("button", { name: "Take the like back, 1 like" })).toBeVisible();
  gate.release();
  await expect(page.getByText("No, said the server to posts/*/like.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Like, 0 likes" })).toBeVisible();

  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("No, said the server to posts/*/save.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save" })).toBeVisible();

  await page.goto("/@ben");
  await page.getByRole("button", { name: "Follow Ben" }).click();
  await expect(page.getByText("No, said the server to accounts/*/follow.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Follow Ben" })).toBeVisible();
});

test("the last of two quick taps counts, in whatever order they arrive", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  const post = await ben.post("Make up your mind");
  const page = await ana.open(`/posts/${post.id}`);
  const gate = new Gate();
  await page.route("**/v1/posts/*/like", (route) =>
    route.request().method() === "PUT" ? gate.hold(route) : route.continue(),
  );
  await page.getByRole("button", { name: "Like, 0 likes" }).click();
  await page.getByRole("button", { name: "Take the like back, 1 like" }).click();
  const undone = page.waitForResponse((response) => response.request().method() === "DELETE");
  gate.release();
  await undone;
  await expect(page.getByRole("button", { name: "Like, 0 likes" })).toBeVisible();
  const path = { id: post.id };
  expect((await ana.freshet.get("/v1/posts/{id}", { path })).viewer.liked).toBe(false);
});

test("an access token that expired is renewed once, however many calls wait", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("Still me");
  await ana.sees(1);
  const page = await ana.window();
  await page.clock.install();
  await page.goto("/");
  await expect(card(page, "Still me")).toBeVisible();
  const renewals = counting(page, "POST", "/v1/sessions/refresh");
  await page.clock.fastForward("20:00"); // lifetimes are 15 minutes
  await card(page, "Still me").getByRole("button", { name: /^Like/ }).click();
  await card(page, "Still me").getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "Saved" }).click();
  await expect(page.getByRole("heading", { name: "Saved" })).toBeVisible();
  await expect.poll(async () => (await ana.freshet.get("/v1/me/saved")).items.length).toBe(1);
  expect(renewals()).toBe(1);
});

test("a session that was ended elsewhere leads to the sign-in, and back", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/");
  await expect(page.getByText("Your home is quiet")).toBeVisible();
  await ana.freshet.delete("/v1/me/sessions");
  await page.getByRole("link", { name: "Saved" }).click();
  await expect(page).toHaveURL("/sign-in?from=%2Fsaved");
});

test("what was written offline outlives the end of the session", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  const post = await ben.post("Worth a heart");
  const page = await ana.open("/");
  await expect(page.getByText("Your home is quiet")).toBeVisible();
  await page.goto(`/posts/${post.id}`);
  await expect(card(page, "Worth a heart")).toBeVisible();
  await page.context().setOffline(true);
  await card(page, "Worth a heart").getByRole("button", { name: "Like, 0 likes" }).click();
  await page.getByRole("textbox", { name: "Write a comment" }).fill("From afar");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(page.getByText("Kept. It is sent")).toBeVisible();
  await ana.freshet.delete("/v1/me/sessions");
  await page.context().setOffline(false);
  await expect(page.getByRole("link", { name: "Sign in" })).toBeVisible();
  await expect(page.getByText("2 changes wait to be sent.")).toBeVisible();

  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("Username").fill("ana");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("2 changes wait to be sent.")).toBeHidden();
  const path = { id: post.id };
  await expect
    .poll(async () => (await ben.freshet.get("/v1/posts/{id}", { path })).counts)
    .toMatchObject({ likes: 1, comments: 1 });
});

for (const [name, answer] of [
  ["breaks off", { contentType: "application/json", body: '{"id":"1' }],
  ["is not the server's", { contentType: "text/html", body: "<p>Please sign in to this network" }],
] as const)
  test(`a post whose answer ${name} is there once`, async ({ world }) => {
    const ana = await world.join("ana");
    const page = await ana.open("/");
    let lost = 0;
    await page.route("**/v1/posts", async (route) => {
      if (lost++ > 0) return route.fallback();
      await route.fetch(); // the server does it
      await route.fulfill({ status: 201, ...answer });
    });
    await composer(homeComposer(page)).fill("Half told");
    await homeComposer(page).getByRole("button", { name: "Post", exact: true }).click();
    await expect(card(page, "Half told")).toHaveCount(1);
    await expect(composer(homeComposer(page))).toHaveValue("");
    expect(await ana.posts()).toHaveLength(1);
  });

test("a server that restarts in the middle loses nothing", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ana.follow(ben);
  const post = await ben.post("Hold on");
  await ana.sees(1);
  const page = await ana.open("/");
  await expect(card(page, "Hold on")).toBeVisible();

  await world.server.stop();
  await expect(page.getByText("Live updates are interrupted; trying again.")).toBeVisible();
  await card(page, "Hold on").getByRole("button", { name: "Like, 0 likes" }).click();
  await expect(page.getByText("1 change waits to be sent.")).toBeVisible();
  await world.server.start();

  await expect(page.getByText("1 change waits to be sent.")).toBeHidden();
  await expect(page.getByText("Live updates are interrupted; trying again.")).toBeHidden();
  const path = { id: post.id };
  expect((await ben.freshet.get("/v1/posts/{id}", { path })).counts.likes).toBe(1);
  await ben.post("Here we are again");
  await expect(page.getByRole("button", { name: "1 new post" })).toBeVisible();
});

test("a page that opens while the server is away comes to life with it", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("Patience");
  await ana.sees(1);
  const page = await ana.window();
  await page.route("**/v1/**", (route) => route.abort("connectionrefused"));
  await page.goto("/");
  await expect(page.getByRole("alert")).toContainText("The server cannot be reached.");
  await page.unroute("**/v1/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(card(page, "Patience")).toBeVisible();
});

test("while a slow server thinks, the shape of what comes is there", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  const post = await ben.post("Worth the wait");
  await ana.follow(ben);
  await ana.sees(1);
  const page = await ana.window();
  for (const [path, content] of [
    ["/", "Worth the wait"],
    [`/posts/${post.id}`, "Worth the wait"],
    ["/@ben", "Worth the wait"],
    ["/notifications", "All quiet"],
    ["/trash", "The trash is empty"],
    ["/settings/blocks", "Nobody is blocked"],
  ] as const) {
    await page.goto("about:blank");
    const gate = new Gate();
    await page.route("**/v1/**", gate.hold);
    await page.goto(path, { waitUntil: "commit" });
    await expect(page.locator(".skeletons").first()).toBeVisible();
    await expect(page.getByText("Loading").first()).toBeAttached();
    gate.release();
    await expect(page.getByText(content)).toBeVisible();
    await expect(page.locator(".skeletons")).toHaveCount(0);
    await page.unroute("**/v1/**");
    await page.evaluate(() => localStorage.removeItem("freshet.feed.ranked"));
  }
});

const PLACES: [name: string, path: string, call: string, content: string][] = [
  ["home", "/", "/v1/feed?*", "Your home is quiet"],
  ["the profile", "/@ana", "/v1/accounts/*/posts*", "Nothing posted yet"],
  ["a profile's head", "/@ana", "/v1/accounts/lookup*", "Nothing posted yet"],
  ["followers", "/@ana/followers", "/v1/accounts/*/followers*", "Nobody here yet"],
  ["a hashtag", "/tags/river", "/v1/hashtags/river/posts*", "Nobody used #river yet"],
  ["search", "/search?q=zz", "/v1/accounts/search*", "Nothing found for “zz”"],
  ["notifications", "/notifications", "/v1/notifications", "All quiet"],
  ["what was saved", "/saved", "/v1/me/saved*", "Nothing saved"],
  ["the trash", "/trash", "/v1/me/deleted*", "The trash is empty"],
  ["follow requests", "/requests", "/v1/follow-requests*", "Nobody is waiting"],
  ["blocks", "/settings/blocks", "/v1/me/blocks*", "Nobody is blocked"],
  ["mutes", "/settings/mutes", "/v1/me/mutes*", "Nobody is muted"],
  ["muted words", "/settings/words", "/v1/me/muted-words*", "No word is muted"],
  ["sessions", "/settings/sessions", "/v1/me/sessions*", "This one"],
];

test("each page says what failed, and tries again", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.window();
  for (const [name, path, call, content] of PLACES) {
    await test.step(name, async () => {
      const pattern = `**${call}`;
      await page.route(pattern, refuse(500, "A stack trace"));
      await page.goto(path);
      const alert = page.getByRole("alert").filter({ hasText: "This did not work" });
      await expect(alert).toContainText("Something broke on our side.");
      await expect(alert).toContainText("0123456789abcdef"); // to quote it
      await page.unroute(pattern);
      await alert.getByRole("button", { name: "Try again" }).click();
      await expect(page.getByText(content).first()).toBeVisible();
      await expect(alert).toBeHidden();
    });
  }
});

for (const [name, status, headers, said] of [
  ["is busy", 503, { "Retry-After": "60" }, "The server is busy. Try again in a moment."],
  ["asks for patience", 429, { "Retry-After": "60" }, "That was a little too often."],
  ["knows of nothing there", 404, {}, "It may have been deleted, or it is not meant for you."],
  ["says why", 403, {}, "Only on Sundays."],
] as const)
  test(`a server that ${name} is understood`, async ({ world }) => {
    const ana = await world.join("ana");
    const page = await ana.window();
    await page.route("**/v1/me/saved*", refuse(status, "Only on Sundays.", "refused", headers));
    await page.goto("/saved");
    await expect(page.getByRole("alert")).toContainText(said);
  });

test("a server that does not answer at all is not waited for for ever", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.window();
  await page.clock.install();
  await page.goto("/");
  await expect(page.getByText("Your home is quiet")).toBeVisible();
  await page.route("**/v1/me/saved*", () => undefined);
  await page.getByRole("link", { name: "Saved" }).click();
  const alert = page.getByRole("alert").filter({ hasText: "took too long" });
  await expect(async () => {
    await page.clock.fastForward(16_000); // of each attempt
    await expect(alert).toBeVisible({ timeout: 200 });
  }).toPass();
  await page.unroute("**/v1/me/saved*");
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("Nothing saved")).toBeVisible();
});

test("a next page that fails is asked for again where it belongs", async ({ world }) => {
  const ana = await world.join("ana");
  for (let number = 1; number <= 25; number++) await ana.post(`Number ${number}.`);
  await ana.sees(25);
  const page = await ana.window();
  await page.route("**/v1/feed?*cursor=*", refuse(500));
  await page.goto("/");
  const more = page.getByRole("button", { name: "Load more" });
  await expect(async () => {
    await page.mouse.wheel(0, 3_000);
    await expect(more).toBeInViewport({ timeout: 200 });
  }).toPass();
  await page.unroute("**/v1/feed?*cursor=*");
  await more.click();
  await expect(page.locator("[aria-posinset='25']")).toBeAttached();
});

test("a page that is not there says so", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/no/such/page");
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  for (const path of ["/posts/1", "/@nobody"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  }
});

test("what is refused after waiting is said", async ({ world }) => {
  const ana = await world.join("ana");
  const post = await ana.post("Soon gone");
  await ana.sees(1);
  const page = await ana.open("/");
  await expect(card(page, "Soon gone")).toBeVisible();
  await page.context().setOffline(true);
  await card(page, "Soon gone").getByRole("button", { name: /^Like/ }).click();
  await expect(page.getByText("Kept.")).toBeVisible();
  await ana.freshet.delete("/v1/posts/{id}", { path: { id: post.id } });
  const feeds = counting(page, "GET", "/v1/feed");
  await page.context().setOffline(false);
  await expect(page.getByText("Something you did earlier was refused:")).toBeVisible();
  await expect(card(page, "Soon gone")).toHaveCount(0);
  expect(feeds()).toBe(0); // what one reads stays
});

test("words that are refused after waiting are a draft again", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  const post = await ben.post("Say something");
  const page = await ana.open("/");
  const field = composer(homeComposer(page));
  await expect(page.getByText("Your home is quiet")).toBeVisible();
  await page.context().setOffline(true);
  await field.fill("Not on a Sunday");
  await homeComposer(page).getByRole("button", { name: "Post", exact: true }).click();
  await expect(field).toHaveValue("");
  await field.fill("Begun since");
  await page.route("**/v1/posts", refuse(403, "Closed."));
  await page.context().setOffline(false);
  await expect(page.getByText("Closed. Your text is a draft again.")).toBeVisible();
  await expect(field).toHaveValue("Begun since\n\nNot on a Sunday");
  await page.reload();
  await expect(field).toHaveValue("Begun since\n\nNot on a Sunday");

  await page.goto(`/posts/${post.id}`);
  const comment = page.getByRole("textbox", { name: "Write a comment" });
  await expect(card(page, "Say something")).toBeVisible();
  await page.context().setOffline(true);
  await comment.fill("Nothing to say");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(comment).toHaveValue("");
  await page.getByRole("link", { name: "freshet" }).click();
  await page.route("**/v1/posts/*/comments", refuse(403, "Closed too."));
  await page.context().setOffline(false);
  await expect(page.getByText("Closed too. Your text is a draft again.")).toBeVisible();
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page.getByRole("textbox", { name: "Write a comment" })).toHaveValue(
    "Nothing to say",
  );
});

test("what is sent later shows as if it had been sent at once", async ({ world }) => {
  const [ana, ben, cleo] = await Promise.all([
    world.join("ana"),
    world.join("ben"),
    world.join("cleo"),
  ]);
  await ana.follow(ben, cleo);
  const post = await ben.post("From Ben");
  await cleo.post("From Cleo");
  await ana.sees(2);
  const page = await ana.open("/@cleo");
  await expect(card(page, "From Cleo")).toBeVisible();
  await page.getByRole("link", { name: "Home" }).click();
  await expect(card(page, "From Cleo")).toBeVisible();
  await page.context().setOffline(true);
  await card(page, "From Ben").getByRole("button", { name: "Like, 0 likes" }).click();
  await choose(card(page, "From Cleo"), "Block Cleo");
  const question = page.getByRole("dialog", { name: "Block Cleo?" });
  await question.getByRole("button", { name: "Block" }).click();
  await composer(homeComposer(page)).fill("From the tunnel");
  await homeComposer(page).getByRole("button", { name: "Post", exact: true }).click();
  await expect(composer(homeComposer(page))).toHaveValue("");
  await ben.like(post);
  await page.context().setOffline(false);
  await expect(card(page, "From the tunnel")).toHaveCount(1);
  await expect(card(page, "From Cleo")).toHaveCount(0);
  await expect(
    card(page, "From Ben").getByRole("button", { name: "Take the like back, 2 likes" }),
  ).toBeVisible();

  await page.goto(`/posts/${post.id}`);
  await expect(card(page, "From Ben")).toBeVisible();
  await page.context().setOffline(true);
  const comment = page.getByRole("textbox", { name: "Write a comment" });
  await comment.fill("Heard in the tunnel");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(comment).toHaveValue("");
  await page.context().setOffline(false);
  await expect(card(page, "Heard in the tunnel")).toHaveCount(1);
  await page.context().setOffline(true);
  await card(page, "Heard in the tunnel").getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(page.getByText("This comment was deleted.")).toBeVisible();
  await expect(page.getByText("Kept.")).toBeVisible();
  await page.context().setOffline(false);
  await expect(page.getByText("Nobody said anything yet")).toBeVisible();
});

test("deleting a post that cannot be deleted brings it back", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("Sticky");
  await ana.sees(1);
  const page = await ana.open("/");
  await page.route("**/v1/posts/*", refuse(403, "It sticks."));
  await choose(card(page, "Sticky"), "Delete");
  await expect(page.getByText("It sticks.")).toBeVisible();
  await expect(card(page, "Sticky")).toBeVisible();
});

/** A window on plain http elsewhere than on the machine itself: nothing keeps the page's files. */
async function withoutWorker(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Reflect.deleteProperty(Navigator.prototype, "serviceWorker");
  });
}

test("posts are begun, quoted and edited without the server", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("Written before");
  await ana.sees(1);
  const page = await ana.window();
  await withoutWorker(page);
  await page.goto("/");
  await expect(card(page, "Written before")).toBeVisible();
  await page.route("**/assets/**", (route) => route.abort());
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "New post" }).click();
  const dialog = page.getByRole("dialog", { name: "New post" });
  await composer(dialog).fill("On the way");
  await dialog.getByRole("button", { name: "Post", exact: true }).click();
  await expect(dialog).toBeHidden();
  await choose(card(page, "Written before"), "Edit");
  await expect(page.getByRole("dialog", { name: "Edit post" })).toBeVisible();
  await expect(page.getByText("You are offline.")).toBeVisible();
});

test("a page that was not opened before opens without the server", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.window();
  await withoutWorker(page);
  await page.goto("/");
  await expect(page.getByText("Your home is quiet")).toBeVisible();
  await page.waitForLoadState("networkidle");
  await page.context().setOffline(true);
  await page.getByRole("link", { name: "Search" }).click();
  await expect(page.getByRole("searchbox")).toBeVisible();
});

test("a page whose file does not arrive says so, and is fetched again", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.window();
  await withoutWorker(page);
  await page.route("**/assets/search-*.js", (route) => route.abort());
  await page.goto("/");
  await page.getByRole("link", { name: "Search" }).click();
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("This page could not be loaded");
  await expect(page.getByRole("button", { name: "New post" })).toBeVisible();
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(alert).toContainText("This page could not be loaded");
  await page.unroute("**/assets/search-*.js");
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("searchbox")).toBeVisible();
});
