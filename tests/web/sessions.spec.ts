import { expect, test } from "./support/test.js";
import { PASSWORD } from "./support/world.js";

test("who signs up is in, and stays in after a reload", async ({ world }) => {
  const page = await world.visit("/");
  await expect(page).toHaveURL("/sign-in");
  await page.getByRole("main").getByRole("link", { name: "Sign up" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Ana Lima");
  await page.getByLabel("Username").fill("ana");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();

  await expect(page).toHaveURL("/search");
  await page.getByRole("link", { name: "Home" }).click();
  await expect(page.getByRole("heading", { name: "Your home is quiet" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Your home is quiet" })).toBeVisible();
});

test("signing up says of each field what is wrong with it", async ({ world }) => {
  await world.join("ana");
  const page = await world.visit("/sign-up");
  await page.getByLabel("Name", { exact: true }).fill("Ana");
  await page.getByLabel("Username").fill("ana");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();

  const username = page.getByLabel("Username");
  await expect(username).toHaveAttribute("aria-invalid", "true");
  await expect(username).toHaveAccessibleDescription(/taken/);
  await expect(page).toHaveURL("/sign-up");
});

test("who signs in comes to the page that was asked for", async ({ world }) => {
  await world.join("ana");
  const page = await world.visit("/saved");
  await page.getByLabel("Username").fill("ana");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL("/saved");
  await expect(page.getByRole("heading", { name: "Nothing saved" })).toBeVisible();
});

test("a wrong password is said, and what was typed stays", async ({ world }) => {
  await world.join("ana");
  const page = await world.visit("/sign-in");
  await page.getByLabel("Username").fill("ana");
  await page.getByLabel("Password").fill("wrong horse");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toHaveText(/do not belong together/);
  await expect(page.getByLabel("Username")).toHaveValue("ana");
});

test("signing out ends the session, also for a later visit", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/");
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/sign-in");
  await page.goto("/saved");
  await expect(page).toHaveURL("/sign-in?from=%2Fsaved");
  expect((await page.context().cookies()).map(({ name }) => name)).toEqual([]);
});

test("no script can read the refresh token, and no storage holds a token", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open("/");
  await expect(page.getByRole("button", { name: "Menu" })).toBeVisible();
  const seen = await page.evaluate(() =>
    JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]),
  );
  const [cookie] = await page.context().cookies(`${world.server.url}/v1/sessions`);
  expect(cookie).toMatchObject({ name: "freshet_refresh", httpOnly: true, sameSite: "Strict" });
  expect(seen).not.toContain(cookie?.value);
  expect(seen).not.toMatch(/eyJ/); // how a JWT begins
});
