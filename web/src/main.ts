// Asks for what the page will show, and only then reads the page itself, which takes longer.
import { begun } from "./core/beginning";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/ui.css";
import "./styles/layout.css";
import "./styles/posts.css";

void begun.then(() => import("./page"));
