/** `npm run dev`: the harness at /frontend/dev/, with the panel from source or, with `?from=dist`, as committed. */

import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  publicDir: false,
  cacheDir: fileURLToPath(new URL("../node_modules/.vite", import.meta.url)),
  server: { host: "127.0.0.1", open: false, watch: { ignored: ["**/.cache/**", "**/.git/**"] } },
  optimizeDeps: { noDiscovery: true },
});
