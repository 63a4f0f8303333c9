// The service worker: opens the page without its server, and shows what is pushed. Nothing of the API passes through it.
import { type Open, shownOf } from "./push";
import { renewSubscription } from "./renewal";
import { type Build, isGone, isPageAddress, Shell } from "./shell";

declare const self: ServiceWorkerGlobalScope;
/** Written by the build, which knows its own files (vite.config.ts). */
declare const __BUILD__: Build;

/** https://w3c.github.io/ServiceWorker/#install-event, where a browser has it. */
interface WithRoutes {
  addRoutes?: (rules: object[]) => Promise<void>;
}

const ANSWER_MS = 1_000;
const shell = new Shell(__BUILD__, { caches, fetch: (request) => fetch(request) });

self.addEventListener("install", (event) => {
  // Calls of the API need not wait until the worker is awake.
  const bypass = { condition: { urlPattern: { pathname: "/v1/*" } }, source: "network" };
  void (event as WithRoutes).addRoutes?.([bypass]).catch(() => undefined);
  event.waitUntil(shell.keep().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const { navigationPreload } = self.registration as Partial<ServiceWorkerRegistration>;
  event.waitUntil(
    Promise.all([shell.dropOthers(), navigationPreload?.enable(), self.clients.claim()]),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (shell.has(pathname)) {
    event.respondWith(shell.file(request));
  } else if (request.mode === "navigate" && isPageAddress(pathname)) {
    const early = event.preloadResponse as Promise<Response | undefined>;
    const page = shell.page(request, early);
    event.respondWith(page);
    event.waitUntil(page.then(leaveWithThePage, () => undefined));
  }
});

/** A server without the page, or with something else in its place, shall not meet this worker for ever. */
async function leaveWithThePage(): Promise<void> {
  const script = new Request("/sw.js", { method: "HEAD", cache: "no-store" });
  const answer = await fetch(script).catch(() => undefined);
  if (!answer || !isGone(answer)) return;
  await self.registration.unregister();
  await shell.drop();
}

self.addEventListener("push", (event) => {
  const { title, options } = shownOf(event.data?.text() ?? "");
  event.waitUntil(self.registration.showNotification(title, options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data as Open));
});

self.addEventListener("pushsubscriptionchange", (event) => {
  (event as ExtendableEvent).waitUntil(renewSubscription(self.registration.pushManager));
});

/** In a window that shows the page already, else in a new one. */
async function show(what: Open): Promise<void> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const window of windows) {
    if (!(await takes(window, what))) continue;
    await window.focus();
    return;
  }
  await self.clients.openWindow(what.open);
}

// A window may show something of the server's that is not the page, or be asleep.
function takes(window: WindowClient, what: Open): Promise<boolean> {
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(true);
    setTimeout(() => done(false), ANSWER_MS);
    window.postMessage(what, [port2]);
  });
}
