import { expect, test } from "./support/test.js";
import { card, refuse } from "./support/page.js";

test("comments are written, answered, liked, edited and deleted", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  const post = await ana.post("What do you read?");
  const theirs = await ben.comment(post, "A book about rivers");
  const page = await ana.open(`/posts/${post.id}`);
  await page.getByRole("textbox", { name: "Write a comment" }).fill("I cannot decide");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  const mine = card(page, "I cannot decide");
  await expect(mine).toBeVisible();

  const bens = card(page, "A book about rivers");
  await bens.getByRole("button", { name: /^Like/ }).click();
  await expect(bens.getByRole("button", { name: "Take the like back, 1 like" })).toBeVisible();
  await bens.getByRole("button", { name: "Reply" }).click();
  await expect(bens.getByRole("textbox", { name: "Reply to Ben" })).toBeFocused();
  await bens.getByRole("textbox", { name: "Reply to Ben" }).fill("Which one?");
  await bens.getByRole("button", { name: "Reply" }).last().click();
  await expect(bens.getByText("Which one?")).toBeVisible();
  await expect(bens.getByRole("button", { name: "1 reply" })).toBeVisible();

  await mine.getByRole("button", { name: "More" }).click();
  await mine.getByRole("menuitem", { name: "Edit" }).click();
  const comments = page.getByRole("region", { name: "Comments" });
  await comments.getByRole("textbox", { name: "Edit" }).fill("Poems");
  await comments.getByRole("button", { name: "Save" }).click();
  await expect(card(page, "Poems")).toContainText("edited");
  await card(page, "Poems").getByRole("button", { name: "More" }).click();
  await card(page, "Poems").getByRole("menuitem", { name: "Delete" }).click();
  await expect(card(page, "Poems")).toBeHidden();

  const path = { id: post.id };
  const kept = async () => {
    const { items } = await ana.freshet.get("/v1/posts/{id}/comments", { path });
    return items.filter(({ deleted }) => !deleted).map(({ id, counts }) => [id, counts]);
  };
  await expect.poll(kept).toEqual([[theirs.id, { likes: 1, replies: 1 }]]);
});

test("comments stand in the order that is chosen", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  const post = await ana.post("Tell me");
  const first = await ben.comment(post, "the first");
  await ben.comment(post, "the second");
  await ana.freshet.put("/v1/comments/{id}/like", { path: { id: first.id } });
  const page = await ana.open(`/posts/${post.id}`);
  const comments = page.getByRole("region", { name: "Comments" }).getByRole("article");
  await expect(comments).toContainText(["the first", "the second"]);
  await page.getByLabel("Order of comments").selectOption("Newest");
  await expect(comments).toContainText(["the second", "the first"]);
  await page.getByLabel("Order of comments").selectOption("Oldest");
  await expect(comments).toContainText(["the first", "the second"]);
});

test("a comment that was begun survives a reload", async ({ world }) => {
  const ana = await world.join("ana");
  const post = await ana.post("Tell me");
  const page = await ana.open(`/posts/${post.id}`);
  await page.getByRole("textbox", { name: "Write a comment" }).fill("Well, I");
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Write a comment" })).toHaveValue("Well, I");
});

test("whoever is not signed in can read a public post", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  const post = await ana.post("For everybody");
  await ben.comment(post, "Thank you");
  const page = await world.visit(`/posts/${post.id}`);
  await expect(card(page, "For everybody")).toBeVisible();
  await expect(card(page, "Thank you")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Like/ })).toHaveCount(0);
  await expect(page.getByRole("textbox", { name: "Write a comment" })).toHaveCount(0);
});

test("the comment button leads to the comments", async ({ world }) => {
  const ana = await world.join("ana");
  const post = await ana.post("Tell me");
  await ana.sees(1);
  const page = await ana.open("/");
  await card(page, "Tell me").getByRole("button", { name: "Comment, 0 comments" }).click();
  await expect(page).toHaveURL(`/posts/${post.id}#comments`);
  await expect(page.getByRole("heading", { name: "Comments" })).toBeFocused();
  await expect(page.getByText("Nobody said anything yet")).toBeVisible();
});

test("of many comments those near the screen are drawn, and what was unfolded stays so", async ({
  world,
}) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  const post = await ana.post("Tell me everything");
  const first = await ben.comment(post, "comment 0 begins");
  await ana.comment(post, "And then?", first.id);
  for (let n = 1; n < 90; n++) await ben.comment(post, `comment ${String(n)} goes on`);
  const page = await ana.open(`/posts/${post.id}`);
  await page.getByLabel("Order of comments").selectOption("Oldest");
  const begins = card(page, "comment 0 begins");
  await begins.getByRole("button", { name: "1 reply" }).click();
  await expect(begins.getByText("And then?")).toBeVisible();
  await begins.getByRole("button", { name: "Reply" }).first().click();
  await begins.getByRole("textbox", { name: "Reply to Ben" }).fill("Go on");
  await page.getByRole("heading", { name: "Comments" }).focus();

  const comments = page.getByRole("region", { name: "Comments" }).getByRole("article");
  let most = 0;
  await expect(async () => {
    await page.mouse.wheel(0, 3_000);
    most = Math.max(most, await comments.count());
    await expect(card(page, "comment 89 goes on")).toBeInViewport({ timeout: 50 });
  }).toPass({ timeout: 45_000, intervals: [20] });
  expect(most).toBeLessThan(45);
  await expect(begins).toHaveCount(0);
  await page.keyboard.press("Home");
  await expect(begins.getByText("And then?")).toBeVisible();
  await expect(begins.getByRole("textbox", { name: "Reply to Ben" })).toHaveValue("Go on");
});

test("a post that is known stays when it cannot be read again", async ({ world }) => {
  const ana = await world.join("ana");
  const post = await ana.post("Still here");
  await ana.sees(1);
  const page = await ana.open("/");
  await page.route(`**/v1/posts/${post.id}`, refuse(500));
  const refused = page.waitForResponse(`**/v1/posts/${post.id}`);
  await card(page, "Still here").locator(".post-time").click();
  await refused;
  await expect(page.getByRole("heading", { name: "Comments" })).toBeVisible();
  await page.waitForLoadState("networkidle");
  await expect(card(page, "Still here")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Post by Ana");
  await page.reload();
  await expect(page.getByRole("alert")).toContainText("This did not work");
});

test("comments that came while the connection was down appear with it", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  const post = await ana.post("Talk to me");
  const page = await ana.window();
  let down = false;
  const cut: (() => Promise<void>)[] = [];
  await page.routeWebSocket(/\/v1\/stream/, async (socket) => {
    if (down) return socket.close({ code: 1011 });
    socket.connectToServer();
    cut.push(() => socket.close({ code: 1011 }));
  });
  await page.route("**/v1/stream*", (route) => (down ? route.abort() : route.continue()));
  await page.goto(`/posts/${post.id}`);
  await expect(page.getByText("Nobody said anything yet")).toBeVisible();
  await expect.poll(() => cut.length).toBe(1);
  down = true;
  await cut[0]?.();
  await expect(page.getByText("Live updates are interrupted; trying again.")).toBeVisible();
  await ben.comment(post, "Said into the silence");
  down = false;
  await expect(card(page, "Said into the silence").last()).toBeVisible({ timeout: 30_000 });
});
