// The first calls of a visit, made before anything is drawn.
import { beginHome } from "./feed";
import { freshet } from "./freshet";
import { rememberedAccount } from "./remembered";

if (rememberedAccount() !== null) {
  freshet.session.restore().catch(() => undefined); // whoever needs the session asks again
  if (location.pathname === "/") beginHome();
}
