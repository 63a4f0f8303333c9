import { readFile } from "node:fs/promises";
import { expect, test } from "./support/test.js";
import { card } from "./support/page.js";
import { PASSWORD } from "./support/world.js";

test("an account is made private", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/settings/privacy");
  await page.getByRole("switch", { name: "Private account" }).check();
  await page.getByRole("switch", { name: "Let others find me" }).uncheck();
  await expect(page.getByText("Saved.")).toBeVisible();
  await expect
    .poll(async () => {
      const me = await ana.freshet.get("/v1/me");
      return [me.private, me.settings?.discoverable];
    })
    .toEqual([true, false]);
});

test("blocks and mutes are listed and lifted", async ({ world }) => {
  const [ana, ben, cleo] = await Promise.all([
    world.join("ana"),
    world.join("ben"),
    world.join("cleo"),
  ]);
  await ana.freshet.put("/v1/accounts/{id}/block", { path: { id: ben.id } });
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  await ana.freshet.put("/v1/accounts/{id}/mute", {
    path: { id: cleo.id },
    body: { expires_at },
  });
  const page = await ana.open("/settings/blocks");
  await page.getByRole("button", { name: "Unblock" }).click();
  await expect(page.getByText("Nobody is blocked")).toBeVisible();
  await page.getByRole("link", { name: "Muted", exact: true }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "Cleo" })).toContainText("until");
  await page.getByRole("button", { name: "Unmute" }).click();
  await expect(page.getByText("Nobody is muted")).toBeVisible();
});

test("a muted word keeps posts out of home until it is heard again", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  await ana.follow(ben);
  await ben.post("All about football");
  await ana.sees(1);
  const page = await ana.open("/settings/words");
  await page.getByLabel("Word or phrase").fill("football");
  await page.getByLabel("For how long").selectOption("a week");
  await page.getByRole("button", { name: "Mute it" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "football" })).toBeVisible();
  await page.goto("/");
  await expect(page.getByText("Your home is quiet")).toBeVisible();
  await page.goto("/settings/words");
  await page.getByRole("button", { name: "Delete “football”" }).click();
  await expect(page.getByText("No word is muted")).toBeVisible();
  await page.getByRole("link", { name: "Home" }).click();
  await expect(card(page, "All about football")).toBeVisible();
});

test("what to be notified of, and when not", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/settings/notifications");
  await page.getByLabel("Likes").selectOption("Off");
  await page.getByRole("switch", { name: "Quiet hours" }).click();
  await page.getByLabel("From").fill("23:00");
  await expect
    .poll(async () => {
      const now = await ana.freshet.get("/v1/me/notification-preferences");
      return [now.types.like, now.quiet_hours?.start, now.quiet_hours?.end];
    })
    .toEqual(["off", "23:00", "07:00"]);
  await page.reload();
  await expect(page.getByLabel("Likes")).toHaveValue("off");
  await expect(page.getByLabel("From")).toHaveValue("23:00");
});

test("other sessions are seen and ended", async ({ world }) => {
  const ana = await world.join("ana"); // a session of the program
  const page = await ana.open("/settings/sessions");
  const sessions = page.getByRole("listitem").filter({ hasText: "Last used" });
  await expect(sessions).toHaveCount(2);
  await expect(sessions.filter({ hasText: "This one" })).toHaveCount(1);
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(sessions).toHaveCount(1);
  await expect(ana.freshet.get("/v1/me")).rejects.toMatchObject({ status: 401 });
});

test("the theme is chosen and kept", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/settings/appearance");
  const paper = () =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await paper();
  await page.getByLabel("Theme").selectOption("Dark");
  await expect.poll(paper).not.toBe(light);
  const dark = await paper();
  await page.reload();
  await expect(page.getByLabel("Theme")).toHaveValue("dark");
  expect(await paper()).toBe(dark);
});

test("the page speaks another language as soon as it is chosen", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/settings/appearance");
  await page.getByLabel("Language").selectOption("Deutsch");
  await expect(page.getByRole("heading", { name: "Einstellungen" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await page.reload();
  await expect(page.getByRole("heading", { name: "Einstellungen" })).toBeVisible();
});

test("the page speaks the browser's language", async ({ world }) => {
  const page = await world.visit("/sign-in", { locale: "de-AT" });
  await expect(page.getByRole("button", { name: "Anmelden" })).toBeVisible();
});

test("a password is changed by whoever knows the one before", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/settings/account");
  await page.getByLabel("Current password").fill("not this one");
  await page.getByLabel("New password").fill("battery staple");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText(/password/i).filter({ hasText: /wrong|not/i })).toBeVisible();
  await page.getByLabel("Current password").fill(PASSWORD);
  await page.getByLabel("New password").fill("battery staple");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Changed. All other sessions were ended.")).toBeVisible();
  await ana.freshet.session.signIn({ username: "ana", password: "battery staple" });
});

test("everything about oneself is downloaded", async ({ world }) => {
  const ana = await world.join("ana");
  await ana.post("Keep me");
  const page = await ana.open("/settings/account");
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toBe("freshet-ana.zip");
  const archive = await readFile(await download.path());
  expect(archive.subarray(0, 4).toString("latin1")).toBe("PK\u0003\u0004");
});

test("an account is deleted by whoever types its name and password", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  const page = await ana.open("/settings/account");
  await page.getByRole("button", { name: "Delete account" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete account" });
  const submit = dialog.getByRole("button", { name: "Delete for good" });
  await expect(submit).toBeDisabled();
  await dialog.getByLabel("Type your username to confirm").fill("ana");
  await dialog.getByLabel("Current password").fill("wrong horse");
  await submit.click();
  await expect(dialog.locator(".field-problem").filter({ hasText: /.+/ })).toBeVisible();
  await dialog.getByLabel("Current password").fill(PASSWORD);
  await submit.click();
  await expect(page).toHaveURL(/\/sign-in/);
  const query = { username: "ana" };
  await expect(ben.freshet.get("/v1/accounts/lookup", { query })).rejects.toMatchObject({
    status: 404,
  });
});

test("what was saved is found again, and let go", async ({ world }) => {
  const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
  const post = await ben.post("Worth keeping");
  const page = await ana.open(`/posts/${post.id}`);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: "Remove from saved" })).toBeVisible();
  await expect.poll(async () => (await ana.freshet.get("/v1/me/saved")).items.length).toBe(1);
  await page.getByRole("link", { name: "Saved" }).click();
  await card(page, "Worth keeping").getByRole("button", { name: "Remove from saved" }).click();
  await expect.poll(async () => (await ana.freshet.get("/v1/me/saved")).items.length).toBe(0);
  await page.reload();
  await expect(page.getByText("Nothing saved")).toBeVisible();
});

test("the trash gives back what was deleted", async ({ world }) => {
  const ana = await world.join("ana");
  const post = await ana.post("Thrown away");
  await ana.freshet.delete("/v1/posts/{id}", { path: { id: post.id } });
  const page = await ana.open("/");
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: "Trash" }).click();
  await expect(page.getByRole("main")).toContainText("Thrown away");
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByText("It is back where it was.")).toBeVisible();
  await expect(page.getByText("The trash is empty")).toBeVisible();
  expect(await ana.posts()).toHaveLength(1);
});
