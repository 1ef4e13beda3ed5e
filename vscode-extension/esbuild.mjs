// Builds dist/: the extension and its server for both hosts, the builder, the module of both, and the schemas. With `--tests`,
// the unit tests into dist-test/.

import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";

import { build } from "esbuild";

import { initSync, migrate } from "../target/npm/task-api-wasm/index.node.js";

const MODULE = "../target/wasm/extension";
const WEB = "../web/src";

/** The files of `task-api init`, as texts of the version that it writes. */
const starters = {
  name: "files of task-api init",
  setup({ onLoad }) {
    onLoad({ filter: /\.template$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      return { contents: path.endsWith(".json.template") ? ofVersionOne(text) : text, loader: "text" };
    });
  },
};

const PLACES = ["NAME", "IMAGE"];

function ofVersionOne(text) {
  const quoted = PLACES.reduce((text, place) => text.replace(place, `"${place}"`), text);
  const migrated = migrate(quoted, 1).text;
  if (migrated === undefined) throw new Error("a file of task-api init cannot be migrated");
  return PLACES.reduce((text, place) => text.replace(`"${place}"`, place), migrated);
}

const common = {
  bundle: true,
  minify: true,
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
  plugins: [starters],
};

/** The server is given its module, so that where the script lies does not matter. */
const server = {
  ...common,
  alias: { "task-api-extension": `${MODULE}/index.js` },
  define: { "import.meta.url": "undefined" },
};

const node = { platform: "node", format: "cjs", external: ["vscode"] };
const browser = { platform: "browser", format: "cjs", external: ["vscode"], mainFields: ["browser", "module", "main"] };

/** The elements of web/, as a script that loads nothing more. */
const elements = {
  name: "elements of web/",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^task-api-wasm(\/form)?$/ }, () => ({ path: resolve("src/builder/wasm.mjs") }));
    onResolve({ filter: /\/localisation\.js$/ }, () => ({ path: resolve("src/builder/localisation.ts") }));
    onResolve({ filter: /\.(svg\?url|css\?inline)$/ }, ({ path, resolveDir }) => {
      const [name] = path.split("?");
      const file = name.startsWith(".") ? resolve(resolveDir, name) : resolve("../web/node_modules", name);
      return { path: file, namespace: name.endsWith(".svg") ? "address" : "words" };
    });
    onLoad({ filter: /.*/, namespace: "words" }, async ({ path }) => ({ contents: await readFile(path, "utf8"), loader: "text" }));
    onLoad({ filter: /.*/, namespace: "address" }, async ({ path }) => {
      const text = JSON.stringify(await readFile(path, "utf8"));
      return { contents: `export default URL.createObjectURL(new Blob([${text}], { type: "image/svg+xml" }));` };
    });
  },
};

async function builder() {
  const page = { ...server, platform: "browser", format: "iife", plugins: [elements], nodePaths: ["../web/node_modules"] };
  const { outputFiles } = await build({ ...page, entryPoints: [`${WEB}/core/worker.ts`], write: false });
  const define = { ...server.define, WORKER: JSON.stringify(outputFiles[0].text) };
  await build({ ...page, define, entryPoints: ["src/builder/main.ts"], outfile: "dist/builder/builder.js" });
  await build({ ...common, entryPoints: ["src/builder/builder.css"], outfile: "dist/builder/builder.css" });
}

/** Clients are in a file of their own, which VS Code does not wait for. A host in a browser has one file for all. */
const apart = {
  supported: { "dynamic-import": false },
  plugins: [
    ...common.plugins,
    {
      name: "clients apart",
      setup({ onResolve }) {
        onResolve({ filter: /^\.\/client\.js$/ }, () => ({ path: "./client.node.js", external: true }));
      },
    },
  ],
};

async function extension() {
  await rm("dist", { recursive: true, force: true });
  await Promise.all([
    build({ ...common, ...node, ...apart, entryPoints: ["src/node/main.ts"], outfile: "dist/extension.node.js" }),
    build({ ...common, ...node, entryPoints: ["src/node/client.ts"], outfile: "dist/client.node.js" }),
    build({ ...common, ...browser, entryPoints: ["src/browser/main.ts"], outfile: "dist/extension.browser.js" }),
    build({ ...server, ...node, entryPoints: ["src/server/node.ts"], outfile: "dist/server.node.js" }),
    build({ ...server, platform: "browser", format: "iife", entryPoints: ["src/server/browser.ts"], outfile: "dist/server.browser.js" }),
    builder(),
    schemas(),
  ]);
  await copyFile(`${MODULE}/task_api_extension_bg.wasm`, "dist/task-api.wasm");
  // Where vsce looks for it.
  await copyFile("../LICENSE", "LICENSE");
}

/** One schema for both versions of a file: VS Code's JSON server takes the first that fits a name. */
async function schemas() {
  await mkdir("dist/schemas", { recursive: true });
  for (const kind of ["processing-container", "task"]) {
    const [v0, v1] = await Promise.all(
      ["v0", "v1"].map(async (version) => {
        const text = await readFile(`../schemas/${kind}.${version}.schema.json`, "utf8");
        const { $id, $schema, ...schema } = JSON.parse(text.replaceAll('"#/$defs/', `"#/definitions/${version}/$defs/`));
        return schema;
      }),
    );
    const both = {
      $schema: "http://json-schema.org/draft-07/schema#",
      title: v1.title,
      description: v1.description,
      if: { type: "object", required: ["api_version"] },
      then: { $ref: "#/definitions/v1" },
      else: { $ref: "#/definitions/v0" },
      definitions: { v0, v1 },
    };
    await writeFile(`dist/schemas/${kind}.schema.json`, JSON.stringify(both));
  }
}

async function tests() {
  await rm("dist-test", { recursive: true, force: true });
  const names = (await readdir("test/unit")).filter((name) => name.endsWith(".test.ts"));
  await build({
    ...common,
    ...node,
    minify: false,
    entryPoints: names.map((name) => `test/unit/${name}`),
    outdir: "dist-test",
  });
}

initSync();
await (process.argv.includes("--tests") ? tests() : extension());
