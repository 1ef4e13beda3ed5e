// The packed extension in VS Code with a Node extension host (code-server), with the server within the extension and
// with the native one. CODE_SERVER names the server's folder, VSIX the package, TASK_API the program.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import test from "node:test";

import { checkSteps, eventually, freePort, launch, writeFiles } from "./parts.mjs";

const { CODE_SERVER, VSIX, TASK_API, SHOTS } = process.env;
const DRIVER = resolve(import.meta.dirname, "driver");

async function workbench(settings, look) {
  const home = await mkdtemp(join(tmpdir(), "task-api-vscode-"));
  const folder = join(home, "lungs");
  await writeFiles(folder);
  await mkdir(join(home, "data/User"), { recursive: true });
  const all = {
    "files.autoSave": "off",
    "files.hotExit": "off",
    "workbench.startupEditor": "none",
    "extensions.autoUpdate": false,
    "security.workspace.trust.enabled": false,
    ...settings,
  };
  await writeFile(join(home, "data/User/settings.json"), JSON.stringify(all));
  const places = ["--server-data-dir", home, "--user-data-dir", join(home, "data"), "--extensions-dir", join(home, "exts")];
  // Nothing of this machine's PATH but Node is found.
  const env = { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}' };
  const common = { cwd: CODE_SERVER, env };
  const main = join(CODE_SERVER, "out/server-main.js");
  const installed = spawnSync("node", [main, "--accept-server-license-terms", ...places, "--install-extension", VSIX], common);
  assert.equal(installed.status, 0, String(installed.stderr));
  const port = await freePort();
  const words = ["--host", "127.0.0.1", "--port", String(port), "--without-connection-token", "--accept-server-license-terms"];
  const server = spawn("node", [main, ...words, "--telemetry-level", "off", ...places], { ...common, stdio: "ignore" });
  const browser = await launch();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    const far = `vscode-remote://127.0.0.1:${port}`;
    const payload = [["extensionDevelopmentPath", `${far}${DRIVER}`], ["extensionTestsPath", `${far}${DRIVER}/tests.js`]];
    const query = `folder=${folder}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
    await eventually("the server", async () => (await fetch(`http://127.0.0.1:${port}/version`)).ok);
    await page.goto(`http://127.0.0.1:${port}/?${query}`);
    const result = await eventually("the result", async () => JSON.parse(await readFile(join(folder, "result.json"), "utf8")), 150_000).catch(
      async (error) => {
        if (SHOTS) await page.screenshot({ path: join(SHOTS, "failed.png") });
        throw error;
      },
    );
    checkSteps(assert, result);
    await look(page, folder);
  } finally {
    await browser.close();
    server.kill();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

test("with the server within the extension", async () => {
  await workbench({}, async (page) => {
    await page.locator(".squiggly-error").first().waitFor({ timeout: 20_000 });
    if (SHOTS) await page.screenshot({ path: join(SHOTS, "desktop.png") });
  });
});

test("with the program task-api, also when it is killed", async () => {
  // Under a name of its own, so that it is found among the processes of this machine.
  const own = await mkdtemp(join(tmpdir(), "task-api-program-"));
  const program = join(own, "task-api");
  await copyFile(TASK_API, program);
  const running = () => String(spawnSync("pgrep", ["-f", `^${program} lsp`]).stdout).trim();
  await workbench({ "taskApi.server.path": program }, async (page) => {
    await page.locator(".squiggly-error").first().waitFor({ timeout: 20_000 });
    const before = running();
    assert.match(before, /^\d+$/);
    process.kill(Number(before), "SIGKILL");
    await eventually("another process", async () => running() !== "" && running() !== before);
    await page.locator(".squiggly-error").first().waitFor({ timeout: 20_000 });
    await page.getByText("Run", { exact: true }).first().waitFor({ timeout: 20_000 });
  });
  await rm(own, { recursive: true });
});

test("in a folder that nobody trusts, files are checked and no program is started", async () => {
  const untrusted = { "security.workspace.trust.enabled": true, "security.workspace.trust.startupPrompt": "never" };
  await workbench({ ...untrusted, "taskApi.server.path": TASK_API }, async (page) => {
    await page.getByText("Restricted Mode").first().waitFor({ timeout: 20_000 });
    await page.locator(".squiggly-error").first().waitFor({ timeout: 20_000 });
    assert.equal(await page.locator(".codelens-decoration").getByText("Run", { exact: true }).count(), 0);
  });
});
