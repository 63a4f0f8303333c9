import { expect, test } from "./support/test.js";
import { card } from "./support/page.js";

test("text is text, and links lead nowhere unasked", async ({ world }) => {
  const ana = await world.join("ana", { display_name: "<b>Ana</b>" });
  const hostile = `<img src=x onerror="document.title='broken'"><script>document.title='in'</script>`;
  await ana.post(`${hostile} https://example.org/?q="><script>`);
  await ana.post("Click javascript:alert(1) or data:text/html,hello");
  await ana.sees(2);
  const page = await ana.open("/");
  await expect(card(page, hostile)).toBeVisible();
  await expect(page).toHaveTitle(/Home/);
  await expect(page.getByRole("article").first()).toContainText("<b>Ana</b>");
  const link = page.getByRole("link", { name: /example\.org/ });
  await expect(link).toHaveAttribute("rel", "noopener nofollow ugc");
  await expect(link).toHaveAttribute("target", "_blank");
  await expect(page.locator("a[href^='javascript:'], a[href^='data:']")).toHaveCount(0);
});

test("scripts that slip in do not run", async ({ world }) => {
  const page = await world.visit("/sign-in");
  await page.evaluate(async () => navigator.serviceWorker.ready.then(() => undefined));
  const outcome = await page.evaluate(() => {
    const tried: Record<string, string> = {};
    const attempt = (name: string, run: () => void) => {
      try {
        run();
        tried[name] = "done";
      } catch (error) {
        tried[name] = (error as Error).name;
      }
    };
    attempt("innerHTML", () => (document.createElement("p").innerHTML = "<b>text</b>"));
    attempt("script", () => {
      const script = document.createElement("script");
      script.append("document.title = 'in'");
      document.body.append(script);
    });
    const { trustedTypes } = window as unknown as {
      trustedTypes: { createPolicy: (name: string, rules: object) => void };
    };
    attempt("policy", () => trustedTypes.createPolicy("mine", {}));
    attempt("policy twice", () => trustedTypes.createPolicy("freshet-worker", {}));
    return { tried, title: document.title };
  });
  expect(outcome.tried).toMatchObject({
    innerHTML: "TypeError",
    policy: "TypeError",
    "policy twice": "TypeError",
  });
  expect(outcome.title).not.toBe("in");
  await expect.poll(() => world.problems.length).toBe(5); // the browser said so
  world.problems.splice(0);
});

test("only a page of this very site may use the cookie", async ({ world }) => {
  const ana = await world.join("ana");
  const page = await ana.window();
  // Another site on this machine: the browser counts it as the same site, the server does not.
  const answer = await page.request.post(`${world.server.url}/v1/sessions/refresh`, {
    data: { cookie: true },
    headers: { Origin: "http://127.0.0.1:1" },
  });
  expect(answer.status()).toBe(403);
  await page.goto("/");
  await expect(page.getByText("Your home is quiet")).toBeVisible();
});
