import { expect, test } from "./support/test.js";
import { card, choose, composer, homeComposer } from "./support/page.js";

test("a new post stands at the top of one's home", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("The first one");
  await ana.sees(1);
  const page = await ana.open("/");
  const home = homeComposer(page);
  await composer(home).fill("Good morning");
  await home.getByRole("button", { name: "Post", exact: true }).click();

  await expect(page.getByText("Posted.")).toBeVisible();
  await expect(page.getByRole("article").first()).toContainText("Good morning");
  await expect(composer(home)).toHaveValue("");
  expect((await ana.posts()).map(({ text }) => text)).toEqual(["Good morning", "The first one"]);
});

test("mentions complete while one types, by keyboard", async ({ world }) => {
  const [ana] = await Promise.all([
    world.join("ana"),
    world.join("anastasia", { display_name: "Anastasia Petrova" }),
  ]);
  await expect
    .poll(async () => {
      const found = await ana.freshet.get("/v1/accounts/search", { query: { q: "anas" } });
      return found.items.length;
    })
    .toBe(1);
  const page = await ana.open("/");
  const field = composer(homeComposer(page));
  await field.pressSequentially("Hello @anas");
  await expect(page.getByRole("option", { name: /@anastasia/ })).toHaveAttribute(
    "aria-selected",
    "true",
  );
  await field.press("Enter");
  await expect(field).toHaveValue("Hello @anastasia ");
  await field.press("Control+Enter");
  await expect(card(page, "Hello").getByRole("link", { name: "@anastasia" })).toHaveAttribute(
    "href",
    "/@anastasia",
  );
});

test("hashtags complete while one types, by pointer", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("Walking along the #riverside");
  await expect
    .poll(async () => {
      const found = await ana.freshet.get("/v1/hashtags/search", { query: { q: "riv" } });
      return found.items.length;
    })
    .toBe(1);
  const page = await ana.open("/");
  const field = composer(homeComposer(page));
  await field.pressSequentially("Swimming at the #riv");
  await page.getByRole("option", { name: "#riverside" }).click();
  await expect(field).toHaveValue("Swimming at the #riverside ");
  await expect(field).toBeFocused();
});

test("who sees a post is chosen with it", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  const page = await ana.open("/");
  const home = homeComposer(page);
  await composer(home).fill("Dear diary");
  await home.getByLabel("Who sees it").selectOption("Only you");
  await home.getByRole("button", { name: "Post", exact: true }).click();
  await expect(page.getByText("Posted.")).toBeVisible();

  const [post] = await ana.posts();
  expect(post?.privacy).toBe("private");
  const other = await ben.open(`/posts/${post?.id ?? ""}`);
  await expect(other.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
});

test("a place is named, and told no nearer than a hundred metres", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.window();
  await page.context().grantPermissions(["geolocation"]);
  await page.context().setGeolocation({ latitude: 41.14961, longitude: -8.61099 });
  await page.goto("/");
  const home = homeComposer(page);
  await composer(home).fill("Lunch by the water");
  await home.getByRole("button", { name: "Add a place" }).click();
  await home.getByLabel("Name of the place").fill("Porto");
  await home.getByRole("button", { name: "Post", exact: true }).click();

  await expect(card(page, "Lunch by the water")).toContainText("At Porto");
  const [post] = await ana.posts();
  expect(post?.location).toEqual({ name: "Porto", lat: 41.15, lng: -8.611 });
});

test("a place that cannot be found is said, and does not stop the post", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/"); // nobody gave leave to look where it is
  const home = homeComposer(page);
  await home.getByRole("button", { name: "Add a place" }).click();
  await expect(page.getByText("Your place could not be found.")).toBeVisible();
  await expect(home.getByRole("button", { name: "Remove the place" })).toBeHidden();
  await composer(home).fill("Somewhere");
  await home.getByRole("button", { name: "Post", exact: true }).click();
  await expect(card(page, "Somewhere")).toBeVisible();
  expect((await ana.posts())[0]?.location).toBeNull();
});

test("what was begun survives a reload, and is gone when it was sent", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/");
  await composer(homeComposer(page)).fill("Half a thou");
  await homeComposer(page).getByLabel("Who sees it").selectOption("Friends");
  await page.reload();
  const home = homeComposer(page);
  await expect(composer(home)).toHaveValue("Half a thou");
  await expect(home.getByLabel("Who sees it")).toHaveValue("friends");
  await home.getByRole("button", { name: "Post", exact: true }).click();
  await expect(page.getByText("Posted.")).toBeVisible();
  await page.reload();
  await expect(composer(homeComposer(page))).toHaveValue("");
});

test("a text that is too long is counted and not sent", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/");
  const home = homeComposer(page);
  await composer(home).fill("😀".repeat(5001)); // a code point each, as the server counts
  await expect(home.getByText("1 character too many")).toBeVisible();
  await composer(home).press("Control+Enter");
  await composer(home).fill("😀".repeat(4999));
  await expect(home.getByText("1 character left")).toBeVisible();
  expect(await ana.posts()).toEqual([]);
});

test("a post is quoted", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ben.post("The sea is calm today");
  await ana.follow(ben);
  await ana.sees(1);
  const page = await ana.open("/");
  const original = card(page, "The sea is calm today");
  await original.getByRole("button", { name: /^Share/ }).click();
  await original.getByRole("menuitem", { name: "Quote" }).click();
  const dialog = page.getByRole("dialog", { name: "Quoting Ben" });
  await composer(dialog).fill("So it is");
  await dialog.getByRole("button", { name: "Post", exact: true }).click();
  await expect(dialog).toBeHidden();
  const quoting = card(page, "So it is");
  await expect(quoting).toContainText("The sea is calm today");
  await expect(quoting.getByRole("link", { name: "Ben" })).toBeVisible();
});

test("a post is shared with a word, reaches followers, and is taken back", async ({ world }) => {
  const [ana, ben, cleo] = await Promise.all([
    world.join("ana"),
    world.join("ben"),
    world.join("cleo"),
  ]);
  const post = await cleo.post("Seen from the tower");
  await ana.follow(ben);
  const page = await ben.open(`/posts/${post.id}`);
  await page.getByRole("button", { name: "Share, 0 shares" }).click();
  await page.getByRole("menuitem", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: "Share" });
  await dialog.getByLabel("Add a word (optional)").fill("Look at this");
  await dialog.getByRole("button", { name: "Share" }).click();
  await expect(page.getByRole("button", { name: "Take the share back, 1 share" })).toBeVisible();

  await ana.sees(1);
  const home = await ana.open("/");
  await expect(card(home, "Seen from the tower")).toContainText("Ben shared");
  await expect(card(home, "Seen from the tower")).toContainText("Look at this");

  await page.getByRole("button", { name: "Take the share back, 1 share" }).click();
  await expect(page.getByRole("button", { name: "Share, 0 shares" })).toBeVisible();
});

test("an edited post says so, and shows what it said before", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("Tea at for");
  await ana.sees(1);
  const page = await ana.open("/");
  await choose(card(page, "Tea at for"), "Edit");
  const dialog = page.getByRole("dialog", { name: "Edit post" });
  await composer(dialog).fill("Tea at four");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();

  const edited = card(page, "Tea at four");
  await edited.getByRole("button", { name: /^Edited/ }).click();
  const versions = page.getByRole("dialog", { name: "Edit history" }).getByRole("listitem");
  await expect(versions).toHaveCount(2);
  await expect(versions.first()).toContainText("Tea at four");
  await expect(versions.last()).toContainText("Tea at for");
});

test("an edit does not run over one that was made elsewhere", async ({ world }) => {
  const ana = await world.join("ana");
  const post = await ana.post("Version one");
  await ana.sees(1);
  const page = await ana.open("/");
  await choose(card(page, "Version one"), "Edit");
  const dialog = page.getByRole("dialog", { name: "Edit post" });
  await ana.edit(post, "Version two, from the telephone");
  await composer(dialog).fill("Version three");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText(/was changed elsewhere meanwhile/)).toBeVisible();
  await expect(composer(dialog)).toHaveValue("Version three");
  expect((await ana.posts())[0]?.text).toBe("Version two, from the telephone");
});

test("a deleted post is away at once, and back with one tap", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("A slip of the pen");
  await ana.sees(1);
  const page = await ana.open("/");
  await choose(card(page, "A slip of the pen"), "Delete");
  await expect(card(page, "A slip of the pen")).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(card(page, "A slip of the pen")).toBeVisible();
  expect(await ana.posts()).toHaveLength(1);
});

test("home's composer and the dialog hold one draft, and send it once", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/");
  const home = homeComposer(page);
  await composer(home).fill("Half a thought");
  await page.getByRole("button", { name: "New post" }).click();
  const dialog = page.getByRole("dialog", { name: "New post" });
  await expect(composer(dialog)).toHaveValue("Half a thought");
  await composer(dialog).fill("A whole thought ");
  await expect(composer(home)).toHaveValue("A whole thought ");
  await dialog.getByRole("button", { name: "Post", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(composer(home)).toHaveValue("");
  await page.reload();
  await expect(composer(homeComposer(page))).toHaveValue("");
  expect(await ana.posts()).toHaveLength(1);
});

test("a draft follows from one window to the other", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/");
  const other = await page.context().newPage();
  await other.goto("/");
  await composer(homeComposer(page)).fill("Said once");
  await expect(composer(homeComposer(other))).toHaveValue("Said once");
  await homeComposer(other).getByRole("button", { name: "Post", exact: true }).click();
  await expect(composer(homeComposer(page))).toHaveValue("");
});
