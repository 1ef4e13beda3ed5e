// Builds the three examples, as the pages of others are built. The elements come from web/dist, at /task-api/.

import vue from "@vitejs/plugin-vue";
import { resolve } from "node:path";
import { defineConfig } from "vite";

const example = (name) => resolve(import.meta.dirname, name, "index.html");

export default defineConfig({
  root: import.meta.dirname,
  logLevel: "error",
  define: { __VUE_OPTIONS_API__: "false", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith("task-api-") } } })],
  build: {
    outDir: resolve(import.meta.dirname, "../node_modules/.cache/task-api-examples"),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      external: [/^\/task-api\//],
      input: { html: example("html"), vue: example("vue"), react: example("react") },
    },
  },
});
