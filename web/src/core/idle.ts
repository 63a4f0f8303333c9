/** Runs it once the page has been loaded and nothing else is to do: so late that nobody waits for it. */
export function whenIdle(run: () => void): void {
  const idle = () => {
    if ("requestIdleCallback" in window) requestIdleCallback(run);
    else setTimeout(run, 2_000);
  };
  if (document.readyState === "complete") idle();
  else addEventListener("load", idle, { once: true });
}
