// VS Code with a Node extension host (code-server), the packed extension installed, and a driver within.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { checkSteps, eventually, FILES, freePort, launch, writeFiles } from "./parts.mjs";

export const { CODE_SERVER, VSIX, TASK_API, SHOTS } = process.env;
const SIZE = { width: 1280, height: 860 };
const DRIVER = resolve(import.meta.dirname, "driver");

/** A picture, if somebody wants some. */
export async function shot(page, name) {
  if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/**
 * `tests` are those that the driver is to make first; `files` come besides those of parts.mjs, or in their place if they
 * are `only` these. Without the extension, if it is not `installed`, there is VS Code as it comes.
 */
export async function workbench({ settings = {}, tests = "", files = {}, only = false, installed = true, size = SIZE }, look) {
  const home = await mkdtemp(join(tmpdir(), "task-api-vscode-"));
  const folder = join(home, "lungs");
  await writeFiles(folder, only ? files : { ...FILES, ...files });
  const all = {
    "files.autoSave": "off",
    "files.hotExit": "off",
    "workbench.startupEditor": "none",
    "extensions.autoUpdate": false,
    "security.workspace.trust.enabled": false,
    // Looked for by a program that is not there, and waited for before each task.
    "npm.autoDetect": "off",
    "typescript.tsc.autoDetect": "off",
    ...settings,
  };
  // The far side of a window has settings of its own for what is of a machine, such as where a program is.
  for (const level of ["User", "Machine"]) {
    await mkdir(join(home, "data", level), { recursive: true });
    await writeFile(join(home, "data", level, "settings.json"), JSON.stringify(all));
  }
  const places = ["--server-data-dir", home, "--user-data-dir", join(home, "data"), "--extensions-dir", join(home, "exts")];
  // Nothing of this machine's PATH but Node is found.
  const env = { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}', TASK_API_TESTS: tests };
  const common = { cwd: CODE_SERVER, env };
  const main = join(CODE_SERVER, "out/server-main.js");
  if (installed) {
    const done = spawnSync("node", [main, "--accept-server-license-terms", ...places, "--install-extension", VSIX], common);
    assert.equal(done.status, 0, String(done.stderr));
  }
  const port = await freePort();
  const words = ["--host", "127.0.0.1", "--port", String(port), "--without-connection-token", "--accept-server-license-terms"];
  const server = spawn("node", [main, ...words, "--telemetry-level", "off", ...places], { ...common, stdio: "ignore" });
  const browser = await launch();
  const said = [];
  try {
    const page = await browser.newPage({ viewport: size });
    const far = `vscode-remote://127.0.0.1:${port}`;
    const payload = [["extensionDevelopmentPath", `${far}${DRIVER}`], ["extensionTestsPath", `${far}${DRIVER}/tests.js`]];
    const query = `folder=${folder}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
    await eventually("the server", async () => (await fetch(`http://127.0.0.1:${port}/version`)).ok);
    await page.goto(`http://127.0.0.1:${port}/?${query}`);
    page.on("console", (message) => said.push(message.text()));
    const result = await eventually("the result", async () => JSON.parse(await readFile(join(folder, "result.json"), "utf8")), 150_000);
    checkSteps(assert, result.steps);
    await look({ page, folder, ask: (...words) => ask(result.port, words) });
  } catch (error) {
    if (SHOTS) await browser.contexts()[0]?.pages()[0]?.screenshot({ path: join(SHOTS, "failed.png") });
    console.log(said.slice(-30).join("\n"));
    throw error;
  } finally {
    await browser.close();
    server.kill();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Something of the driver, see its REQUESTS. */
async function ask(port, words) {
  const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: JSON.stringify(words) });
  const { value, error } = await response.json();
  if (error) throw new Error(error);
  return value;
}

/** How many milliseconds VS Code waited for the extension, as it says itself: its code, and its `activate`. */
export async function activation(page, ask) {
  // Only rows that are in sight are in the page.
  await page.setViewportSize({ width: SIZE.width, height: 3 * SIZE.height });
  await ask("execute", "workbench.action.showRuntimeExtensions");
  const row = page.locator(".runtime-extensions-editor .monaco-list-row", { hasText: "Task API" });
  const words = await row.locator(".activation-time").innerText();
  return Number(/(\d+)ms/.exec(words)?.[1]);
}
