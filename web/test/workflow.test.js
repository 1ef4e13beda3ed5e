// Tasks and what goes from one to the next, drawn.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { launch, open } from "./browser.js";
import { DIST, paste, SEGMENTATION, status, tab } from "./pages.js";
import { serve } from "./server.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let server;
let browser;

before(async () => {
  server = await serve(DIST);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

function flow(name, options, act) {
  test(name, async () => {
    const opened = await open(browser, server.address, options);
    opened.page.setDefaultTimeout(10_000);
    await opened.page.locator("[data-example=workflow]").click();
    await task(opened.page, 3).waitFor();
    await act(opened);
    assert.deepEqual(opened.complaints, []);
    assert.deepEqual(opened.foreign, []);
    await opened.context.close();
  });
}

const task = (page, index) => page.locator(`task-api-workflow [data-task="tasks/${index}"]`);
const workflow = async (page) => JSON.parse(await page.evaluate(() => document.querySelector("task-api-builder").value));
const says = (page, words) => page.waitForFunction((words) => document.querySelector("task-api-builder").value.includes(words), words);

async function violations(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${JSON.stringify(target)} ${failureSummary}`));
}

flow("the order of a workflow can be seen, and tasks stand in it from left to right", {}, async ({ page }) => {
  const steps = await page.locator("task-api-workflow .step").evaluateAll((all) => all.map((one) => /\d+/u.exec(one.textContent)[0]));
  assert.deepEqual(steps, ["1", "2", "2", "3"]);
  const lefts = [];
  for (const index of [0, 1, 3]) lefts.push((await task(page, index).boundingBox()).x);
  assert.ok(lefts[0] < lefts[1] && lefts[1] < lefts[2], lefts.join());
  await status(page, /Valid/u);
});

flow("a channel is connected by dragging it, and one undo takes that back", { viewport: { width: 1800, height: 900 } }, async ({ page }) => {
  const before = await workflow(page);
  const from = await task(page, 0).locator("[data-output=images] .dot").boundingBox();
  const to = await task(page, 3).locator("[data-input=hearts]").boundingBox();
  await page.mouse.move(from.x + 5, from.y + 5);
  await page.mouse.down();
  await page.mouse.move(to.x - 60, to.y + 40, { steps: 5 });
  await page.locator("task-api-workflow .line.drag").waitFor({ state: "attached" });
  await page.mouse.move(to.x + 20, to.y + 10, { steps: 5 });
  await page.mouse.up();
  await page.waitForFunction(() => JSON.parse(document.querySelector("task-api-builder").value).tasks[3].iochannel_maps.some((map) => map.upstream_operator === "select"));
  const maps = (await workflow(page)).tasks[3].iochannel_maps;
  assert.deepEqual(maps.map(({ upstream_operator: task, input_channel: input }) => [task, input]), [["lungs", "lungs"], ["select", "hearts"]]);
  await page.keyboard.press("Control+z");
  await page.waitForFunction((text) => JSON.stringify(JSON.parse(document.querySelector("task-api-builder").value)) === text, JSON.stringify(before));
});

flow("the same goes by keyboard", {}, async ({ page }) => {
  await task(page, 0).locator("[data-output=images]").focus();
  await page.keyboard.press("Enter");
  await page.locator("task-api-workflow .notice", { hasText: "Choose the input that images feeds" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator("task-api-workflow .notice").waitFor({ state: "detached" });
  await page.keyboard.press("Enter");
  await task(page, 3).locator("[data-input=lungs]").focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => JSON.parse(document.querySelector("task-api-builder").value).tasks[3].iochannel_maps.some((map) => map.upstream_operator === "select" && map.input_channel === "lungs"));
  await task(page, 3).locator(".title").focus();
  await page.keyboard.press("Delete");
  await task(page, 3).waitFor({ state: "detached" });
  assert.equal((await workflow(page)).tasks.length, 3);
});

flow("a task that is chosen can be changed, and its name changes everywhere", {}, async ({ page }) => {
  await task(page, 1).locator(".title").click();
  const panel = page.locator("task-api-workflow-panel");
  await panel.locator('wa-input[data-field="tasks/1/task_id"] input').fill("both-lungs");
  await says(page, '"upstream_operator": "both-lungs"');
  await panel.locator('wa-input[data-field="tasks/1/image"] input').fill("organs:2");
  await says(page, '"organs:2"');
  const value = await workflow(page);
  assert.deepEqual([value.tasks[1].task_id, value.tasks[3].iochannel_maps[0].upstream_operator], ["both-lungs", "both-lungs"]);
  await panel.getByRole("button", { name: /^Remove select: images/u }).click();
  await page.locator("footer .verdict", { hasText: /error|warning/u }).waitFor();
  await panel.locator('wa-input[data-source="images"] input').fill("./images");
  await page.keyboard.press("Tab");
  await says(page, '"./images"');
  await page.locator("task-api-workflow .source", { hasText: "./images" }).waitFor();
});

flow("a cycle and a misspelt channel are marked where they are", {}, async ({ page }) => {
  await page.locator("task-api-workflow-bench task-api-editor").evaluate((editor) => {
    const find = (text) => editor.value.indexOf(text);
    const at = find('"upstream_output_channel": "masks"');
    editor.goTo(at, at + '"upstream_output_channel": "masks"'.length);
  });
  await page.keyboard.insertText('"upstream_output_channel": "msaks"');
  await task(page, 1).locator(".port.unknown", { hasText: "msaks" }).waitFor();
  await page.locator("task-api-workflow .line.error").first().waitFor({ state: "attached" });
  await tab(page, /Problems/u).click();
  const fix = page.locator("task-api-problems .fix button", { hasText: "masks" });
  await fix.first().click();
  await status(page, /Valid/u);
  await task(page, 0).locator(".title").click();
  await page.locator("task-api-workflow-panel wa-select").click();
  await page.locator("task-api-workflow-panel wa-option", { hasText: "measure" }).click();
  await page.locator("task-api-workflow .step.never").first().waitFor();
  await status(page, /error/u);
});

flow("with a container file, tasks of its templates are added", {}, async ({ page }) => {
  await page.evaluate((content) => {
    const data = new DataTransfer();
    data.items.add(new File([content], "organs.json", { type: "application/json" }));
    document.querySelector("task-api-builder").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, SEGMENTATION);
  await page.getByText("1 container file").waitFor();
  const select = page.locator("task-api-workflow .adder select");
  await select.selectOption("segment");
  await task(page, 4).locator("[data-input=atlas]").waitFor();
  assert.equal((await workflow(page)).tasks[4].task_id, "segment");
});

flow("the picture is an SVG of its own", {}, async ({ page }) => {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Picture" }).click()]);
  assert.equal(download.suggestedFilename(), "heart-and-lungs.svg");
  const svg = readFileSync(await download.path(), "utf8");
  const count = await page.evaluate((svg) => {
    const { documentElement: root } = new DOMParser().parseFromString(svg, "image/svg+xml");
    return [root.nodeName, root.querySelectorAll("rect").length, root.querySelectorAll(":scope > path").length];
  }, svg);
  assert.deepEqual(count, ["svg", 5, 5]);
});

flow("a draft of a workflow is there after a reload", {}, async ({ page }) => {
  await task(page, 0).locator(".title").click();
  await page.locator('task-api-workflow-panel wa-input[data-field="tasks/0/task_id"] input').fill("choose");
  await says(page, '"choose"');
  await page.locator("footer", { hasText: "Saved in this browser" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: /heart-and-lungs/u }).first().click();
  await task(page, 0).filter({ hasText: "choose" }).waitFor();
});

for (const [name, options] of [["wide", {}], ["at 360 px", { viewport: { width: 360, height: 740 } }], ["dark", { colorScheme: "dark" }]]) {
  flow(`axe finds nothing: ${name}`, options, async ({ page }) => {
    await task(page, 3).locator(".title").click();
    await page.locator("task-api-workflow-panel").waitFor();
    assert.deepEqual(await violations(page), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
  });
}

test("a workflow of a thousand tasks is laid out", async () => {
  const tasks = Array.from({ length: 1000 }, (_, index) => ({
    task_id: `t${index}`,
    image: "a:1",
    taskTemplate: "x",
    iochannel_maps: index < 10 ? [] : [{ upstream_operator: `t${index - 10}`, upstream_output_channel: "o", input_channel: "i" }],
  }));
  const { page, context, complaints } = await open(browser, server.address);
  page.setDefaultTimeout(60_000);
  await paste(page, JSON.stringify({ name: "large", tasks }));
  await task(page, 999).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});
