// The pictures of the README, light and dark, into media/shots/: `npm run pictures`, with what the tests need. They run
// a task on the engine of this machine.

import { mkdir } from "node:fs/promises";
import { readFileSync } from "node:fs";

import sharp from "sharp";

import { TASK_API, workbench } from "./desktop.mjs";
import { buildImage, FILES as RUNS, removeImage } from "./engine.mjs";
import { eventually, webview } from "./parts.mjs";

const OUT = new URL("../../media/shots/", import.meta.url).pathname;
const example = (name) => readFileSync(new URL(`../../../examples/count-items/${name}`, import.meta.url), "utf8");

const TASK = `{
  "name": "write-items",
  "image": "task-api-example/count-items:1",
  "taskTemplate": "write-items",
  "inputs": [
    { "name": "notse", "input": { "host_path": "./data/notes" } }
  ],
  "outputs": [
    { "name": "items", "input": { "host_path": "./output/items" } }
  ],
  "env": [
    { "name": "LETTER_CASE", "value": "lowercase" },
    { "name": "MAXIMUM_LINES", "value": 50 }
  ]
}
`;

const FILES = {
  "processing-container.json": example("processing-container.json"),
  "write-items.task.json": TASK,
  "count-items.task.json": example("count-items.task.json"),
  "data/notes/garden/note.txt": "Tomatoes\n",
  ...Object.fromEntries(Object.entries(RUNS).filter(([name]) => !/refuse|wait/.test(name)).map(([name, text]) => [name.replace("runs/", "copies/"), text])),
};

const SETTINGS = {
  "taskApi.server.path": TASK_API,
  "editor.minimap.enabled": false,
  "workbench.layoutControl.enabled": false,
  "window.commandCenter": false,
  "breadcrumbs.enabled": false,
  "workbench.tips.enabled": false,
  "remote.autoForwardPorts": false,
  "files.exclude": { "result.json": true },
  // The names of temporary folders.
  "[task-api-task]": { "editor.inlayHints.enabled": "off" },
  "taskApi.rules": { "relative-host-path": "off" },
};

async function pictures(kind, theme) {
  const settings = { ...SETTINGS, "workbench.colorTheme": theme };
  await workbench({ settings, files: FILES, only: true, size: { width: 1120, height: 660 } }, async ({ page, ask }) => {
    const picture = async (name) => {
      await page.mouse.move(700, 5);
      // A palette is enough for letters and lines, and a third of the size.
      await sharp(await page.screenshot()).png({ palette: true, colours: 128, dither: 0, effort: 10 }).toFile(`${OUT}${name}-${kind}.png`);
    };
    const close = async () => {
      await ask("execute", "notifications.clearAll");
      await ask("execute", "workbench.action.closePanel");
      await ask("execute", "workbench.action.closeAllEditors");
    };

    // Problems, and the fixes of one.
    await ask("open", "write-items.task.json");
    await eventually("the problems", async () => (await ask("problems", "write-items.task.json")).length >= 3);
    await page.locator(".codelens-decoration").getByText("Run", { exact: true }).waitFor();
    await ask("execute", "workbench.actions.view.problems");
    await ask("select", "write-items.task.json", '"notse"', 3);
    await ask("execute", "editor.action.quickFix");
    await page.locator(".action-widget").waitFor();
    await picture("problems");
    await page.keyboard.press("Escape");
    await close();

    // Completion from the container, with what it says of a template.
    await ask("replace", "write-items.task.json", '"taskTemplate": "write-items"', '"taskTemplate": ""');
    await ask("open", "write-items.task.json");
    await ask("select", "write-items.task.json", '"taskTemplate": ""', 17);
    await ask("execute", "workbench.action.toggleSidebarVisibility");
    await ask("execute", "editor.action.triggerSuggest");
    await page.locator(".suggest-widget.visible .monaco-list-row").first().waitFor();
    await ask("execute", "toggleSuggestionDetails");
    await page.locator(".suggest-details").waitFor();
    await picture("completion");
    await page.keyboard.press("Escape");
    await ask("replace", "write-items.task.json", '"taskTemplate": ""', '"taskTemplate": "write-items"');
    await ask("replace", "write-items.task.json", '"notse"', '"notes"');
    await ask("replace", "write-items.task.json", "lowercase", "lower");
    await ask("replace", "write-items.task.json", "50", '"50"');

    // The builder beside the text.
    await ask("execute", "taskApi.openInBuilder");
    const frame = await webview(page, "task-api-form");
    const field = frame.locator('task-api-field[data-field="env/LETTER_CASE"]');
    await field.waitFor();
    await field.evaluate((element) => element.scrollIntoView({ block: "center" }));
    await picture("builder");
    await ask("execute", "workbench.action.toggleSidebarVisibility");
    await ask("execute", "workbench.action.files.saveAll");
    await close();

    // A run.
    await ask("open", "copies/copy-task.json");
    await ask("start", "taskApi.run");
    await page.locator(".codelens-decoration").getByText("Last run: done").waitFor({ timeout: 60_000 });
    await page.locator(".notification-list-item", { hasText: "is done" }).waitFor();
    await picture("run");
    await close();

    // What there is.
    await ask("open", "processing-container.json");
    await page.getByRole("button", { name: "Explorer Section: lungs" }).click();
    await page.getByRole("button", { name: "Task API Section" }).click();
    await page.locator(".pane:has([aria-label='Task API Section']) .monaco-list-row", { hasText: "done" }).waitFor();
    await picture("view");
  });
}

await mkdir(OUT, { recursive: true });
await buildImage();
try {
  await pictures("light", "Default Light Modern");
  await pictures("dark", "Default Dark Modern");
} finally {
  removeImage();
}
