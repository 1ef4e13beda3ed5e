// What the program does for the extension, on the engine of this machine: runs in a terminal, followed, cancelled,
// stopped and listed; and the lens, the status bar and the view that say how they ended.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import test, { after, before } from "node:test";

import { shot, TASK_API, workbench } from "./desktop.mjs";
import { buildImage, containers, FILES, removeImage } from "./engine.mjs";
import { eventually } from "./parts.mjs";

before(buildImage);
after(removeImage);

/** What is on the disk, by what the task is called. */
async function records(folder) {
  const names = (await readdir(folder)).filter((name) => name.startsWith("task_run-"));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return texts.map((text) => JSON.parse(text)).filter((record) => record.id);
}

const recordOf = (folder, name, state) =>
  eventually(`a record of ${name} that is ${state}`, async () =>
    (await records(folder)).find((record) => record.taskInstance.name === name && record.state === state),
  );

const status = (page) => page.locator('[id="task-api.task-api.taskApi.run"]');
const lens = (page, text) => page.locator(".codelens-decoration").getByText(text);
const notification = (page, text) => page.locator(".notification-list-item", { hasText: text });

test("tasks are run, cancelled, stopped, listed and looked at", async () => {
  const settings = { "taskApi.server.path": TASK_API };
  await workbench({ settings, files: FILES }, async ({ page, folder, ask }) => {
    // A run: live output, the record, the lens, the status bar, and its outputs.
    await ask("open", "runs/copy-task.json");
    await ask("start", "taskApi.run");
    await eventually("the output in the terminal", async () => (await ask("terminals")).includes("all copied"));
    const done = await recordOf(folder, "copy", "exited");
    assert.equal(done.exitCode, 0);
    assert.equal(await readFile(join(folder, "runs/out-copy/first/note.txt"), "utf8"), "a note\n");
    await lens(page, "Last run: done").waitFor({ timeout: 30_000 });
    await status(page).getByText("copy").waitFor();
    assert.match(await status(page).innerText(), /copy: done/);
    await notification(page, "runs/copy-task.json is done.").getByText("Open Outputs").click();
    await page.locator(".explorer-folders-view .monaco-list-row.focused", { hasText: "out-copy" }).waitFor({ timeout: 20_000 });
    await shot(page, "run-done");

    // The lens leads to the record.
    await ask("open", "runs/copy-task.json");
    await lens(page, "Last run").click();
    await eventually("the record", async () => (await ask("active")).endsWith(`task_run-${done.id}.json`));

    // One that fails.
    await ask("open", "runs/refuse-task.json");
    await ask("start", "taskApi.run");
    assert.equal((await recordOf(folder, "refuse", "exited")).exitCode, 4);
    await lens(page, "Last run: exit code 4").waitFor({ timeout: 30_000 });
    await eventually("the words of the failure", async () => (await ask("terminals")).includes("refused"));

    // One that is cancelled while it runs.
    await ask("open", "runs/wait-task.json");
    await ask("start", "taskApi.run");
    await eventually("live output", async () => (await ask("terminals")).includes("waiting"));
    await recordOf(folder, "wait", "running");
    assert.ok(containers().includes("running"));
    await lens(page, "Last run: running").waitFor({ timeout: 30_000 });
    await shot(page, "run-running");
    await notification(page, "Running runs/wait-task.json").getByText("Cancel").click();
    assert.equal((await recordOf(folder, "wait", "exited")).exitCode, 7);
    assert.ok(!containers().includes("running"), "the container has ended with the run");
    await lens(page, "Last run: exit code 7").waitFor({ timeout: 30_000 });

    // One that is stopped by its name.
    await ask("start", "taskApi.run");
    await lens(page, "Last run: running").waitFor({ timeout: 30_000 });
    await ask("start", "taskApi.stopRun");
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "wait" }).click();
    await notification(page, "wait was stopped.").waitFor({ timeout: 30_000 });
    await eventually("the container has ended", async () => !containers().includes("running"));
    await lens(page, "Last run: exit code 7").waitFor({ timeout: 30_000 });

    // All of them.
    await ask("start", "taskApi.showRuns");
    await eventually("the list", async () => (await ask("terminals")).includes(done.id));

    // What it would come to, and what would run.
    await ask("open", "runs/copy-task.json");
    await ask("start", "taskApi.estimate");
    await eventually("the estimate", async () => /== estimate[^]*notes[^]*1 file/.test(await ask("terminals")));
    await ask("open", "runs/copy-task.json");
    await ask("execute", "taskApi.resolve");
    const resolved = await eventually("the resolved task", async () => JSON.parse(await ask("activeText")));
    assert.deepEqual(resolved.command, ["sh", "-c", "/bin/busybox cp -r /data/notes/. /data/copies/ && echo all copied"]);
    assert.equal(await ask("activeLanguage"), "json");
    await shot(page, "resolved");

    // The view knows the containers, their templates, the tasks and the runs.
    await ask("execute", "workbench.action.closeAllEditors");
    await page.getByRole("button", { name: "Explorer Section: lungs" }).click();
    await page.getByRole("button", { name: "Task API Section" }).click();
    const rows = page.locator(".pane:has([aria-label='Task API Section']) .monaco-list-row");
    const wanted = [
      "1 lungs",
      "2 segment",
      "3 {{ env.STUDY }}b-task.json · 1 warning",
      "3 task.jsontask.json · 1 error",
      "1 shell",
      "2 copy",
      "3 copycopy-task.json",
      "2 refuse",
      "3 refuserefuse-task.json",
      "2 wait",
      "3 waitwait-task.json",
      "1 Runs",
      "2 waitexit code 7",
      "2 waitexit code 7",
      "2 refuseexit code 4",
      "2 copydone",
    ];
    let shown;
    await eventually(() => `${wanted.join("\n")}\nin\n${shown?.join("\n")}`, async () => {
      shown = await rows.evaluateAll((all) =>
        all
          .sort((one, other) => one.dataset.index - other.dataset.index)
          .map((row) => `${row.ariaLevel} ${row.querySelector(".monaco-icon-label-container").innerText.replaceAll("\n", "")}`),
      );
      return shown.join("\n").replace(/done in .*$/, "done") === wanted.join("\n");
    }, 20_000);
    await shot(page, "view");
  });
});
