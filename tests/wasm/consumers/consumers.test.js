// The package as it is used: from empty folders, with the packed tarball installed by npm, by bundlers, pages, workers
// and Node, under a content security policy. The files are those that the package's README shows.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { createServer } from "vite";

import { launch, watched } from "../page/browser.js";
import { serveDirectory } from "../page/server.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const PROGRAMS = fileURLToPath(new URL("../node_modules/.bin/", import.meta.url));
const PACKED = fileURLToPath(new URL("../../../target/npm/", import.meta.url));
const TARBALL = join(PACKED, readdirSync(PACKED).find((name) => /^task-api-wasm-.*\.tgz$/.test(name)) ?? "");
const EXPECTED = "task: 4 problems";

let root;
let browser;

before(async () => {
  root = mkdtempSync(join(tmpdir(), "task-api-consumers-"));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  rmSync(root, { recursive: true, force: true });
});

/** An empty folder with the package, and then the consumer's files. */
function folder(name) {
  const place = join(root, name);
  cpSync(join(HERE, name), place, { recursive: true });
  writeFileSync(join(place, "package.json"), '{ "private": true, "type": "module" }');
  run(place, "npm", ["install", "--offline", "--silent", "--no-audit", "--no-fund", TARBALL]);
  return place;
}

function run(place, program, args) {
  return execFileSync(program, args, { cwd: place, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** What a page shows in the end. */
async function shown(address, fits = /./) {
  const { page, complaints } = await watched(browser);
  await page.goto(address);
  const result = page.locator("#result");
  try {
    await page.locator("#result", { hasText: fits }).waitFor({ timeout: 20_000 });
  } catch (error) {
    throw new Error(`${error.message}\n${complaints.join("\n")}\n${await result.textContent()}`);
  }
  const text = await result.textContent();
  // The development server greets.
  assert.deepEqual(complaints.filter((complaint) => !/^\[vite\] connect(ing|ed)/.test(complaint)), []);
  const attribute = await page.locator("body").getAttribute("data-asked");
  await page.close();
  return { text, attribute };
}

async function shownFrom(directory, fits) {
  const server = await serveDirectory(directory);
  try {
    return await shown(server.address, fits);
  } finally {
    server.close();
  }
}

test("the tarball has the files of the package, and no others", () => {
  const names = execFileSync("tar", ["-tzf", TARBALL], { encoding: "utf8" }).trim().split("\n");
  assert.deepEqual(
    names.map((name) => name.replace(/^package\//, "")).sort(),
    [
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "apply-fix.js",
      "form.d.ts",
      "form.js",
      "form.node.js",
      "guard.js",
      "index.d.ts",
      "index.js",
      "index.node.js",
      "lsp-worker.d.ts",
      "lsp-worker.js",
      "lsp.d.ts",
      "lsp.js",
      "lsp.node.js",
      "package.json",
      "server.js",
      "start.js",
      "task_api_form.js",
      "task_api_form_bg.wasm",
      "task_api_lsp.js",
      "task_api_lsp_bg.wasm",
      "task_api_validator.js",
      "task_api_validator_bg.wasm",
      "task_api_wasm.js",
      "task_api_wasm_bg.wasm",
      "validator.d.ts",
      "validator.js",
      "validator.node.js",
    ],
  );
});

test("every address that package.json names is there", () => {
  const place = folder("node");
  const home = join(place, "node_modules/task-api-wasm");
  const { exports, main, module, types, browser, sideEffects } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const addresses = Object.values(exports).flatMap((entry) => (typeof entry === "string" ? [entry] : Object.values(entry)));
  for (const address of [...addresses, main, module, types, browser, ...sideEffects]) {
    assert.ok(readFileSync(join(home, address)).length > 0, address);
  }
});

test("the README shows what is tested here", () => {
  const readme = readFileSync(new URL("../../../crates/wasm/npm/README.md", import.meta.url), "utf8");
  for (const file of ["vite/main.js", "vite/vite.config.js", "esbuild/main.js", "html/main.js", "node/main.js", "worker/main.js", "worker/worker.js"]) {
    assert.ok(readme.includes(readFileSync(join(HERE, file), "utf8")), file);
  }
});

test("Node", () => {
  assert.equal(run(folder("node"), "node", ["main.js"]).trim(), EXPECTED);
});

test("a plain page", async () => {
  assert.equal((await shownFrom(folder("html"))).text, EXPECTED);
});

test("a worker, with the validator alone", async () => {
  assert.equal((await shownFrom(folder("worker"))).text, EXPECTED);
});

test("esbuild", async () => {
  const place = folder("esbuild");
  run(place, join(PROGRAMS, "esbuild"), ["main.js", "--bundle", "--format=esm", "--loader:.wasm=file", "--outdir=out", "--log-level=warning"]);
  assert.equal((await shownFrom(place)).text, EXPECTED);
});

test("a bundle has of the package what is used", () => {
  const place = folder("esbuild");
  writeFileSync(join(place, "unused.js"), 'import { validate } from "task-api-wasm";\nconsole.log(1);\n');
  const bundle = run(place, join(PROGRAMS, "esbuild"), ["unused.js", "--bundle", "--format=esm"]);
  assert.ok(bundle.length < 200, bundle);
});

test("Vite, built", async () => {
  const place = folder("vite");
  run(place, join(PROGRAMS, "vite"), ["build", "--logLevel", "warn"]);
  assert.equal((await shownFrom(join(place, "dist"))).text, EXPECTED);
});

test("Vite's development server", async () => {
  const place = folder("vite");
  const server = await createServer({ root: place, logLevel: "warn", server: { host: "127.0.0.1", port: 0 } });
  await server.listen();
  try {
    assert.equal((await shown(`http://127.0.0.1:${server.httpServer.address().port}/`)).text, EXPECTED);
  } finally {
    await server.close();
  }
});

test("the language server's worker, with a client of vscode-jsonrpc", async () => {
  const place = folder("server");
  symlinkSync(fileURLToPath(new URL("../node_modules/vscode-jsonrpc", import.meta.url)), join(place, "node_modules/vscode-jsonrpc"));
  run(place, join(PROGRAMS, "esbuild"), ["main.js", "--bundle", "--format=esm", "--outdir=out", "--log-level=warning"]);
  const { attribute } = await shownFrom(place, /task\.json: unbound-channel/);
  assert.equal(attribute, "vscode-vfs://github/owner/name/ true");
});
