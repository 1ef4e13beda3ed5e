// From an idea to a container, as its author goes there.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { launch, open } from "./browser.js";
import { DIST, edit, field, HELLO, input, openExample, status, tab, text } from "./pages.js";
import { serve } from "./server.js";

const BINARY = fileURLToPath(new URL("../../target/debug/task-api", import.meta.url));

let server;
let browser;

before(async () => {
  server = await serve(DIST, { "/given.json": many() });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** A container with ten thousand variables. */
function many() {
  const container = JSON.parse(HELLO);
  container.templates[0].env = Array.from({ length: 10_000 }, (_, index) => ({ name: `V_${index}`, value: "1" }));
  return JSON.stringify(container, null, 2);
}

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

/** The segmentation example in its author's hands. */
const authoring = (options) => async () => {
  const opened = await openExample(browser, server.address, options);
  await opened.page.getByRole("button", { name: /^(More|Mehr)$/u }).click();
  await opened.page.getByRole("menuitem", { name: /Edit the container|Container bearbeiten/u }).click();
  await toggle(opened.page, "templates/0").waitFor();
  return opened;
};

const toggle = (page, id) => page.locator(`.toggle[data-entry="${id}"]`);

function act(page, id, action) {
  return page.locator(".head", { has: page.locator(`[data-entry="${id}"]`) }).locator(`[data-action=${action}]`).click();
}

async function add(page, list, name, value) {
  const adder = page.locator(`task-api-adder[data-list="${list}"]`);
  await adder.locator("button").first().click();
  await adder.locator("wa-input[name=name] input").fill(name);
  await adder.locator("wa-input[name=value] input").fill(value);
  await adder.locator("button[type=submit]").click();
}

/** Waits until the text says so. */
async function says(page, expected) {
  await page.waitForFunction(
    ({ source, flags }) => {
      const workbench = document.querySelector("task-api-builder").shadowRoot.querySelector("task-api-workbench");
      return new RegExp(source, flags).test(workbench.shadowRoot.querySelector("task-api-editor#container")?.value ?? "");
    },
    { source: expected.source, flags: expected.flags },
  );
}

flow("a container is written from nothing, and the binary accepts it", () => open(browser, server.address), async ({ page }) => {
  await page.locator("[data-author]").click();
  await status(page, /2 still missing/u);
  await input(page, "name").fill("lungs");
  await input(page, "description").fill("Segments lungs.");
  await add(page, "templates", "segment", "Writes one mask for each image.");
  await toggle(page, "templates/0").waitFor();
  await add(page, "templates/0/inputs", "images", "");
  await input(page, "templates/0/inputs/0/description").fill("One item per series.");
  await page.getByRole("button", { name: "Add a scale rule" }).click();
  await field(page, "templates/0/inputs/0/scale_rule/mode").getByRole("radio", { name: "Max file size" }).click();
  await add(page, "templates/0/outputs", "masks", "/out/masks");
  await input(page, "templates/0/outputs/0/description").fill("One mask per item.");
  await add(page, "templates/0/env", "THRESHOLD", "0.5");
  await input(page, "templates/0/env/0/description").fill("Voxels above belong to the mask.");
  await field(page, "templates/0/env/0/adjustable").locator("wa-switch").click();
  await input(page, "templates/0/command").fill("python3\nsegment.py");
  await page.locator("details.resources > summary").click();
  await input(page, "templates/0/resources/limits/memory").fill("4Gi");
  await page.keyboard.press("Tab");
  await says(page, /4Gi/u);
  await status(page, /Valid/u);
  const directory = mkdtempSync(join(tmpdir(), "task-api-author-"));
  const file = join(directory, "processing-container.json");
  writeFileSync(file, await text(page));
  execFileSync(BINARY, ["validate", file, "--deny-warnings"], { encoding: "utf8" });
  rmSync(directory, { recursive: true });
  const [template] = JSON.parse(await text(page)).templates;
  assert.deepEqual(template.inputs[0].scale_rule, { complexity: "n", type: "limit", mode: "max_file_size" });
  assert.equal(template.inputs[0].mounted_path, "/data/images");
  assert.deepEqual(template.command, ["python3", "segment.py"]);
  assert.equal(template.env[0].adjustable, false);
});

flow("entries are copied, moved and taken out, and one history has it all", authoring(), async ({ page }) => {
  const before = await text(page);
  const names = async () => JSON.parse(await text(page)).templates[0].env.map(({ name }) => name);
  const first = await names();
  await act(page, "templates/0/env/0", "duplicate");
  await says(page, /MODEL_2/u);
  await act(page, "templates/0/env/1", "lower");
  await says(page, /ORGANS[\s\S]*MODEL_2/u);
  assert.deepEqual(await names(), [first[0], first[1], "MODEL_2", ...first.slice(2)]);
  await act(page, "templates/0/env/0", "remove");
  await page.waitForFunction(() => !document.querySelector("task-api-builder").shadowRoot.querySelector("task-api-workbench").shadowRoot.querySelector("task-api-editor#container").value.includes('"MODEL"'));
  assert.deepEqual(await names(), [first[1], "MODEL_2", ...first.slice(2)]);
  await edit(page, "MODEL_2", "KIND");
  await toggle(page, "templates/0/env/1").filter({ hasText: "KIND" }).waitFor();
  for (let step = 0; step < 4; step += 1) await page.getByRole("button", { name: "Undo", exact: true }).click();
  assert.equal(await text(page), before);
  await toggle(page, "templates/0/env/0").filter({ hasText: "MODEL" }).waitFor();
});

flow("templates are copied and moved as a whole", authoring(), async ({ page }) => {
  await act(page, "templates/0", "duplicate");
  await toggle(page, "templates/1").filter({ hasText: "segment-2" }).waitFor();
  assert.equal(await toggle(page, "templates/1").getAttribute("aria-expanded"), "true");
  await act(page, "templates/1", "raise");
  await toggle(page, "templates/0").filter({ hasText: "segment-2" }).waitFor();
  assert.equal(JSON.parse(await text(page)).templates[0].identifier, "segment-2");
  assert.equal(await toggle(page, "templates/0").getAttribute("aria-expanded"), "true", "what is open goes along");
  await act(page, "templates/0", "remove");
  await toggle(page, "templates/0").filter({ hasText: /segment(?!-2)/u }).waitFor();
});

flow("comments and unknown fields stay", authoring(), async ({ page }) => {
  await edit(page, '"templates": [', '"x-team":   [1,2], // ours\n  "templates": [');
  await input(page, "templates/0/identifier").fill("cut");
  await says(page, /"cut"/u);
  await act(page, "templates/0", "lower");
  await says(page, /"x-team": {3}\[1,2\], \/\/ ours\n {2}"templates"[\s\S]*"cut"/u);
});

flow("a problem is at its field, and one click mends it", authoring(), async ({ page }) => {
  await toggle(page, "templates/0/env/0").click();
  const name = input(page, "templates/0/env/0/name");
  await name.fill("9 MODEL");
  const problem = field(page, "templates/0/env/0/name").locator(".problem");
  await page.keyboard.press("Tab");
  await problem.first().waitFor();
  await edit(page, '"type": "int"', '"tpye": "int"');
  await tab(page, /Problems/u).click();
  const words = await page.locator("task-api-problems .message").allInnerTexts();
  assert.ok(words.some((line) => line.includes("tpye")), words.join("\n"));
  const entry = page.locator(".entry", { has: page.locator('[data-entry="templates/0/env/4"], [data-entry="templates/0/env/5"]') });
  await entry.locator(".severity.warning").first().waitFor();
  await toggle(page, "templates/0/env/4").click();
  await page.locator("task-api-problems .fix button").filter({ hasText: /type/u }).first().click();
  await says(page, /"type": "int"/u);
  await page.locator("footer .verdict").click();
  await page.waitForFunction(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) {
      if (element.dataset?.field === "templates/0/env/0/name") return true;
      element = element.shadowRoot.activeElement;
    }
    return false;
  });
});

flow("the preview is the form that users will see", authoring(), async ({ page }) => {
  await tab(page, "Preview").click();
  await page.locator(".preview task-api-field").first().waitFor();
  await toggle(page, "templates/0/env/5").click();
  await input(page, "templates/0/env/5/name").fill("PATCHES_AT_ONCE");
  await page.locator('.preview task-api-field[data-field="env/PATCHES_AT_ONCE"]').waitFor();
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Fill in a task" }).click();
  await field(page, "env/PATCHES_AT_ONCE").waitFor();
});

flow("text that is broken greys the form and says where", authoring(), async ({ page }) => {
  await edit(page, '"name": "organ-segmentation",', '"name": "organ-segmentation');
  await page.locator("task-api-container-form .notice.error", { hasText: /line 2/u }).waitFor();
  assert.equal(await input(page, "templates/0/identifier").inputValue(), "segment");
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await status(page, /Valid/u);
});

flow("all of it goes by keyboard, and the focus stays where it was", authoring(), async ({ page }) => {
  const focused = () =>
    page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return element?.dataset?.entry ?? element?.textContent?.trim() ?? "";
    });
  await toggle(page, "templates/0/env/0").focus();
  await page.keyboard.press("Enter");
  await field(page, "templates/0/env/0/value").waitFor();
  await page.keyboard.press("Alt+ArrowDown");
  await says(page, /ORGANS[\s\S]*"MODEL"/u);
  await page.waitForFunction(() => document.querySelector("task-api-builder") !== null);
  assert.equal(await focused(), "templates/0/env/1");
  assert.equal(await toggle(page, "templates/0/env/1").getAttribute("aria-expanded"), "true");
  await page.locator('task-api-adder[data-list="templates/0/env"] button').focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("FAST");
  await page.keyboard.press("Tab");
  await page.keyboard.type("true");
  await page.keyboard.press("Enter");
  await toggle(page, "templates/0/env/6").filter({ hasText: "FAST" }).waitFor();
  assert.equal(await focused(), "templates/0/env/6");
  await page.keyboard.press("Control+z");
  await toggle(page, "templates/0/env/6").waitFor({ state: "detached" });
});

flow("at 360 px nothing scrolls sideways, and every view is a tab away", authoring({ viewport: { width: 360, height: 740 } }), async ({ page }) => {
  await toggle(page, "templates/0/inputs/0").click();
  await field(page, "templates/0/inputs/0/scale_rule/mode").waitFor();
  for (const name of [/Text/u, /Preview/u, /Problems/u, /Form/u]) {
    await tab(page, name).click();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
    const inner = await page.locator("task-api-container-form").evaluate((form) => form.scrollWidth - form.clientWidth);
    assert.equal(inner, 0);
  }
});

flow("in German", authoring({ locale: "de-DE" }), async ({ page }) => {
  await page.getByRole("button", { name: "Vorlage hinzufügen" }).waitFor();
  await toggle(page, "templates/0").filter({ hasText: "2 Eingaben" }).waitFor();
});

flow("ten thousand variables are found, and changed", () => open(browser, `${server.address}?container=given.json`), async ({ page }) => {
  await page.locator("task-api-field").first().waitFor();
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Edit the container" }).click();
  await toggle(page, "templates/0").filter({ hasText: "10000 variables" }).waitFor();
  assert.ok((await page.locator(".entry").count()) < 300);
  await page.getByLabel("Search channels and variables").fill("V_9876");
  await toggle(page, "templates/0/env/9876").click();
  await input(page, "templates/0/env/9876/value").fill("42");
  await says(page, /"V_9876",\s*"value": "42"/u);
});
