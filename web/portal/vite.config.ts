import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// For `make portal-dev`: the API of a stack that runs, by default `make dev`'s.
const api = process.env["IMAGING360_API"] ?? "http://127.0.0.1:8000";
const ofTheApi = ["auth", "sessions", "images", "live", "sites", "portal"];

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // The page's policy allows no data: fonts or styles.
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(ofTheApi.map((path) => [`/${path}`, { target: api }])),
  },
});
