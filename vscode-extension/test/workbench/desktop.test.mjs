// The packed extension in VS Code with a Node extension host (code-server), with the server within the extension and
// with the native one. CODE_SERVER names the server's folder, VSIX the package, TASK_API the program.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";

import { shot, TASK_API, workbench } from "./desktop.mjs";
import { eventually } from "./parts.mjs";

test("with the server within the extension", async () => {
  await workbench({ tests: "checks" }, async ({ page }) => {
    await page.locator(".squiggly-error").first().waitFor({ timeout: 20_000 });
    await shot(page, "desktop");
  });
});

test("with the program task-api, also when it is killed", async () => {
  // Under a name of its own, so that it is found among the processes of this machine.
  const own = await mkdtemp(join(tmpdir(), "task-api-program-"));
  const program = join(own, "task-api");
  await copyFile(TASK_API, program);
  const running = () => String(spawnSync("pgrep", ["-f", `^${program} lsp`]).stdout).trim();
  await workbench({ tests: "checks", settings: { "taskApi.server.path": program } }, async ({ page }) => {
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
  await workbench({ tests: "checks", settings: { ...untrusted, "taskApi.server.path": TASK_API } }, async ({ page }) => {
    await page.getByText("Restricted Mode").first().waitFor({ timeout: 20_000 });
    await page.locator(".squiggly-error").first().waitFor({ timeout: 20_000 });
    assert.equal(await page.locator(".codelens-decoration").getByText("Run", { exact: true }).count(), 0);
  });
});

test("another program is taken at once, and nothing is said of it", async () => {
  await workbench({}, async ({ page, ask }) => {
    const run = page.locator(".codelens-decoration").getByText("Run", { exact: true });
    await ask("open", "b-task.json");
    await page.locator(".codelens-decoration").getByText("Validate").waitFor({ timeout: 20_000 });
    assert.equal(await run.count(), 0);
    await ask("configure", "taskApi.server.path", TASK_API);
    await run.waitFor({ timeout: 20_000 });
    await ask("configure", "taskApi.server.path", null);
    await run.waitFor({ state: "detached", timeout: 20_000 });
    assert.deepEqual(await page.locator(".notification-list-item").allInnerTexts(), []);
  });
});
