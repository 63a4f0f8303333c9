import type { FreshetOptions } from "../../src/index.js";

/** Fetches as a page of `origin` does: says where it comes from, and keeps cookies that it cannot read. */
export class Browser {
  private readonly jar = new Map<string, { value: string; path: string }>();

  constructor(private readonly origin: string) {}

  /** What was set last, with its attributes. */
  readonly cookiesSet: string[] = [];

  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    if (init?.method !== "GET") headers.set("Origin", this.origin);
    const sent = [...this.jar].filter(([, { path }]) => url.pathname.startsWith(path));
    if (sent.length)
      headers.set("Cookie", sent.map(([name, { value }]) => `${name}=${value}`).join("; "));
    const response = await fetch(input, { ...init, headers });
    for (const cookie of response.headers.getSetCookie()) this.keep(cookie);
    return response;
  };

  get options(): FreshetOptions {
    return { session: "cookie", fetch: this.fetch };
  }

  cookie(name: string): string | undefined {
    return this.jar.get(name)?.value;
  }

  private keep(cookie: string): void {
    this.cookiesSet.push(cookie);
    const [pair = "", ...attributes] = cookie.split(/;\s*/);
    const [name = "", value = ""] = pair.split("=");
    const facts = new Map(
      attributes
        .map((one) => one.split("="))
        .map(([key = "", text = ""]) => [key.toLowerCase(), text]),
    );
    if (facts.get("max-age") === "0" || value === "") this.jar.delete(name);
    else this.jar.set(name, { value, path: facts.get("path") ?? "/" });
  }
}
