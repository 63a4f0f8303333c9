// The first calls of a visit, made before anything is drawn.
import { beginHome } from "./feed";
import { firstCall, freshet } from "./freshet";
import { rememberedAccount } from "./remembered";

const PATIENCE_MS = 100;

function begin(): Promise<unknown> {
  freshet.session.restore().catch(() => undefined); // whoever needs the session asks again
  if (location.pathname === "/") beginHome();
  return Promise.race([firstCall, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
}

/** Until the first call is on its way, or has to wait for another window: what the browser does next takes longer. */
export const begun = rememberedAccount() === null ? Promise.resolve() : begin();
