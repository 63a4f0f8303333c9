import { vi } from "vitest";

/** Until the test ends, what listens to the page hears of this one. */
export class Page {
  private readonly window = new EventTarget();
  private readonly document = new EventTarget();
  visibilityState: DocumentVisibilityState = "visible";

  constructor() {
    const { window, document } = this;
    vi.stubGlobal("addEventListener", window.addEventListener.bind(window));
    vi.stubGlobal("removeEventListener", window.removeEventListener.bind(window));
    const visibilityState = () => this.visibilityState;
    vi.stubGlobal(
      "document",
      Object.defineProperty(document, "visibilityState", { get: visibilityState }),
    );
    vi.stubGlobal("navigator", { onLine: true });
  }

  goOffline(): void {
    vi.stubGlobal("navigator", { onLine: false });
  }

  goOnline(): void {
    vi.stubGlobal("navigator", { onLine: true });
    this.window.dispatchEvent(new Event("online"));
  }

  show(visibilityState: DocumentVisibilityState): void {
    this.visibilityState = visibilityState;
    this.document.dispatchEvent(new Event("visibilitychange"));
  }

  leave(): void {
    this.window.dispatchEvent(new Event("pagehide"));
  }
}
