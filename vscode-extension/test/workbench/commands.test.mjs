// The commands that make and change files, as somebody gives them: with the lists and dialogs of the workbench.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import test from "node:test";

import { shot, TASK_API, workbench } from "./desktop.mjs";
import { eventually } from "./parts.mjs";

const MISTAKEN = `{
  "name": 7,
  "image": "lungs:1",
  "taskTemplate": "segment",
  "imputs": [{ "name": "images", "input": { "host_path": "/data/images" } }],
  "outputs": [{ "name": "masks", "input": { "host_path": "/data/masks" } }],
}
`;

const title = (page) => page.locator(".quick-input-titlebar");
const choices = (page) => page.locator(".quick-input-list .monaco-list-row");
const line = (page) => page.locator(".quick-input-box input");

/** The dialog for a folder is a list as well, where there is no desktop. */
async function chooseFolder(page, path) {
  const entry = choices(page).getByText(basename(path), { exact: true });
  await entry.waitFor();
  await line(page).fill(`${path}/`);
  // It has gone there when the folder is no entry any more.
  await entry.waitFor({ state: "detached" });
  await page.locator(".quick-input-action, .quick-input-widget .monaco-button").getByText("OK").first().click();
}

test("files are made, migrated and mended on command", async () => {
  await workbench({ files: { "mistaken-task.json": MISTAKEN } }, async ({ page, folder, ask }) => {
    await ask("open", "task.json");

    // A container: the files of `task-api init`.
    await mkdir(join(folder, "Lung Finder"));
    await ask("start", "taskApi.newContainer");
    await chooseFolder(page, join(folder, "Lung Finder"));
    await title(page).getByText("New processing container", { exact: true }).waitFor();
    assert.equal(await line(page).inputValue(), "Lung Finder");
    await page.keyboard.press("Enter");
    await eventually("the container", async () => (await ask("active")).endsWith("Lung Finder/processing-container.json"));
    const other = join(folder, "../other");
    await mkdir(other);
    execFileSync(TASK_API, ["init", "--name", "Lung Finder"], { cwd: other });
    const made = await readdir(join(folder, "Lung Finder"));
    const names = ["Dockerfile", "processing-container.json", "run.sh", "task.json"];
    for (const name of names) {
      assert.ok(made.includes(name), `made ${made}`);
      const [own, wanted] = await Promise.all([join(folder, "Lung Finder", name), join(other, name)].map((path) => readFile(path, "utf8")));
      assert.equal(own, wanted, name);
    }
    // Not over files that are there.
    await ask("start", "taskApi.newContainer");
    await chooseFolder(page, join(folder, "Lung Finder"));
    await title(page).getByText("New processing container", { exact: true }).waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".notification-list-item", { hasText: "nothing was written" }).waitFor();

    // A task of a template, with one folder now and one later.
    await ask("start", "taskApi.newTask");
    await choices(page).filter({ hasText: "segment" }).click();
    await title(page).getByText("Input images").waitFor();
    await shot(page, "new-task");
    await choices(page).getByText("Choose a folder…").click();
    await chooseFolder(page, join(folder, "Lung Finder"));
    await title(page).getByText("Output masks").waitFor();
    await choices(page).getByText("Later").click();
    await eventually("the task", async () => (await ask("active")).endsWith("/segment-task.json"));
    const task = JSON.parse(await readFile(join(folder, "segment-task.json"), "utf8"));
    assert.deepEqual(task.inputs, [{ name: "images", input: { host_path: "./Lung Finder" } }]);
    assert.deepEqual(task.outputs, [{ name: "masks", input: { host_path: "./data/outputs/masks" } }]);
    execFileSync(TASK_API, ["validate", join(folder, "segment-task.json")]);

    // To the other version, and on.
    await ask("open", "segment-task.json");
    await ask("start", "taskApi.migrate");
    await choices(page).filter({ hasText: "version 1" }).click();
    await eventually("the other version", async () => (await ask("text", "segment-task.json")).includes('"api_version": 1'));
    assert.ok((await ask("text", "segment-task.json")).includes('"volume_source"'));

    // What is safe to mend: a comma too many, a number for a text, a misspelt field.
    await ask("open", "mistaken-task.json");
    await eventually("its problems", async () => (await ask("problems", "mistaken-task.json")).length === 3);
    await ask("execute", "taskApi.fixAll");
    await eventually("no problems", async () => (await ask("problems", "mistaken-task.json")).length === 0);
    const mended = MISTAKEN.replace("7", '"7"').replace("imputs", "inputs").replace("}],\n}", "}]\n}");
    assert.equal(await ask("text", "mistaken-task.json"), mended);

    // All problems of the workspace, in their list.
    await ask("execute", "taskApi.validateWorkspace");
    const problems = page.locator(".markers-panel .monaco-list-row");
    await problems.filter({ hasText: "task.json" }).first().waitFor();
    await problems.filter({ hasText: "must be a string, but is the number 7" }).waitFor();
    await shot(page, "problems");
  });
});
