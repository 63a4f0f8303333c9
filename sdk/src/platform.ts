/** What browsers have, Node has in part, and either may lack. */
export const platform: Partial<
  Pick<
    typeof globalThis,
    | "addEventListener"
    | "document"
    | "localStorage"
    | "location"
    | "navigator"
    | "removeEventListener"
    | "WebSocket"
  >
> = globalThis;

/** Hears of the network coming back, and of the page being shown, hidden and left. */
export function listenToPage(listener: (event: Event) => void): () => void {
  const { document } = platform;
  for (const type of ["online", "pagehide"]) platform.addEventListener?.(type, listener);
  document?.addEventListener("visibilitychange", listener);
  return () => {
    for (const type of ["online", "pagehide"]) platform.removeEventListener?.(type, listener);
    document?.removeEventListener("visibilitychange", listener);
  };
}
