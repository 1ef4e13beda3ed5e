// Builds dist/: the extension and its server for both hosts, the module of the server, and the schemas. With `--tests`,
// the unit tests into dist-test/.

import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";

import { build } from "esbuild";

const NPM = "../target/npm/task-api-wasm";

const common = {
  bundle: true,
  minify: true,
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
  // The files of `task-api init`, as texts.
  loader: { ".template": "text" },
};

/** The server is given its module, so that where the script lies does not matter. */
const server = {
  ...common,
  alias: { "task-api-wasm/lsp": `${NPM}/lsp.js` },
  define: { "import.meta.url": "undefined" },
};

const node = { platform: "node", format: "cjs", external: ["vscode"] };
const browser = { platform: "browser", format: "cjs", external: ["vscode"], mainFields: ["browser", "module", "main"] };

async function extension() {
  await rm("dist", { recursive: true, force: true });
  await Promise.all([
    build({ ...common, ...node, entryPoints: ["src/node/main.ts"], outfile: "dist/extension.node.js" }),
    build({ ...common, ...browser, entryPoints: ["src/browser/main.ts"], outfile: "dist/extension.browser.js" }),
    build({ ...server, ...node, entryPoints: ["src/server/node.ts"], outfile: "dist/server.node.js" }),
    build({ ...server, platform: "browser", format: "iife", entryPoints: ["src/server/browser.ts"], outfile: "dist/server.browser.js" }),
    schemas(),
  ]);
  await copyFile(`${NPM}/task_api_lsp_bg.wasm`, "dist/server.wasm");
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

await (process.argv.includes("--tests") ? tests() : extension());
