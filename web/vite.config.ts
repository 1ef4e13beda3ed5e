import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";

// Elements keep their names, so that a page can load them from dist/elements/; everything else carries a hash.
const ELEMENTS = ["builder", "form", "container-form", "editor", "problems", "scale-chart", "workflow"];

/**
 * Web Awesome brings drawings of its own for every control that it has. `src/core/controls.ts` registers ours in their place,
 * so they would be fetched for nothing.
 */
function withoutDrawings(): Plugin {
  const mark = "// src/components/icon/library.system.ts";
  let found = 0;
  return {
    name: "without-drawings",
    transform(code, id) {
      if (!id.includes("@awesome.me/webawesome/") || !code.includes(mark)) return undefined;
      found += 1;
      return {
        code: `export const icons = {}; export const library_system_default = { name: "system", resolver: () => "" };`,
        map: null,
      };
    },
    buildEnd(error) {
      if (error === undefined && !this.meta.watchMode && found === 0) {
        throw new Error("Web Awesome keeps its drawings elsewhere now: see vite.config.ts");
      }
    },
  };
}

export default defineConfig({
  base: "./",
  build: {
    target: "es2022",
    // Icons are drawn from one file by `<use>`, which browsers refuse for `data:` addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      // Exports of the elements' entries are for other pages, which the build does not see.
      preserveEntrySignatures: "exports-only",
      input: {
        index: resolve(import.meta.dirname, "index.html"),
        elements: resolve(import.meta.dirname, "elements.html"),
        ...Object.fromEntries(
          ELEMENTS.map((name) => [`task-api-${name}`, resolve(import.meta.dirname, `src/elements/${name}.ts`)]),
        ),
      },
      output: {
        entryFileNames: ({ name }) => (name.startsWith("task-api-") ? "elements/[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
  worker: { format: "es" },
  plugins: [
    withoutDrawings(),
    VitePWA({
      registerType: "autoUpdate",
      injectRegister: null,
      manifest: {
        name: "Task builder",
        short_name: "Task builder",
        description: "Fills in a task.json for a processing container. Files stay in this browser.",
        display: "standalone",
        start_url: "./",
        background_color: "#f6f7f8",
        theme_color: "#0d6b72",
        icons: [
          { src: "icon.svg", sizes: "any", type: "image/svg+xml" },
          { src: "icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "icon-512.png", sizes: "512x512", type: "image/png", purpose: "any maskable" },
        ],
      },
      workbox: {
        globPatterns: ["**/*.{js,css,html,wasm,svg,png,json}"],
        maximumFileSizeToCacheInBytes: 4_000_000,
        navigateFallback: null,
        ignoreURLParametersMatching: [/./],
      },
    }),
  ],
});
