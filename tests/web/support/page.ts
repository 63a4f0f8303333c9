// What tests of several pages do and look for.
import { type Locator, type Page, type Route } from "@playwright/test";

/** The posts and comments on the page that say `text`. */
export function card(page: Page, text: string | RegExp): Locator {
  return page.getByRole("article").filter({ hasText: text });
}

/** Opens a post's menu and chooses from it. */
export async function choose(card: Locator, item: string): Promise<void> {
  await card.getByRole("button", { name: "More about this post" }).first().click();
  await card.getByRole("menuitem", { name: item }).click();
}

/** The text field for a new post in `place`: home's own, or a dialog's. */
export function composer(place: Locator | Page): Locator {
  return place.getByRole("textbox", { name: "What is new?" });
}

export function homeComposer(page: Page): Locator {
  return page.getByRole("region", { name: "New post" });
}

/** The answer of a server that refuses. */
export function refuse(status: number, detail = "", code = "refused", headers = {}) {
  return (route: Route) =>
    route.fulfill({
      status,
      contentType: "application/problem+json",
      headers: { "X-Request-Id": "0123456789abcdef", ...headers },
      body: JSON.stringify({ type: "about:blank", title: "Refused", status, detail, code }),
    });
}

/** Holds requests back until it is let go. */
export class Gate {
  private open!: () => void;
  readonly opened = new Promise<void>((done) => (this.open = done));

  readonly hold = async (route: Route): Promise<void> => {
    await this.opened;
    await route.continue();
  };

  release(): void {
    this.open();
  }
}
