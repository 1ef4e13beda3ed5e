// The packed extension in VS Code with a Node extension host (code-server), with the server within the extension and
// with the native one. CODE_SERVER names the server's folder, VSIX the package, TASK_API the program.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";

import { activation, shot, TASK_API, workbench } from "./desktop.mjs";
import { MISTAKEN_FILES, MISTAKES } from "./mistakes.mjs";
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

test("both servers say the same of ten mistaken files", async () => {
  const said = [];
  for (const settings of [{}, { "taskApi.server.path": TASK_API }]) {
    await workbench({ settings, files: MISTAKEN_FILES, only: true }, async ({ page, ask, folder }) => {
      await ask("open", MISTAKES[0].file);
      const all = {};
      for (const { file } of MISTAKES) {
        await eventually(`problems of ${file}`, async () => (await ask("diagnostics", file)).length > 0);
        all[file] = JSON.parse(JSON.stringify(await ask("diagnostics", file)).replaceAll(folder, "FOLDER"));
      }
      // Only the program runs tasks.
      if (said.length > 0) await page.locator(".codelens-decoration").getByText("Run", { exact: true }).waitFor();
      said.push(all);
    });
  }
  assert.deepEqual(said[0], said[1]);
});

test("a task that validates says nothing twice, and of closed files what nobody else says", async () => {
  await workbench({ settings: { "taskApi.server.path": TASK_API } }, async ({ ask }) => {
    const shown = async () => [await ask("diagnostics", "task.json"), await ask("diagnostics", "b-task.json")];
    await ask("open", "task.json");
    await eventually("problems of both", async () => (await shown()).every((all) => all.length > 0));
    const before = await shown();
    assert.equal(await ask("task", "task-api", "validate"), 1);
    assert.deepEqual(await shown(), before);

    await ask("configure", "taskApi.diagnostics.scope", "open");
    await eventually("nothing of the closed file", async () => (await shown())[1].length === 0);
    assert.equal(await ask("task", "task-api", "validate"), 1);
    await eventually("what the task has found in it", async () => (await shown())[1].length === before[1].length);
    assert.deepEqual((await shown())[0], before[0]);
  });
});

test("it is active for its own files, and for no others", async () => {
  const files = { "package.json": "{}", "data/other.json": "{ \"name\": 7 }", Dockerfile: "FROM scratch\n", "notes.md": "notes" };
  await workbench({ files, only: true }, async ({ page, ask, folder }) => {
    for (const name of Object.keys(files)) await ask("open", name);
    assert.equal(await ask("isActive"), false);
    await writeFile(join(folder, "task.json"), "{}");
    await ask("open", "task.json");
    await eventually("it is active", () => ask("isActive"));
    const time = await activation(page, ask);
    console.log(`activated in ${time} ms`);
    assert.ok(time >= 0 && time <= 50, `${time} ms`);
  });
});
