import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App, preloadPages } from "./app";
import { rememberPlaces } from "./core/history";
import { whenIdle } from "./core/idle";
import { applyTheme } from "./core/theme";
import { registerWorkerWhenIdle } from "./core/worker";

applyTheme();
rememberPlaces();
registerWorkerWhenIdle();
const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
whenIdle(preloadPages);
