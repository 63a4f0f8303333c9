import { unlessAborted } from "./clock.js";
import type { Clock } from "./clock.js";
import { FreshetError } from "./error.js";
import { type Http, randomId, readJson } from "./http.js";
import { platform } from "./platform.js";
import type { RetryPolicy } from "./retry.js";
import type { Account, Schemas } from "./types.js";

/**
 * Where the refresh token is kept.
 * - `cookie`: in a cookie that scripts cannot read. For pages that freshet serves itself.
 * - `memory`: in this object, for as long as it lives. For programs.
 */
export type SessionMode = "cookie" | "memory";

/** A token from elsewhere (`freshet admin token`, another issuer), or how to get a new one. */
export type TokenSource = string | (() => string | Promise<string>);

export interface SessionState {
  readonly account: Account;
  /** When the access token ends; it is renewed without being asked. */
  readonly expiresAt: Date;
}

export type SignInBody = Omit<Schemas["SignIn"], "cookie">;
export type SignUpBody = Omit<Schemas["SignUp"], "cookie">;

export type SessionListener = (current: SessionState | null) => void;

interface Tokens {
  access_token: string;
  refresh_token?: string | undefined;
  expires_in: number;
  account?: Account | undefined;
}

interface Access {
  token: string;
  expiresAt: number;
  account: Account;
}

/** A token and whom it speaks for, as far as that is known. */
export interface Credential {
  readonly token: string;
  readonly accountId: string | undefined;
}

// A token that ends within this time is renewed first.
const renewalMargin = 10_000;

// People wait for these, so they learn at once that they have to wait longer.
const impatient: Partial<RetryPolicy> = { patienceMs: 0 };

/**
 * Who is signed in. Access tokens are renewed when they end: once, however many calls wait for it, and with `cookie`
 * by one tab at a time.
 */
export class Session {
  private access: Access | undefined;
  private state: SessionState | null = null;
  private refreshToken: string | undefined;
  private renewal: Promise<void> | undefined;
  // Somebody may be signed in: the server was asked and has not answered yet.
  private restoring = false;
  // Grows when somebody signs in or out, so that a renewal under way does not undo it.
  private epoch = 0;
  private readonly listeners = new Set<SessionListener>();

  /** @internal */
  constructor(
    private readonly http: Http,
    private readonly clock: Clock,
    private readonly mode: SessionMode,
    private readonly source: TokenSource | undefined,
  ) {}

  /** Who is signed in; null for nobody. A new object whenever something of it changes. */
  get current(): SessionState | null {
    return this.state;
  }

  /** Calls `listener` after each change of `current`; the function it returns stops that. */
  readonly subscribe = (listener: SessionListener): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  async signIn(body: SignInBody, options: { signal?: AbortSignal } = {}): Promise<SessionState> {
    const tokens = await this.post<Tokens>("/v1/sessions", body, options.signal, impatient);
    return this.begin(tokens, tokens.account);
  }

  /** Makes an account and signs it in. */
  async signUp(body: SignUpBody, options: { signal?: AbortSignal } = {}): Promise<SessionState> {
    const { account, session } = await this.post<{ account: Account; session: Tokens }>(
      "/v1/accounts",
      body,
      options.signal,
      impatient,
    );
    return this.begin(session, account);
  }

  /** Ends the session here and on the server. Rejects, and changes nothing, when the server cannot be reached. */
  async signOut(): Promise<void> {
    await this.renewal?.catch(() => undefined);
    const credential = await this.credential().catch((error: unknown) => {
      if (isRefusal(error)) return undefined;
      throw error;
    });
    if (credential) {
      try {
        await this.http.send({
          method: "DELETE",
          path: "/v1/sessions/current",
          headers: bearer(credential.token),
          read: readJson,
        });
      } catch (error) {
        if (!isRefusal(error)) throw error;
      }
    }
    this.end();
  }

  /**
   * Takes up the session that the browser's cookie holds, when a page opens; null when there is none. Calls that are
   * made meanwhile wait for it. Rejects when the server cannot be reached: whether somebody is signed in is then not
   * known, and the next call asks again.
   */
  async restore(): Promise<SessionState | null> {
    if (!this.state && this.mode === "cookie" && !this.source) {
      this.restoring = true;
      await this.renew();
    }
    return this.state;
  }

  /** Tells of a change of one's own profile, so that `current` has it. */
  updateAccount(account: Account): void {
    if (this.access?.account.id !== account.id) return;
    this.access = { ...this.access, account };
    this.publish();
  }

  /** @internal The account that calls are made for; empty for whoever a token of one's own names. */
  get owner(): string | undefined {
    return this.source ? "" : this.access?.account.id;
  }

  /**
   * @internal What to send with a call; nothing for nobody. Rejects when the session ended, or became somebody else's,
   * while its token was renewed: what one person asked for must not be done for another.
   */
  async credential(signal?: AbortSignal | null): Promise<Credential | undefined> {
    if (this.source) return { token: await this.ask(this.source), accountId: undefined };
    const before = this.access;
    if (!before) {
      if (this.restoring) await unlessAborted(this.renew(), signal);
      return this.speaking();
    }
    if (before.expiresAt - renewalMargin <= this.clock.now()) {
      try {
        await unlessAborted(this.renew(), signal);
      } catch (error) {
        if (signal?.aborted || before.expiresAt <= this.clock.now()) throw error;
      }
      if (this.access?.account.id !== before.account.id) throw sessionEnded();
    }
    return this.speaking();
  }

  /**
   * @internal What to send instead of a credential that was refused; nothing when there is none for the same person.
   */
  async replacement(
    refused: Credential,
    signal?: AbortSignal | null,
  ): Promise<Credential | undefined> {
    if (this.source) {
      const token = typeof this.source === "function" ? await this.source() : refused.token;
      return token === refused.token ? undefined : { token, accountId: undefined };
    }
    if (this.access?.token === refused.token) await unlessAborted(this.renew(), signal);
    const next = this.speaking();
    return next && next.accountId === refused.accountId ? next : undefined;
  }

  private async ask(source: TokenSource): Promise<string> {
    return typeof source === "function" ? source() : source;
  }

  private speaking(): Credential | undefined {
    return this.access && { token: this.access.token, accountId: this.access.account.id };
  }

  private renew(): Promise<void> {
    this.renewal ??= this.exclusively(() => this.refresh()).finally(() => {
      this.renewal = undefined;
    });
    return this.renewal;
  }

  // Two tabs share one cookie: a token that both use at once would count as stolen.
  private async exclusively(run: () => Promise<void>): Promise<void> {
    const locks = this.mode === "cookie" ? platform.navigator?.locks : undefined;
    await (locks ? locks.request("freshet.session", run) : run());
  }

  private async refresh(): Promise<void> {
    const epoch = this.epoch;
    if (this.mode === "memory" && !this.refreshToken) {
      this.end();
      return;
    }
    try {
      const body = this.mode === "memory" ? { refresh_token: this.refreshToken } : {};
      const tokens = await this.post<Tokens>("/v1/sessions/refresh", body);
      const account = await this.accountOf(tokens);
      if (epoch === this.epoch) this.adopt(tokens, account);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (epoch === this.epoch) this.end();
    }
  }

  // Another tab may have signed somebody else in: then the cookie is theirs.
  private async accountOf(tokens: Tokens): Promise<Account> {
    if (tokens.account) return tokens.account;
    const known = this.access?.account;
    if (known && subjectOf(tokens.access_token) === known.id) return known;
    return this.http.send({
      method: "GET",
      path: "/v1/me",
      headers: bearer(tokens.access_token),
      read: async (response) => (await readJson(response)) as Account,
    });
  }

  private async begin(tokens: Tokens, account: Account | undefined): Promise<SessionState> {
    const epoch = ++this.epoch;
    const whose = account ?? (await this.accountOf(tokens));
    if (epoch === this.epoch) this.adopt(tokens, whose);
    return { account: whose, expiresAt: new Date(this.expiryOf(tokens)) };
  }

  private adopt(tokens: Tokens, account: Account): void {
    this.restoring = false;
    this.refreshToken = tokens.refresh_token ?? undefined;
    this.access = { token: tokens.access_token, expiresAt: this.expiryOf(tokens), account };
    this.publish();
  }

  private expiryOf(tokens: Tokens): number {
    return this.clock.now() + tokens.expires_in * 1000;
  }

  private end(): void {
    this.epoch++;
    this.restoring = false;
    this.refreshToken = undefined;
    this.access = undefined;
    if (this.state) this.publish();
  }

  private publish(): void {
    this.state = this.access
      ? { account: this.access.account, expiresAt: new Date(this.access.expiresAt) }
      : null;
    for (const listener of [...this.listeners]) listener(this.state);
  }

  private post<T>(
    path: string,
    body: object,
    signal?: AbortSignal,
    retry?: Partial<RetryPolicy>,
  ): Promise<T> {
    return this.http.send({
      method: "POST",
      path,
      headers: new Headers({
        "Content-Type": "application/json",
        Accept: "application/json",
        "Idempotency-Key": randomId(),
      }),
      body: JSON.stringify(this.mode === "cookie" ? { ...body, cookie: true } : body),
      signal,
      retry,
      read: async (response) => (await readJson(response)) as T,
    });
  }
}

function sessionEnded(): FreshetError {
  return new FreshetError({
    kind: "problem",
    status: 401,
    code: "session_ended",
    title: "Unauthorized",
    detail: "The session ended before this was sent. Sign in and try again.",
  });
}

export function isRefusal(error: unknown): boolean {
  return error instanceof FreshetError && error.status === 401;
}

function bearer(token: string): Headers {
  return new Headers({ Authorization: `Bearer ${token}` });
}

/** The account that an access token names (RFC 7519, section 4.1.2). Read, not verified: the server does that. */
function subjectOf(token: string): string | undefined {
  try {
    const claims = (token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    return (JSON.parse(atob(claims)) as { sub?: string }).sub;
  } catch {
    return undefined;
  }
}
