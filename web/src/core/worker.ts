// The service worker, where browsers have one: not in insecure contexts, such as plain http on a local network.
import { type Open } from "../worker/push";

const WORKER = "/sw.js";

export class NoWorker extends Error {}

interface Policies {
  createPolicy(
    name: string,
    rules: { createScriptURL: () => string },
  ): {
    createScriptURL(url: string): string;
  };
}

declare global {
  interface Window {
    /** https://w3c.github.io/trusted-types/dist/spec/#trusted-type-policy-factory */
    trustedTypes?: Policies;
  }
}

let address: string | undefined;

// The one text that the page makes script of: whatever is asked, it is this address.
function trustedAddress(): string {
  address ??=
    window.trustedTypes
      ?.createPolicy("freshet-worker", { createScriptURL: () => WORKER })
      .createScriptURL(WORKER) ?? WORKER;
  return address;
}

function container(): ServiceWorkerContainer | undefined {
  // While the page is written there is no worker (vite.config.ts).
  return import.meta.env.PROD && "serviceWorker" in navigator ? navigator.serviceWorker : undefined;
}

/** Rejects with NoWorker where there can be none. */
export async function registerWorker(): Promise<ServiceWorkerRegistration> {
  const workers = container();
  if (!workers) throw new NoWorker();
  return workers.register(trustedAddress());
}

export async function currentWorker(): Promise<ServiceWorkerRegistration | undefined> {
  return container()?.getRegistration();
}

/** Calls `show` with an address of the page that somebody chose elsewhere: in a notification. */
export function onOpen(show: (path: string) => void): () => void {
  const workers = container();
  const listener = ({ data, ports }: MessageEvent<Open>) => {
    ports[0]?.postMessage(true);
    show(data.open);
  };
  workers?.addEventListener("message", listener);
  return () => workers?.removeEventListener("message", listener);
}
