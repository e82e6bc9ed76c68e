/** Two self-contained bundles, one a build: `--mode panel` and `--mode card`. They go straight into the integration. */

import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig(({ mode }) => ({
  define: { "process.env.NODE_ENV": '"production"' },
  publicDir: false,
  build: {
    target: "es2021", // the oldest WebView on a wall
    outDir: process.env.HEARTHNET_DIST ?? fileURLToPath(new URL("../custom_components/hearthnet/frontend/dist", import.meta.url)),
    emptyOutDir: false, // the other bundle lives there too
    minify: true,
    sourcemap: false,
    reportCompressedSize: false,
    lib: {
      entry: fileURLToPath(new URL(`src/${mode}.ts`, import.meta.url)),
      formats: ["es"],
      fileName: () => `hearthnet-${mode}.js`,
    },
    rollupOptions: {
      output: {
        codeSplitting: false,
        minify: true, // the library format alone would keep every space
        postBanner: "/*! HearthNet, Apache-2.0. Contains Lit by Google LLC, BSD-3-Clause: licenses.txt */",
      },
    },
  },
  test: { include: ["test/**/*.test.ts"] },
}));
