// Files that nobody means well with: markup, sizes, depths. The page stays right, and answers.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, open } from "./browser.js";
import { DIST, edit, field, HELLO, input, openExample, paste, status, text } from "./pages.js";
import { serve } from "./server.js";

let server;
let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

/** A page with a file open that comes from the site, as it is too long to paste. */
async function openFile(content) {
  server = await serve(DIST, { "/given.json": content });
  const opened = await open(browser, `${server.address}?container=given.json`);
  opened.page.setDefaultTimeout(30_000);
  return { ...opened, server };
}

function container(change) {
  const value = JSON.parse(HELLO);
  change(value);
  return JSON.stringify(value, null, 2);
}

test("markup in names and descriptions stays text", async () => {
  const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>`<b>` **x** [y](javascript:1)';
  const hostile = container((value) => {
    value.name = markup;
    value.description = markup;
    const [template] = value.templates;
    Object.assign(template, { identifier: markup, description: markup });
    template.env[0].description = markup;
    template.env.push({ name: "A", value: markup, choices: [markup, "b"], description: markup });
    template.outputs[0].description = markup;
  });
  const { page, context, complaints, foreign, server } = await openFile(hostile);
  await page.locator("task-api-field").first().waitFor();
  await page.getByRole("tab", { name: "What will run" }).click();
  await page.locator("task-api-what-will-run tbody tr").first().waitFor();
  const found = await page.evaluate(() => {
    const roots = [document];
    let markup = 0;
    for (let root = roots.pop(); root !== undefined; root = roots.pop()) {
      markup += root.querySelectorAll("img, script:not([type=module]), b, a[href^=javascript]").length;
      for (const element of root.querySelectorAll("*")) if (element.shadowRoot) roots.push(element.shadowRoot);
    }
    return { markup, title: document.title };
  });
  assert.deepEqual(found, { markup: 0, title: "Task builder" });
  assert.deepEqual(complaints, []);
  assert.deepEqual(foreign, []);
  await context.close();
  server.close();
});

test("10 000 variables: few rows are there, all are found, and one can be changed", async () => {
  const many = container((value) => {
    const env = Array.from({ length: 10_000 }, (_, index) => ({ name: `VARIABLE_${index}`, value: String(index), description: `The number ${index}.` }));
    value.templates[0].env = env;
  });
  const { page, context, complaints, server } = await openFile(many);
  await page.locator("task-api-field").first().waitFor();
  assert.ok((await page.locator("task-api-field").count()) < 200);
  await page.getByLabel("Search fields").locator("visible=true").fill("the number 9876.");
  await field(page, "env/VARIABLE_9876").waitFor();
  await input(page, "env/VARIABLE_9876").fill("777777");
  await page.waitForFunction(() => document.querySelector("task-api-builder").value.includes('"777777"'));
  assert.deepEqual(complaints, []);
  await context.close();
  server.close();
});

test("a file of 5 MB opens, and the page answers meanwhile", async () => {
  const large = container((value) => {
    value.templates[0].description = "x".repeat(5_000_000);
  });
  const { page, context, server } = await openFile(large);
  await page.locator("task-api-field").first().waitFor();
  await input(page, "name").fill("still-here");
  await page.waitForFunction(() => document.querySelector("task-api-builder").value.includes('"still-here"'));
  await context.close();
  server.close();
});

test("nesting without end is an error with a place, and not the end of the page", async () => {
  const site = await serve(DIST);
  const { page, context, complaints } = await open(browser, site.address);
  await paste(page, `{"name": ${"[".repeat(100_000)}`);
  await page.getByRole("heading", { name: /This container has/u }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
  site.close();
});

test("broken text in the middle of typing never loses a character", async () => {
  const site = await serve(DIST);
  const { page, context, complaints } = await openExample(browser, site.address, { example: "hello", template: null });
  await edit(page, '"outputs"', '"broken": [{"a": "\\ud800 🧠", ');
  const typed = '"b": [1, 2';
  for (const character of typed) await page.keyboard.insertText(character);
  await status(page, /error/u);
  assert.ok((await text(page)).includes(typed));
  assert.deepEqual(complaints, []);
  await context.close();
  site.close();
});
