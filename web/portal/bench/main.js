/** The viewer without the portal round it, for `python -m bench.viewer`. */
import "@imaging360/shared/design/fonts.css";
import "@imaging360/shared/design/tokens.css";
import "@imaging360/shared/design/base.css";

import { createElement } from "react";
import { createRoot } from "react-dom/client";

import SpinViewer from "../src/viewer/SpinViewer.tsx";

const root = createRoot(document.getElementById("root"));
globalThis.asked = 0;

const onExpired = async () => {
  globalThis.asked += 1;
  if (globalThis.fresh) globalThis.show(globalThis.fresh);
};

globalThis.show = (manifest) => {
  performance.mark("shown");
  root.render(createElement(SpinViewer, { manifest, onExpired }));
};

const answer = await fetch("manifest.json");
globalThis.manifest = await answer.json();
globalThis.show(globalThis.manifest);
