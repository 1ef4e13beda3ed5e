// The elements one by one, in pages of others: Vue, React, plain HTML.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "vite";

import { launch, open } from "./browser.js";
import { DIST } from "./pages.js";
import { serve } from "./server.js";

const EXAMPLES = new URL("../examples/", import.meta.url);
const BUILT = new URL("../node_modules/.cache/task-api-examples/", import.meta.url);

let server;
let browser;

before(async () => {
  await build({ configFile: fileURLToPath(new URL("vite.config.js", EXAMPLES)) });
  server = await serve(BUILT, {}, { "/task-api/": DIST });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

function example(name, act) {
  test(`${name}: the form gives a task, and takes one`, async () => {
    const { page, context, complaints, foreign } = await open(browser, `${server.address}${name}/`);
    page.setDefaultTimeout(10_000);
    const form = page.locator("body > task-api-form, #app > task-api-form");
    const sleep = form.locator('task-api-field[data-field="env/TIME_SLEEP"] input');
    await sleep.fill("42");
    await page.locator("output").first().filter({ hasText: '"42"' }).waitFor();
    const task = JSON.parse(await page.locator("output").first().textContent());
    assert.equal(task.taskTemplate, "default");
    await others(page);
    await act?.(page);
    assert.deepEqual(complaints, []);
    assert.deepEqual(foreign, []);
    await context.close();
  });
}

/** Each of the others is there, takes what it is given, and says what a person does in it. */
async function others(page) {
  await page.locator("task-api-editor .cm-content", { hasText: '"42"' }).waitFor();
  await page.locator("task-api-problems .message").first().waitFor();
  await page.locator("task-api-scale-chart canvas").waitFor();
  await page.locator("task-api-builder [data-example]").first().waitFor();
  await page.locator('task-api-container-form .toggle[data-entry="templates/0/env/0"]').click();
  await page.locator('task-api-container-form task-api-field[data-field="templates/0/env/0/value"] input').fill("7");
  await page.locator("#container", { hasText: '"7"' }).waitFor();
  await page.locator('task-api-workflow [data-task="tasks/0"] .port', { hasText: "results" }).waitFor();
  await page.locator('task-api-workflow [data-task="tasks/0"] .title').click();
  await page.locator('task-api-workflow-panel wa-input[data-field="tasks/0/image"] input').fill("example:2.0");
  await page.locator("#workflow", { hasText: '"example:2.0"' }).waitFor();
}

async function renames(page, name) {
  await page.getByRole("button", { name: "Rename" }).click();
  const input = page.locator("#app > task-api-form").locator('task-api-field[data-field="name"] input');
  await page.waitForFunction((element) => element.value !== "default", await input.elementHandle());
  assert.equal(await input.inputValue(), name);
}

example("vue", (page) => renames(page, "from-vue"));
example("react", (page) => renames(page, "from-react"));
example("html", async (page) => {
  await page.locator("task-api-problems .message").first().waitFor();
  const editor = page.locator("body > task-api-editor .cm-content");
  assert.match(await editor.innerText(), /"42"/u);
  await editor.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(" x");
  await page.locator("body > task-api-form .notice.error").waitFor();
});

test("the page of the elements shows each of them at work", async () => {
  const site = await serve(DIST);
  const { page, context, complaints, foreign } = await open(browser, `${site.address}elements.html`);
  await page.locator("task-api-scale-chart canvas").waitFor();
  await page.locator("task-api-form task-api-field").first().waitFor();
  await page.locator("task-api-problems .message").first().waitFor();
  await page.locator('task-api-container-form .toggle[data-entry="templates/0/env/0"]').click();
  await page.locator('task-api-container-form task-api-field[data-field="templates/0/env/0/name"] input').fill("NETWORK");
  await page.locator('task-api-form task-api-field[data-field="env/NETWORK"]').waitFor();
  await page.locator('task-api-workflow [data-task="tasks/3"]').waitFor();
  await page.locator("task-api-builder [data-example]").first().waitFor();
  assert.deepEqual(complaints, []);
  assert.deepEqual(foreign, []);
  await context.close();
  site.close();
});
