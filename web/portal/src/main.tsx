import "@imaging360/shared/design/fonts.css";
import "@imaging360/shared/design/tokens.css";
import "@imaging360/shared/design/base.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App.tsx";
import { auth } from "./backend.ts";

auth.watch(window);
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
