import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App, preloadPages } from "./app";
import { rememberPlaces } from "./core/history";
import { whenIdle } from "./core/idle";
import { applyTheme } from "./core/theme";
import { registerWorker } from "./core/worker";

applyTheme();
rememberPlaces();
const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
// The worker keeps the other pages too; where there can be none, they are fetched before the server may be away.
whenIdle(() => void registerWorker().catch(preloadPages));
