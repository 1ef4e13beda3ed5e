// From a container to a task that runs, as its users go there.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { launch, open } from "./browser.js";
import { DIST, edit, field, fillIn, HELLO, input, openExample, paste, SEGMENTATION, status, tab, text } from "./pages.js";
import { serve } from "./server.js";

const BINARY = fileURLToPath(new URL("../../target/debug/task-api", import.meta.url));

let server;
let browser;
let directory;

before(async () => {
  directory = mkdtempSync(join(tmpdir(), "task-api-web-"));
  server = await serve(DIST, { "/given.json": SEGMENTATION });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
  rmSync(directory, { recursive: true });
});

/** A test with a page of its own, which must not complain, nor ask others for anything. */
function flow(name, start, act) {
  test(name, async () => {
    const opened = await start();
    opened.page.setDefaultTimeout(10_000);
    await act(opened);
    assert.deepEqual(opened.complaints, []);
    assert.deepEqual(opened.foreign, []);
    await opened.context.close();
  });
}

const segmentation = (options) => () => openExample(browser, server.address, options);

/** What the native binary says of a task and its container. */
function validates(task, container) {
  const [taskFile, containerFile] = [join(directory, "task.json"), join(directory, "processing-container.json")];
  writeFileSync(taskFile, task);
  writeFileSync(containerFile, container);
  execFileSync(BINARY, ["validate", taskFile, "--container", containerFile, "--deny-warnings"], { encoding: "utf8" });
}

flow("a filled form is a task that the binary accepts and would run", segmentation(), async ({ page }) => {
  await status(page, /still missing/u);
  await fillIn(page);
  await field(page, "env/MODEL").getByRole("radio", { name: "full", exact: true }).click();
  await input(page, "env/THRESHOLD").fill("0.7");
  await field(page, "env/KEEP_LARGEST_COMPONENT").locator("wa-switch").click();
  await page.waitForFunction(() => document.querySelector("task-api-builder").value.includes('"0.7"'));
  await status(page, /Valid/u);

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download", exact: true }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "task.json");
  const task = readFileSync(await download.path(), "utf8");
  assert.equal(task, await text(page));
  const value = JSON.parse(task);
  assert.equal(value.name, "segment-study-7");
  const env = Object.fromEntries(value.env.map(({ name, value }) => [name, value]));
  assert.deepEqual(env, { MODEL: "full", THRESHOLD: "0.7", KEEP_LARGEST_COMPONENT: "false" });
  validates(task, SEGMENTATION);
  const plan = execFileSync(BINARY, ["resolve", join(directory, "task.json"), "--container", join(directory, "processing-container.json")], { encoding: "utf8" });
  assert.match(plan, /segmentations/u);
});

flow("the example of the guide gives a form, and the form a valid task", segmentation({ example: "hello", template: null }), async ({ page }) => {
  await input(page, "image").fill("kaapana/example:latest");
  await input(page, "outputs/channel1/host_path").fill("./one");
  await input(page, "outputs/channel2/host_path").fill("./two");
  await input(page, "env/TIME_SLEEP").fill("7");
  await status(page, /Valid/u);
  await page.waitForFunction(() => document.querySelector("task-api-builder").value.includes('"7"'));
  validates(await text(page), HELLO);
});

flow("typing in the text changes the form, and leaves cursor and focus where they are", segmentation(), async ({ page }) => {
  await fillIn(page);
  await edit(page, "segment-study-7", "from-the-text");
  await page.waitForFunction(() => {
    const workbench = document.querySelector("task-api-builder").shadowRoot.querySelector("task-api-workbench").shadowRoot;
    const element = workbench.querySelector("task-api-form").shadowRoot.querySelector("[data-field=name]");
    return element.shadowRoot.querySelector("wa-input").value === "from-the-text";
  });
  await page.keyboard.type("-more");
  assert.match(await text(page), /"from-the-text-more"/u);
  await page.waitForFunction(() => document.querySelector("task-api-builder").value.includes("text-more"));
});

flow("typing in the form keeps every keystroke, and the text's comments to nothing", segmentation(), async ({ page }) => {
  await edit(page, '"name": "segment"', '"x-note":   [1,2],  "name": "segment"');
  const name = input(page, "name");
  await name.fill("");
  await name.pressSequentially("quick brown fox jumps over", { delay: 5 });
  await page.waitForFunction(() => document.querySelector("task-api-builder").value.includes('"quick brown fox jumps over"'));
  assert.equal(await name.inputValue(), "quick brown fox jumps over");
  assert.match(await text(page), /"x-note": {3}\[1,2\], {2}"name"/u);
});

flow("a problem has the same words at the field, in the editor and in the list, and one click mends it", segmentation(), async ({ page }) => {
  await fillIn(page);
  await edit(page, '"taskTemplate"', '"resources": { "limits": { "memory": "4GB" } },\n  "taskTemplate"');
  await status(page, /1 error/u);
  const quantity = field(page, "resources/limits/memory");
  await quantity.scrollIntoViewIfNeeded();
  assert.equal(await quantity.locator(".problem").count(), 0, "an untouched field shows no error");
  await quantity.locator("input").first().focus();
  await page.keyboard.press("Tab");
  const words = (await quantity.locator(".problem").first().innerText()).replaceAll(/\s+/gu, " ");
  await tab(page, /Problems/u).click();
  const listed = await page.locator("task-api-problems .message").first().innerText();
  assert.ok(words.includes(listed), `${words} / ${listed}`);
  const fix = page.locator("task-api-problems .fix button").first();
  assert.match(await page.locator("task-api-problems .preview").first().innerText(), /4GB/u);
  await fix.click();
  await status(page, /Valid/u);
  assert.match(await text(page), /"4G"/u);
});

flow("one history holds the changes of both sides", segmentation(), async ({ page }) => {
  const before = await text(page);
  await input(page, "image").fill("a:1");
  await page.waitForFunction(() => document.querySelector("task-api-builder").value.includes('"a:1"'));
  const between = await text(page);
  await edit(page, '"a:1"', '"b:2"');
  await page.waitForFunction(() => document.querySelector("task-api-builder").value.includes('"b:2"'));
  await input(page, "name").fill("third");
  await page.waitForFunction(() => document.querySelector("task-api-builder").value.includes('"third"'));
  await page.keyboard.press("Control+z");
  await page.waitForFunction(() => !document.querySelector("task-api-builder").value.includes('"third"'));
  await page.getByRole("button", { name: "Undo" }).click();
  assert.equal(await text(page), between);
  await page.getByRole("button", { name: "Undo" }).click();
  assert.equal(await text(page), before);
  await page.waitForFunction(() => {
    const workbench = document.querySelector("task-api-builder").shadowRoot.querySelector("task-api-workbench").shadowRoot;
    return workbench.querySelector("task-api-form").shadowRoot.querySelector("[data-field=image]").shadowRoot.querySelector("wa-input").value !== "b:2";
  });
  for (let index = 0; index < 3; index += 1) await page.getByRole("button", { name: "Redo" }).click();
  assert.match(await text(page), /"third"/u);
});

flow("text that is broken greys the form and says where, and nothing is lost", segmentation(), async ({ page }) => {
  await fillIn(page);
  await edit(page, '"name": "segment-study-7",', '"name": "segment-study-7');
  await page.locator("task-api-form .notice.error", { hasText: /line 2/u }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await status(page, /Valid/u);
  assert.equal(await input(page, "name").inputValue(), "segment-study-7");
});

flow("what is changed is marked, and goes back to its default", segmentation(), async ({ page }) => {
  const batch = field(page, "env/BATCH_SIZE");
  await input(page, "env/BATCH_SIZE").fill("8");
  await batch.locator(".row.changed").waitFor();
  assert.match(await batch.locator(".chip").first().innerText(), /default 2/u);
  await batch.getByRole("button", { name: /back to the default/u }).click();
  await batch.locator(".row:not(.changed)").waitFor();
  assert.equal(await input(page, "env/BATCH_SIZE").inputValue(), "2");
  assert.doesNotMatch(await text(page), /BATCH_SIZE/u);
});

flow("a variable that may not be changed is locked, and says why", segmentation(), async ({ page }) => {
  const locked = field(page, "env/WEIGHTS_FILE");
  assert.match(await locked.locator(".locked").innerText(), /organs-2026-03\.pt/u);
  assert.equal(await locked.locator("input").count(), 0);
});

flow("the search finds by name, description and value; required shows what is required", segmentation(), async ({ page }) => {
  const search = page.getByLabel("Search fields").locator("visible=true");
  const shown = async () => (await page.locator("task-api-field").evaluateAll((all) => all.map((one) => one.dataset.field))).join(" ");
  await search.fill("probability");
  await page.waitForFunction(() => true);
  assert.equal(await shown(), "env/THRESHOLD");
  await search.fill("organs-2026");
  assert.equal(await shown(), "env/WEIGHTS_FILE");
  await search.fill("");
  await page.locator("task-api-form wa-switch", { hasText: "Required only" }).click();
  const required = await shown();
  assert.match(required, /image/u);
  assert.doesNotMatch(required, /env\//u);
});

flow("what will run: origins, commands, memory, directories, and what Kaapana takes", segmentation(), async ({ page }) => {
  await fillIn(page);
  await input(page, "env/THRESHOLD").fill("0.7");
  await tab(page, "What will run").click();
  const run = page.locator("task-api-what-will-run");
  await run.getByText("It would run as shown.").waitFor();
  const row = (name) => run.locator("tbody tr", { has: page.locator("th code", { hasText: new RegExp(`^${name}$`, "u") }) });
  assert.match(await row("THRESHOLD").innerText(), /0\.7\s+this task/u);
  assert.match(await row("ORGANS").innerText(), /liver\s+template/u);
  const block = (label) => run.getByRole("region", { name: label, exact: true }).innerText();
  assert.match(await block("docker run"), /--env THRESHOLD=0\.7[\s\S]*registry\.example\.org\/organs:1\.2\.0/u);
  assert.match(await block("task-api run"), /^task-api run task\.json/u);
  assert.match(await block("KaapanaTaskOperator"), /taskTemplate="segment"/u);
  assert.match(await block("curl"), /THRESHOLD/u);
  await run.locator("task-api-scale-chart canvas").waitFor();
  const chart = run.getByRole("slider", { name: "Memory over the size of the input" });
  await chart.focus();
  await page.keyboard.press("End");
  assert.match(await run.locator("task-api-scale-chart .readout").innerText(), /of input: limit/u);
  assert.match(await run.locator(".tree").first().innerText(), /item/u);
});

flow("a draft is there after a reload, and several are kept apart", segmentation(), async ({ page }) => {
  await input(page, "name").fill("first-draft");
  await page.locator("footer", { hasText: "Saved in this browser" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: /first-draft/u }).first().click();
  await page.locator("task-api-field").first().waitFor();
  assert.match(await text(page), /"first-draft"/u);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.locator("[data-example=hello]").click();
  await input(page, "name").fill("second-draft");
  await page.locator("footer", { hasText: "Saved in this browser" }).waitFor();
  await page.getByRole("button", { name: "second-draft" }).click();
  await page.getByRole("menuitem", { name: "first-draft" }).click();
  await page.waitForFunction(() => document.querySelector("task-api-builder").value.includes("first-draft"));
});

flow("a shared link holds the task and its container, and leaves the address", segmentation(), async ({ page, context }) => {
  await fillIn(page);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const link = (await page.locator("task-api-share-dialog task-api-copyable pre", { hasText: "#task=" }).innerText()).trim();
  assert.match(link, /#task=[\w-]+$/u);
  const other = await context.newPage();
  await other.goto(link);
  await other.locator("task-api-field").first().waitFor();
  await status(other, /Valid/u);
  assert.equal(await text(other), await text(page));
  assert.equal(new URL(other.url()).hash, "");
  const damaged = await context.newPage();
  await damaged.goto(link.slice(0, -40));
  await damaged.getByText("The link is damaged").waitFor();
});

flow("a container with an error says so before its form", () => open(browser, server.address), async ({ page }) => {
  await paste(page, SEGMENTATION.replace('"fast", "type"', '"slow", "type"').replace('"templates"', '"template"'));
  await page.getByRole("heading", { name: /This container has/u }).waitFor();
  const fixes = page.locator("task-api-problems .fix button");
  const words = await fixes.first().innerText();
  await fixes.first().click();
  await fixes.filter({ hasText: words }).first().waitFor({ state: "detached" });
});

flow("a container comes by the address of the page's own site, and from no other", () => open(browser, `${server.address}?container=given.json`), async ({ page }) => {
  await page.getByRole("heading", { name: "organ-segmentation" }).waitFor();
  await page.goto(`${server.address}?container=https://example.org/x.json`);
  await page.getByText("belongs to another site").waitFor();
});

flow("a dropped file opens", () => open(browser, server.address), async ({ page }) => {
  await page.evaluate((content) => {
    const data = new DataTransfer();
    data.items.add(new File([content], "processing-container.json", { type: "application/json" }));
    document.querySelector("task-api-builder").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, SEGMENTATION);
  await page.getByRole("heading", { name: "organ-segmentation" }).waitFor();
});

flow("German, and back", segmentation({ locale: "de-DE" }), async ({ page }) => {
  await page.getByRole("button", { name: "Herunterladen", exact: true }).waitFor();
  await page.getByRole("button", { name: "Mehr" }).click();
  await page.getByRole("menuitem", { name: "English" }).click();
  await page.getByRole("button", { name: "Download", exact: true }).waitFor();
});
