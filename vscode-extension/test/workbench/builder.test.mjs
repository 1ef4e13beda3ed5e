// The builder beside the text: what is filled in there is in the document, what is written in the document is there, and
// the history is VS Code's.

import assert from "node:assert/strict";
import test from "node:test";

import { shot, workbench } from "./desktop.mjs";
import { eventually, webview } from "./parts.mjs";

const field = (frame, id) => frame.locator(`task-api-field[data-field="${id}"]`).locator("wa-input, wa-textarea").first();

test("form and text are two views of one document", async () => {
  await workbench({}, async ({ page, ask }) => {
    await ask("open", "b-task.json");
    await ask("execute", "taskApi.openInBuilder");
    const frame = await webview(page, "task-api-form");
    const name = field(frame, "name").locator("input");
    await name.waitFor({ timeout: 30_000 });
    assert.deepEqual(await ask("editors"), ["b-task.json text", "b-task.json taskApi.builder"]);
    // What the template describes is there, so the container was found.
    await frame.getByText("Writes one mask for each volume.").waitFor();
    await shot(page, "builder");

    const before = await ask("text", "b-task.json");
    await name.fill("filled in");
    const text = await eventually("the name in the document", async () => {
      const text = await ask("text", "b-task.json");
      return text !== before && text;
    });
    assert.equal(text, before.replace("{{ env.STUDY }}", "filled in"), "nothing else was touched");
    assert.equal(await ask("isDirty", "b-task.json"), true);

    await ask("replace", "b-task.json", '"filled in"', '"written"');
    await eventually("the name in the form", async () => (await name.inputValue()) === "written");
    assert.ok(await name.evaluate((input) => input.getRootNode().activeElement === input), "the focus stays");

    // What is typed without a rest is one step, and the steps are those of the document.
    await name.fill("");
    await name.pressSequentially("typed");
    await page.keyboard.press("Control+z");
    await eventually("the step back", async () => (await ask("text", "b-task.json")).includes('"written"'));
    await eventually("the step back in the form", async () => (await name.inputValue()) === "written");
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+z");
    await eventually("all steps back", async () => (await ask("text", "b-task.json")) === before);
    await eventually("all steps back in the form", async () => (await name.inputValue()) === "{{ env.STUDY }}");
    await page.keyboard.press("Control+y");
    await eventually("a step on", async () => (await ask("text", "b-task.json")).includes('"filled in"'));
    await page.keyboard.press("Control+s");
    await eventually("the file is saved", async () => !(await ask("isDirty", "b-task.json")));

    // The container counts as it is in its editor, unsaved.
    await ask("replace", "processing-container.json", "Writes one mask for each volume.", "Writes masks.");
    await frame.getByText("Writes masks.").waitFor();
    // A task that is broken by hand keeps its form.
    await ask("replace", "b-task.json", '"image":', '"image"');
    await frame.getByText("The text has an error at line 3").waitFor();
    await ask("replace", "b-task.json", '"image"', '"image":');
    await frame.getByText("The text has an error at line 3").waitFor({ state: "detached" });

    await frame.getByRole("tab", { name: "What will run" }).click();
    await frame.getByText("docker run", { exact: true }).waitFor();
    await shot(page, "builder-run");
  });
});
