import { expect, test } from "./support/test.js";
import { card, choose } from "./support/page.js";

test("one's own profile is edited where it stands", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("Hello");
  const page = await ana.open("/@ana");
  await expect(page.getByRole("link", { name: "1 post" })).toBeVisible();
  await page.getByRole("button", { name: "Edit profile" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit profile" });
  await dialog.getByLabel("Name", { exact: true }).fill("Ana Lima");
  await dialog.getByLabel("About you").fill("Rivers, mostly.");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Ana Lima" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("Rivers, mostly.");
  const me = await ana.freshet.get("/v1/me");
  expect([me.display_name, me.bio]).toEqual(["Ana Lima", "Rivers, mostly."]);
});

test("a picture whose address is no address is refused beside its field", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/settings/profile");
  await page.getByLabel("Address of a picture").fill("javascript:alert(1)");
  await page.getByRole("button", { name: "Save" }).click();
  const field = page.getByLabel("Address of a picture");
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(field).toHaveAccessibleDescription(/.+/);
});

test("following fills home; followers and following are listed", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ben.post("From Ben");
  const page = await ana.open("/@ben");
  const button = page.getByRole("button", { name: "Follow Ben" });
  await button.click();
  await expect(page.getByRole("button", { name: /^Following Ben/ })).toHaveText("Following");
  await ana.sees(1);
  await page.getByRole("link", { name: "Home" }).click();
  await expect(card(page, "From Ben")).toBeVisible();

  await page.goto("/@ben");
  await page.getByRole("link", { name: "1 follower" }).click();
  await expect(page).toHaveURL("/@ben/followers");
  await expect(page.getByRole("listitem").getByRole("link", { name: "Ana" })).toBeVisible();
  await page.goto("/@ana/following");
  await expect(page.getByRole("listitem").getByRole("link", { name: "Ben" })).toBeVisible();
  await page.getByRole("button", { name: /^Following Ben/ }).click();
  await expect(page.getByRole("button", { name: "Follow Ben" })).toBeVisible();
});

test("a private account lets in whom it wants", async ({ world }) => {
  const [ana, ben, cleo] = await Promise.all([
    world.join("ana"),
    world.join("ben"),
    world.join("cleo"),
  ]);
  await ana.freshet.patch("/v1/me", { body: { private: true } });
  await ana.post("For my friends");
  const page = await ben.open("/@ana");
  await expect(page.getByText("Only those whom Ana lets in see the posts.")).toBeVisible();
  await page.getByRole("button", { name: "Follow Ana" }).click();
  await expect(page.getByRole("button", { name: /^Requested Ana/ })).toHaveText("Requested");
  await cleo.follow(ana);

  const requests = await ana.open("/requests");
  await requests.getByRole("button", { name: "Accept Ben" }).click();
  await requests.getByRole("button", { name: "Refuse Cleo" }).click();
  await expect(requests.getByText("Nobody is waiting")).toBeVisible();

  await page.reload();
  await expect(card(page, "For my friends")).toBeVisible();
  const path = { id: ana.id };
  const seen = await cleo.freshet.get("/v1/accounts/{id}", { path });
  expect(seen.relationship).toMatchObject({ following: false, requested: false });
});

test("whoever is muted or blocked from a post leaves home at once", async ({ world }) => {
  const [ana, ben, cleo] = await Promise.all([
    world.join("ana"),
    world.join("ben"),
    world.join("cleo"),
  ]);
  await ana.follow(ben, cleo);
  await ben.post("Noise");
  await cleo.post("Worse");
  await ana.sees(2);
  const page = await ana.open("/");
  await choose(card(page, "Noise"), "Mute Ben");
  await expect(card(page, "Noise")).toBeHidden();
  await choose(card(page, "Worse"), "Block Cleo");
  const question = page.getByRole("dialog", { name: "Block Cleo?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(card(page, "Worse")).toBeVisible();
  expect((await ana.freshet.get("/v1/me/blocks")).items).toEqual([]);
  await choose(card(page, "Worse"), "Block Cleo");
  await question.getByRole("button", { name: "Block" }).click();
  await expect(card(page, "Worse")).toBeHidden();
  const muted = await ana.freshet.get("/v1/me/mutes");
  const blocked = await ana.freshet.get("/v1/me/blocks");
  expect(muted.items.map(({ account }) => account.username)).toEqual(["ben"]);
  expect(blocked.items.map(({ username }) => username)).toEqual(["cleo"]);
});

test("a person is muted for a time, and blocked after a question", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ben.post("Noise");
  const page = await ana.open("/@ben");
  await page.getByRole("button", { name: "More about Ben" }).click();
  await page.getByRole("menuitem", { name: "Mute" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "a day" }).click();
  await expect
    .poll(async () => (await ana.freshet.get("/v1/me/mutes")).items[0]?.account.username)
    .toBe("ben");

  await page.getByRole("button", { name: "More about Ben" }).click();
  await expect(page.getByRole("menuitem", { name: "Unmute" })).toBeVisible();
  await page.getByRole("menuitem", { name: "Block" }).click();
  const question = page.getByRole("dialog", { name: "Block Ben?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(question).toBeHidden();
  await page.getByRole("button", { name: "More about Ben" }).click();
  await page.getByRole("menuitem", { name: "Block" }).click();
  await question.getByRole("button", { name: "Block" }).click();
  await expect(page.getByRole("heading", { name: "You blocked Ben" })).toBeVisible();
  await expect(card(page, "Noise")).toBeHidden();
});

test("search finds people and hashtags, and keeps what was asked in the address", async ({
  world,
}) => {
  const [ana, ben] = await Promise.all([
    world.join("ana"),
    world.join("ben", { display_name: "Riva Stone" }),
  ]);
  await ben.post("At the #riverside");
  await expect
    .poll(async () => {
      const query = { q: "riv" };
      const people = await ana.freshet.get("/v1/accounts/search", { query });
      const tags = await ana.freshet.get("/v1/hashtags/search", { query });
      return [people.items.length, tags.items.length];
    })
    .toEqual([1, 1]);
  const page = await ana.open("/search");
  const field = page.getByRole("searchbox", { name: "People and hashtags" });
  await expect(field).toBeFocused();
  await field.fill("riv");
  await expect(page.getByRole("link", { name: "Riva Stone" })).toBeVisible();
  await expect(page).toHaveURL("/search?q=riv");
  await page.getByRole("link", { name: /#riverside/ }).click();
  await expect(page).toHaveURL("/tags/riverside");
  await expect(card(page, "At the #riverside")).toBeVisible();
  await page.goBack();
  await expect(field).toHaveValue("riv");
  await field.fill("nobody at all");
  await expect(page.getByText("Nothing found for “nobody at all”")).toBeVisible();
});

test("search offers people whom one's friends follow", async ({ world }) => {
  const [ana, ben, cleo] = await Promise.all([
    world.join("ana"),
    world.join("ben"),
    world.join("cleo"),
  ]);
  await ana.follow(ben);
  await ben.follow(cleo);
  await expect
    .poll(async () => {
      const page = await ana.freshet.get("/v1/accounts/suggestions");
      return page.items.map(({ account }) => account.username);
    })
    .toContain("cleo");
  const page = await ana.open("/search");
  const suggestions = page.getByRole("region", { name: "People you may know" });
  await suggestions.getByRole("button", { name: "Follow Cleo" }).click();
  await expect(suggestions.getByRole("button", { name: /^Following Cleo/ })).toBeVisible();
});

test("a hashtag in another script leads to its posts", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("حديقة جميلة #حديقة");
  await ana.sees(1);
  const page = await ana.open("/");
  await page.getByRole("link", { name: "#حديقة" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("حديقة");
  await expect(card(page, "حديقة جميلة")).toBeVisible();
});

test("whom a private or blocked account knows is closed, and said to be", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ana.freshet.patch("/v1/me", { body: { private: true } });
  const page = await ben.open("/@ana/followers");
  await expect(page.getByRole("heading", { name: "Private account", exact: true })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  const own = await ana.open("/@ana/following");
  await expect(own.getByText("Nobody here yet")).toBeVisible();
  await ana.freshet.put("/v1/accounts/{id}/block", { path: { id: ben.id } });
  await own.goto("/@ben/following");
  await expect(own.getByRole("heading", { name: "You blocked Ben" })).toBeVisible();
  await expect(own.getByRole("alert")).toHaveCount(0);
});
