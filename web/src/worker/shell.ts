// The page's own files, kept so that it opens while its server is away. Nothing that people see or say is among them.

/** What the build put into the page. */
export interface Build {
  /** Another one for each build. */
  version: string;
  /** Under /assets/, with a hash in each name. */
  files: string[];
  /** Of index.html, as subresource integrity writes it. */
  integrity: string;
}

interface Browser {
  caches: Pick<CacheStorage, "open" | "keys" | "delete">;
  fetch: (request: Request) => Promise<Response>;
}

const PREFIX = "freshet.shell.";
const INDEX = "/";
const PATIENCE_MS = 3_000;

// What the server shows by itself beside the page.
const NOT_THE_PAGES =
  /^\/(?:v1|assets|avatars|docs|openapi\.json|metrics|healthz|readyz|admin\/claim|sw\.js)(?:\/|$)/;

export function isPageAddress(path: string): boolean {
  return !NOT_THE_PAGES.test(path);
}

/** Whether this answer to a question for the worker's own script says that there is none any more. */
export function isGone({ ok, status, headers }: Response): boolean {
  const script = /^text\/javascript\b/.test(headers.get("Content-Type") ?? "");
  return status === 404 || status === 410 || (ok && !script);
}

export class Shell {
  readonly #name: string;

  constructor(
    private readonly build: Build,
    private readonly browser: Browser,
  ) {
    this.#name = PREFIX + build.version;
  }

  /** Rejects, having kept nothing, when the server already has another build than this one. */
  async keep(): Promise<void> {
    const { files, integrity } = this.build;
    const cache = await this.browser.caches.open(this.#name);
    await cache.addAll([new Request(new URL(INDEX, location.href), { integrity }), ...files]);
  }

  async dropOthers(): Promise<void> {
    await this.#drop((name) => name !== this.#name);
  }

  async drop(): Promise<void> {
    await this.#drop(() => true);
  }

  has(path: string): boolean {
    return this.build.files.includes(path);
  }

  async file(request: Request): Promise<Response> {
    return (await this.#kept(request.url)) ?? this.browser.fetch(request);
  }

  /**
   * The page as the server has it now; the kept one when the server cannot be reached, does not answer for a while, or
   * something before it says that it is away. `early` is the answer that the browser asked for by itself, if it did.
   */
  async page(request: Request, early?: Promise<Response | undefined>): Promise<Response> {
    const asked = this.#ask(request, early);
    const answer = await Promise.race([asked.catch(() => undefined), patience()]);
    if (answer && answer.status < 500) return answer;
    return (await this.#kept(INDEX)) ?? asked;
  }

  async #ask(request: Request, early?: Promise<Response | undefined>): Promise<Response> {
    return (await early) ?? this.browser.fetch(request);
  }

  async #kept(url: string): Promise<Response | undefined> {
    const cache = await this.browser.caches.open(this.#name);
    return cache.match(url, { ignoreVary: true });
  }

  async #drop(which: (name: string) => boolean): Promise<void> {
    const { caches } = this.browser;
    const ours = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && which(name));
    await Promise.all(ours.map((name) => caches.delete(name)));
  }
}

function patience(): Promise<undefined> {
  return new Promise((done) => setTimeout(() => done(undefined), PATIENCE_MS));
}
