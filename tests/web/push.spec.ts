import { type Locator, type Page } from "@playwright/test";
import { expect, test as base } from "./support/test.js";
import { wholeChromium } from "./support/chromium.js";
import { card } from "./support/page.js";
import { PushService } from "./support/push-service.js";
import { type Person, PASSWORD } from "./support/world.js";

const test = base.extend<{ service: PushService }>({
  // eslint-disable-next-line no-empty-pattern
  service: async ({}, use) => {
    const service = new PushService();
    await service.start();
    await use(service);
    await service.stop();
  },
});

// A name that is not this machine's own: browsers trust plain http to nobody else.
test.use({
  launchOptions: {
    ...wholeChromium,
    args: [...(wholeChromium.args ?? []), "--host-resolver-rules=MAP freshet.test 127.0.0.1"],
  },
});

/** What there is in a service worker. */
interface Scope {
  registration: ServiceWorkerRegistration;
  dispatchEvent: (event: Event) => void;
  NotificationEvent: new (type: string, init: object) => Event;
  ExtendableEvent: new (type: string) => Event;
}

const PUSHES = {
  "push.contact": "mailto:admin@example.org",
  "push.private_addresses": "true",
  "push.poll_interval": "20ms",
};
const PLACE = "/settings/notifications";

function theSwitch(page: Page): Locator {
  return page.getByRole("switch", { name: "Tell me while the page is closed" });
}

/** A window of a browser that allows notifications and uses `service`. */
async function allowed(person: Person, service: PushService): Promise<Page> {
  const page = await person.window();
  await page.context().grantPermissions(["notifications"]);
  await service.serve(page.context());
  await page.goto(PLACE);
  return page;
}

async function told(person: Person): Promise<number> {
  return (await person.freshet.get("/v1/me/push-subscriptions")).items.length;
}

/** Hands the service worker a message as the browser does when its push service has one. */
async function deliver(page: Page, data: string): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  const registered = new Promise<string>((done) =>
    cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const [first] = registrations;
      if (first) done(first.registrationId);
    }),
  );
  await cdp.send("ServiceWorker.enable");
  const { origin } = new URL(page.url());
  await cdp.send("ServiceWorker.deliverPushMessage", {
    origin,
    registrationId: await registered,
    data,
  });
}

function shown(page: Page): Promise<{ title: string; body: string; tag: string }[]> {
  return page.evaluate(async () => {
    const { getNotifications } = await navigator.serviceWorker.ready.then((registration) => ({
      getNotifications: () => registration.getNotifications(),
    }));
    return (await getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }));
  });
}

test("a server that sends no pushes says so", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.open(PLACE);
  await expect(page.getByText("This server sends no push notifications.")).toBeVisible();
  await expect(theSwitch(page)).toHaveCount(0);
});

test.describe("with a server that sends pushes", () => {
  test.use({ options: PUSHES });

  test("a browser that blocks them says what to do, until it allows them", async ({ world }) => {
    const ana = await world.join("ana");
    const page = await ana.window();
    await page.context().grantPermissions(["geolocation"]); // and nothing else
    await page.goto(PLACE);
    await expect(page.getByText("The browser blocks notifications of this site.")).toBeVisible();
    await page.context().grantPermissions(["notifications"]);
    await expect(theSwitch(page)).not.toBeChecked();
  });

  test("a browser that cannot be told says so", async ({ world }) => {
    const ana = await world.join("ana");
    const page = await ana.window();
    await page.addInitScript(() => Reflect.deleteProperty(window, "PushManager"));
    await page.goto(PLACE);
    await expect(page.getByText("This browser cannot be told")).toBeVisible();
    await expect(theSwitch(page)).toHaveCount(0);
  });

  test("a browser that does not reach its push service says so", async ({ world }) => {
    const ana = await world.join("ana");
    const page = await ana.window();
    await page.context().grantPermissions(["notifications"]);
    await page.goto(PLACE);
    await theSwitch(page).click();
    await expect(page.getByText("The browser did not reach its push service.")).toBeVisible();
    await expect(theSwitch(page)).not.toBeChecked();
    expect(await told(ana)).toBe(0);
  });

  test("what somebody does is shown, and leads to its place", async ({ world, service }) => {
    const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
    const post = await ana.post("Push me");
    const page = await allowed(ana, service);
    await theSwitch(page).click();
    await expect.poll(() => told(ana)).toBe(1);
    await page.reload();
    await expect(theSwitch(page)).toBeChecked();

    await ben.like(post);
    await expect.poll(() => service.subscribers[0]?.messages.length).toBe(1);
    await deliver(page, service.subscribers[0]?.messages[0] ?? "");
    await expect
      .poll(() => shown(page))
      .toMatchObject([{ title: "Ben liked your post", body: "Push me" }]);

    // No browser lets a script click on a notification: from here on it is as if somebody had.
    const [worker] = page.context().serviceWorkers();
    await worker?.evaluate(async () => {
      const scope = globalThis as unknown as Scope;
      const [notification] = await scope.registration.getNotifications();
      if (notification)
        scope.dispatchEvent(new scope.NotificationEvent("notificationclick", { notification }));
    });
    await expect(page).toHaveURL(`/posts/${post.id}`);
    await expect(card(page, "Push me")).toBeVisible();
    expect(await shown(page)).toEqual([]);
  });

  test("it is asked for by one's own click alone, and switched off again", async ({
    world,
    service,
  }) => {
    const ana = await world.join("ana");
    const page = await ana.window();
    let asked = 0;
    await page.exposeFunction("askedForTest", () => asked++);
    await page.addInitScript(() => {
      const ask = Notification.requestPermission.bind(Notification);
      Notification.requestPermission = async () => {
        await (window as unknown as { askedForTest: () => Promise<void> }).askedForTest();
        return ask();
      };
    });
    await page.context().grantPermissions(["notifications"]);
    await service.serve(page.context());
    await page.goto("/");
    await expect(page.getByText("Your home is quiet")).toBeVisible();
    await page.goto(PLACE);
    await expect(theSwitch(page)).not.toBeChecked();
    expect(asked).toBe(0);
    await theSwitch(page).click();
    await expect.poll(() => told(ana)).toBe(1);
    expect(asked).toBe(1);
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    await theSwitch(page).click();
    await expect.poll(() => told(ana)).toBe(0);
    await page.reload();
    await expect(theSwitch(page)).not.toBeChecked();
    expect(asked).toBe(1);
  });

  test("whoever signs out leaves nothing on the screen, and nothing to come", async ({
    world,
    service,
  }) => {
    const ana = await world.join("ana");
    const page = await allowed(ana, service);
    await theSwitch(page).click();
    await expect.poll(() => told(ana)).toBe(1);
    await deliver(page, JSON.stringify({ title: "For Ana alone", tag: "1" }));
    await expect.poll(() => shown(page)).toHaveLength(1);
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page).toHaveURL("/sign-in");
    await expect.poll(() => shown(page)).toEqual([]);
    const subscription = () =>
      page.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready;
        return registration.pushManager.getSubscription();
      });
    await expect.poll(subscription).toBeNull();
    await expect.poll(() => told(ana)).toBe(0);
  });

  test("a session that ended is followed by the next one of the same person", async ({
    world,
    service,
  }) => {
    const ana = await world.join("ana");
    const page = await allowed(ana, service);
    await theSwitch(page).click();
    await expect.poll(() => told(ana)).toBe(1);
    await ana.freshet.delete("/v1/me/sessions");
    await expect.poll(() => told(ana)).toBe(0);
    await page.reload();
    await page.getByLabel("Username").fill("ana");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect.poll(() => told(ana)).toBe(1);
  });

  test("a subscription that the browser renewed is told to the server", async ({
    world,
    service,
  }) => {
    const [ana, ben] = await Promise.all([world.join("ana"), world.join("ben")]);
    const page = await allowed(ana, service);
    await theSwitch(page).click();
    await expect.poll(() => told(ana)).toBe(1);
    const [worker] = page.context().serviceWorkers();
    await worker?.evaluate((renewed) => {
      const scope = globalThis as unknown as Scope;
      Object.assign(PushManager.prototype, {
        subscribe: () => Promise.resolve({ toJSON: () => renewed }),
      });
      scope.dispatchEvent(new scope.ExtendableEvent("pushsubscriptionchange"));
    }, service.subscribe());
    const message = () => service.subscribers[1]?.messages.length;
    await expect(async () => {
      await ben.like(await ana.post("Where are you now?"));
      await expect.poll(message, { timeout: 1_000 }).toBeGreaterThan(0);
    }).toPass();
    await page.goto("/");
    await expect(card(page, "Where are you now?").first()).toBeVisible(); // still signed in
  });
});

test("over plain http the page does without, and says what is missing", async ({ world }) => {
  await world.join("ana");
  const address = new URL(world.server.url);
  address.hostname = "freshet.test";
  const page = await world.visit(`${address.origin}/sign-in?from=${encodeURIComponent(PLACE)}`);
  expect(await page.evaluate(() => "serviceWorker" in navigator)).toBe(false);
  await page.getByLabel("Username").fill("ana");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Browsers show notifications only of pages")).toBeVisible();
});
