// People who use a server: through the client as a program would, and through the page in windows of their own.
import { type Browser, type BrowserContextOptions, type Page } from "@playwright/test";
import { type components, Freshet } from "@freshet/client";
import { Program } from "../../../sdk/tests/support/program.js";
import { until } from "../../../sdk/tests/support/until.js";

export type Schemas = components["schemas"];
export type Post = Schemas["Post"];

export const PASSWORD = "correct horse";

/** How a window is, apart from who sits before it. */
export type Look = Pick<BrowserContextOptions, "colorScheme" | "viewport" | "locale">;

const USUAL: Look = { locale: "en-GB", viewport: { width: 1000, height: 800 } };

export class Person {
  constructor(
    private readonly world: World,
    readonly freshet: Freshet,
    readonly account: Schemas["Account"],
  ) {}

  get id(): string {
    return this.account.id;
  }

  get username(): string {
    return this.account.username;
  }

  /** A new window in which this person is signed in. */
  async open(path: string, look: Look = {}): Promise<Page> {
    const page = await this.window(look);
    await page.goto(path);
    return page;
  }

  /** The same, before anything was loaded. */
  async window(look: Look = {}): Promise<Page> {
    const { url } = this.world.server;
    const answer = await fetch(`${url}/v1/sessions`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Origin: url },
      body: JSON.stringify({ username: this.username, password: PASSWORD, cookie: true }),
    });
    const [cookie = ""] = answer.headers.getSetCookie();
    const [, value = ""] = /^freshet_refresh=([^;]+)/.exec(cookie) ?? [];
    if (value === "") throw new Error(`no session for ${this.username}: ${String(answer.status)}`);
    return this.world.window({
      ...look,
      storageState: {
        cookies: [
          {
            name: "freshet_refresh",
            value,
            domain: "127.0.0.1",
            path: "/v1/sessions",
            expires: -1,
            httpOnly: true,
            secure: false,
            sameSite: "Strict",
          },
        ],
        origins: [{ origin: url, localStorage: [{ name: "freshet.account", value: this.id }] }],
      },
    });
  }

  post(text: string, more: Partial<Schemas["CreatePost"]> = {}): Promise<Post> {
    return this.freshet.post("/v1/posts", { body: { text, ...more } });
  }

  async posts(): Promise<Post[]> {
    const all: Post[] = [];
    const path = { id: this.id };
    for await (const post of this.freshet.items("/v1/accounts/{id}/posts", { path }))
      all.push(post);
    return all;
  }

  async follow(...others: Person[]): Promise<void> {
    for (const { id } of others)
      await this.freshet.put("/v1/accounts/{id}/follow", { path: { id } });
  }

  async like(post: Post): Promise<void> {
    await this.freshet.put("/v1/posts/{id}/like", { path: { id: post.id } });
  }

  comment(post: Post, text: string, replyTo?: string): Promise<Schemas["Comment"]> {
    return this.freshet.post("/v1/posts/{id}/comments", {
      path: { id: post.id },
      body: { text, ...(replyTo !== undefined && { reply_to: replyTo }) },
    });
  }

  edit(post: Post, text: string): Promise<Post> {
    return this.freshet.patch("/v1/posts/{id}", { path: { id: post.id }, body: { text } });
  }

  /** Until the home feed has so many posts: what others wrote arrives a little later. */
  async sees(count: number): Promise<void> {
    await until(`${String(count)} posts in ${this.username}'s feed`, async () => {
      const query = { order: "latest", limit: Math.min(count, 100) } as const;
      return (await this.freshet.get("/v1/feed", { query })).items.length >= Math.min(count, 100);
    });
  }
}

export class World {
  /** What went wrong in any window and should not: scripts that failed, breaches of the page's policy. */
  readonly problems: string[] = [];

  constructor(
    readonly server: Program,
    private readonly browser: Browser,
  ) {}

  /** Somebody new: `ana` is called Ana. */
  async join(username: string, more: Partial<Schemas["SignUp"]> = {}): Promise<Person> {
    const freshet = new Freshet({ baseUrl: this.server.url });
    const { account } = await freshet.session.signUp({
      username,
      password: PASSWORD,
      display_name: username.charAt(0).toUpperCase() + username.slice(1),
      ...more,
    });
    return new Person(this, freshet, account);
  }

  async administrator(username: string): Promise<Person> {
    const person = await this.join(username);
    await this.server.command("admin", "accounts", "grant-admin", username);
    await person.freshet.session.signIn({ username, password: PASSWORD });
    return person;
  }

  /** A new window of somebody who is not signed in. */
  async visit(path: string, look: Look = {}): Promise<Page> {
    const page = await this.window(look);
    await page.goto(path);
    return page;
  }

  async window(options: BrowserContextOptions): Promise<Page> {
    const context = await this.browser.newContext({
      ...USUAL,
      baseURL: this.server.url,
      ...options,
    });
    const page = await context.newPage();
    page.on("pageerror", (error) => this.problems.push(String(error)));
    page.on("console", (message) => {
      if (/Content Security Policy|Permissions policy|Trusted/i.test(message.text()))
        this.problems.push(message.text());
    });
    return page;
  }
}
