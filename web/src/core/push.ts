// Notifications of this browser while the page is closed: what the browser allows, and whom the server tells.
import { FreshetError } from "@freshet/client";
import { freshet, type Schemas } from "./freshet";
import { forgetPush, rememberedPush, rememberPush } from "./remembered";
import { currentWorker, registerWorker } from "./worker";

export type PushState = "insecure" | "unsupported" | "server-off" | "blocked" | "off" | "on";

const READY_MS = 15_000;
const CURRENT = "/v1/me/push-subscriptions/current";

/** The browser allows it, but cannot be reached from outside. */
export class NoPushService extends Error {}

/** What browsers subscribe with; nothing when the server sends no pushes. */
async function serverKey(): Promise<string | undefined> {
  try {
    return (await freshet.get("/v1/push/key")).public_key;
  } catch (error) {
    if (error instanceof FreshetError && error.code === "push_off") return undefined;
    throw error;
  }
}

export async function pushState(): Promise<PushState> {
  if (!isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window))
    return "unsupported";
  if ((await serverKey()) === undefined) return "server-off";
  if (Notification.permission === "denied") return "blocked";
  const subscription = await (await currentWorker())?.pushManager.getSubscription();
  return subscription && (await isKnown()) ? "on" : "off";
}

/** To be called from somebody's own click: browsers ask then, and only then. */
export async function switchPushOn(account: string): Promise<void> {
  if ((await Notification.requestPermission()) !== "granted") return;
  const key = await serverKey();
  if (key !== undefined) await tell(account, await subscribe(key));
}

export async function switchPushOff(): Promise<void> {
  await freshet.delete(CURRENT);
  forgetPush();
  await endPush();
}

/** After signing in, or another visit: a session, a key or a subscription may have been replaced meanwhile. */
export async function keepPush(account: string): Promise<void> {
  if (Notification.permission !== "granted") return;
  const key = await serverKey();
  if (key === undefined) return;
  const subscription = await subscribe(key);
  const told = rememberedPush()?.endpoint === subscription.endpoint && (await isKnown());
  if (!told) await tell(account, subscription);
}

/** Nothing more comes to this browser, and what came is taken from the screen. */
export async function endPush(): Promise<void> {
  const worker = await currentWorker();
  const shown = (await worker?.getNotifications()) ?? [];
  shown.forEach((notification) => notification.close());
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
}

async function isKnown(): Promise<boolean> {
  const { items } = await freshet.get("/v1/me/push-subscriptions");
  return items.some(({ current }) => current);
}

async function tell(account: string, subscription: PushSubscription): Promise<void> {
  const { endpoint } = subscription;
  const keys = subscription.toJSON().keys as Schemas["PushSubscriptionKeys"];
  await freshet.put(CURRENT, { body: { endpoint, keys } });
  rememberPush({ account, endpoint });
}

/** The browser's subscription under this key, or a new one: servers may get another key. */
async function subscribe(key: string): Promise<PushSubscription> {
  const { pushManager } = await activeWorker();
  const known = await pushManager.getSubscription();
  if (known && base64url(known.options.applicationServerKey) === key) return known;
  await known?.unsubscribe();
  try {
    return await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  } catch (cause) {
    throw new NoPushService("subscribing failed", { cause });
  }
}

async function activeWorker(): Promise<ServiceWorkerRegistration> {
  await registerWorker();
  const late = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new NoPushService("the worker does not start")), READY_MS),
  );
  return Promise.race([navigator.serviceWorker.ready, late]);
}

export function base64url(bytes: ArrayBuffer | null): string {
  const text = String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0)));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
