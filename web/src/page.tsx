import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { rememberPlaces } from "./core/history";
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
