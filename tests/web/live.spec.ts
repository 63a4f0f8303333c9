import { expect, test } from "./support/test.js";
import { card, choose, composer, homeComposer } from "./support/page.js";

test("two people see each other's posts, likes and comments as they come", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ben.follow(ana);
  const anas = await ana.open("/");
  const bens = await ben.open("/");
  await expect(bens.getByText("Your home is quiet")).toBeVisible();

  await composer(homeComposer(anas)).fill("Is anybody there?");
  await homeComposer(anas).getByRole("button", { name: "Post", exact: true }).click();
  await bens.getByRole("button", { name: "1 new post" }).click();
  const seen = card(bens, "Is anybody there?");
  await seen.getByRole("button", { name: "Like, 0 likes" }).click();

  const own = card(anas, "Is anybody there?");
  await expect(own.getByRole("button", { name: "Like, 1 like" })).toBeVisible();
  await expect(anas.getByRole("link", { name: /^Notifications, \d unread/ })).toBeVisible();
  await own.getByRole("button", { name: "Comment, 0 comments" }).click();
  await seen.getByRole("button", { name: /^Comment/ }).click();
  await bens.getByRole("textbox", { name: "Write a comment" }).fill("I am");
  await bens.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(card(anas, "I am").last()).toBeVisible();
  await anas.getByRole("textbox", { name: "Write a comment" }).fill("How nice");
  await anas.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(card(bens, "How nice")).toBeVisible();
});

test("counts on screen follow what others do", async ({ world }) => {
  const people = await Promise.all(["ana", "ben", "cleo"].map((name) => world.join(name)));
  const [ana, ben, cleo] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]];
  const post = await ana.post("Count me");
  await ana.sees(1);
  const page = await ana.open("/");
  await expect(card(page, "Count me")).toBeVisible();
  await ben.like(post);
  await cleo.like(post);
  await cleo.comment(post, "And me");
  const own = card(page, "Count me");
  await expect(own.getByRole("button", { name: "Like, 2 likes" })).toBeVisible();
  await expect(own.getByRole("button", { name: "Comment, 1 comment" })).toBeVisible();
});

test("edits and deletions reach open pages", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ben.follow(ana);
  await ana.post("Frist!");
  await ben.sees(1);
  const anas = await ana.open("/");
  const bens = await ben.open("/");
  await expect(card(bens, "Frist!")).toBeVisible();
  await choose(card(anas, "Frist!"), "Edit");
  const dialog = anas.getByRole("dialog", { name: "Edit post" });
  await composer(dialog).fill("First!");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(card(bens, "First!")).toBeVisible();
  await choose(card(anas, "First!"), "Delete");
  await expect(card(bens, "First!")).toBeHidden();
});

test("a share that is taken back leaves the feeds of others", async ({ world }) => {
  const people = await Promise.all(["ana", "ben", "cleo"].map((name) => world.join(name)));
  const [ana, ben, cleo] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]];
  await ana.follow(ben);
  const post = await cleo.post("Worth a share");
  await ben.post("Of one's own");
  await ben.freshet.post("/v1/posts/{id}/shares", { path: { id: post.id }, body: {} });
  await ana.sees(2);
  const page = await ana.open("/");
  await expect(card(page, "Worth a share")).toContainText("Ben");
  await ben.freshet.delete("/v1/posts/{id}/shares/mine", { path: { id: post.id } });
  await expect(card(page, "Worth a share")).toHaveCount(0);
  await expect(card(page, "Of one's own")).toBeVisible();
});

test("notifications come live, grouped, and are read", async ({ world }) => {
  const people = await Promise.all(["ana", "ben", "cleo", "dan"].map((name) => world.join(name)));
  const [ana, ...others] = people;
  if (!ana) throw new Error("nobody joined");
  const post = await ana.post("Like me");
  const page = await ana.open("/notifications");
  await expect(page.getByText("All quiet")).toBeVisible();
  for (const one of others) await one.like(post);
  const row = page.getByRole("article");
  await expect(row).toHaveCount(1);
  await expect(row).toContainText(/(Ben|Cleo|Dan) and 2 others liked your post/);
  await expect(page.getByRole("link", { name: "Notifications, 1 unread" })).toBeVisible();

  await others[0]?.follow(ana);
  await expect(row).toHaveCount(2);
  await expect(row.first()).toContainText("Ben followed you");
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await expect(page.getByRole("link", { name: "Notifications", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Unread" }).click();
  await expect(page.getByText("All quiet")).toBeVisible();
  await page.getByRole("button", { name: "All", exact: true }).click();
  await page.getByRole("link", { name: /liked your post/ }).click();
  await expect(page).toHaveURL(`/posts/${post.id}`);
});

test("each kind of notification says what happened and leads there", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  const post = await ana.post("Original");
  const comment = await ana.comment(post, "Mine");
  await ben.comment(post, "Interesting");
  await ben.comment(post, "Indeed", comment.id);
  await ben.freshet.post("/v1/posts/{id}/shares", { path: { id: post.id }, body: {} });
  await ben.post("Look", { quote_of: post.id });
  await ben.post("Hello @ana");
  await expect.poll(async () => (await ana.freshet.get("/v1/notifications")).items.length).toBe(5);
  const page = await ana.open("/notifications");
  for (const [text, path] of [
    ["Ben commented on your post", `/posts/${post.id}#comments`],
    ["Ben replied to you", `/posts/${post.id}#comments`],
    ["Ben shared your post", `/posts/${post.id}`],
    ["Ben quoted you", /^\/posts\/\d+$/],
    ["Ben mentioned you", /^\/posts\/\d+$/],
  ] as const)
    await expect(page.getByRole("link", { name: text })).toHaveAttribute("href", path);
});
