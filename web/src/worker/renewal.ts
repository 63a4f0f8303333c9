// Tells the server of a subscription that the browser renewed while no window may be open.

interface Key {
  public_key: string;
}

interface Tokens {
  access_token: string;
}

async function call<T>(method: string, path: string, body?: object, token?: string): Promise<T> {
  const headers = new Headers({ "Content-Type": "application/json" });
  if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
  const sent = body && { body: JSON.stringify(body) };
  const answer = await fetch(path, { method, headers, ...sent });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return (await answer.json()) as T;
}

/**
 * Subscribes anew and hands that to the session whose cookie this browser holds. When nobody is signed in, or the server
 * cannot be reached, it rejects; the page looks after it when it is opened the next time.
 */
export async function renewSubscription(push: PushManager): Promise<void> {
  const { public_key: applicationServerKey } = await call<Key>("GET", "/v1/push/key");
  const subscription = await push.subscribe({ userVisibleOnly: true, applicationServerKey });
  // Windows renew their tokens under the same lock: a refresh token that is used twice counts as stolen.
  const { access_token: token } = await navigator.locks.request("freshet.session", () =>
    call<Tokens>("POST", "/v1/sessions/refresh", { cookie: true }),
  );
  await call("PUT", "/v1/me/push-subscriptions/current", subscription.toJSON(), token);
}
