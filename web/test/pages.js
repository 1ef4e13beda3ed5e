// What a person does on the builder page.

import { readFileSync } from "node:fs";

import { open } from "./browser.js";

export const DIST = new URL("../dist/", import.meta.url);
export const SEGMENTATION = readFileSync(new URL("../src/examples/segmentation.json", import.meta.url), "utf8");
export const HELLO = readFileSync(new URL("../src/examples/hello.json", import.meta.url), "utf8");

/** The page with a file of an example open, in its form. */
export async function openExample(browser, address, { example = "segmentation", template = "segment", ...options } = {}) {
  const opened = await open(browser, address, options);
  await opened.page.locator(`[data-example=${example}]`).click();
  if (template !== null) await opened.page.locator("button.template", { hasText: template }).first().click();
  await opened.page.locator("task-api-field").first().waitFor();
  return opened;
}

export async function paste(page, text) {
  await page.getByRole("button", { name: "Paste text instead" }).click();
  await page.getByLabel("Text of the file").fill(text);
  await page.getByRole("button", { name: "Open", exact: true }).click();
}

export function field(page, id) {
  return page.locator(`task-api-field[data-field="${id}"]`).locator("visible=true");
}

export function input(page, id) {
  return field(page, id).locator("input, textarea").first();
}

/** Everything that the segmentation example needs. */
export async function fillIn(page) {
  await input(page, "name").fill("segment-study-7");
  await input(page, "image").fill("registry.example.org/organs:1.2.0");
  await input(page, "inputs/images/host_path").fill("./images");
  await input(page, "inputs/atlas/host_path").fill("./atlas");
  await input(page, "outputs/segmentations/host_path").fill("./segmentations");
  await status(page, /Valid/u);
}

/** Waits until the status line says so. */
export async function status(page, words) {
  await page.locator("footer .verdict", { hasText: words }).waitFor();
}

/** The text of the editor that is shown. */
export function text(page) {
  return page.evaluate(() => {
    const workbench = document.querySelector("task-api-builder").shadowRoot.querySelector("task-api-workbench");
    const editors = [...workbench.shadowRoot.querySelectorAll("task-api-editor")];
    return editors.find((editor) => !editor.hidden).value;
  });
}

/** Replaces text in the editor, as its person would: `change` says what. */
export async function edit(page, find, replacement) {
  await page.evaluate(
    ({ find, replacement }) => {
      const workbench = document.querySelector("task-api-builder").shadowRoot.querySelector("task-api-workbench");
      const editors = [...workbench.shadowRoot.querySelectorAll("task-api-editor")];
      const editor = editors.find((candidate) => !candidate.hidden);
      const from = editor.value.indexOf(find);
      if (from < 0) throw new Error(`there is no ${find}`);
      editor.goTo(from, from + find.length);
    },
    { find, replacement },
  );
  await page.keyboard.insertText(replacement);
}

export function tab(page, name) {
  return page.getByRole("tab", { name });
}
