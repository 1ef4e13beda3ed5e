// A German page: no label of the contract is left in English, and English pages load nothing of it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch } from "./browser.js";
import { DIST, field, input, openExample, tab } from "./pages.js";
import { serve } from "./server.js";
import { load } from "./words.js";

let server;
let browser;
let texts;

before(async () => {
  ({ texts } = await load("web/src/locales/contract.de.ts"));
  server = await serve(DIST);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** A test with a page of its own, and with all that it fetches. */
function flow(name, options, act) {
  test(name, async () => {
    const opened = await openExample(browser, server.address, options);
    opened.page.setDefaultTimeout(10_000);
    await act(opened);
    assert.deepEqual(opened.complaints, []);
    assert.deepEqual(opened.foreign, []);
    await opened.context.close();
  });
}

/** Everything that fields and headings say and are called, with the field that says it. */
function said(page) {
  return page.evaluate(() => {
    const found = [];
    const visit = (node, at) => {
      if (node.nodeType === Node.TEXT_NODE) found.push([at, node.data.replaceAll(/\s+/gu, " ").trim()]);
      if (!(node instanceof Element)) return;
      // Code is as in the file, in any language.
      if (["STYLE", "CODE"].includes(node.tagName)) return;
      const here = node.dataset?.field ?? at;
      for (const name of ["label", "hint", "aria-label", "title", "placeholder"]) found.push([here, node.getAttribute(name) ?? ""]);
      for (const child of [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes]) visit(child, here);
    };
    const builder = document.querySelector("task-api-builder").shadowRoot;
    const workbench = builder.querySelector("task-api-workbench").shadowRoot;
    visit(workbench.querySelector("task-api-container-form") ?? workbench.querySelector("task-api-form"), "");
    return found.filter(([, text]) => text !== "");
  });
}

/** What is said in English, of all that has German. */
function english(words) {
  const isEnglish = (text) => Object.entries(texts).some(([from, to]) => from !== to && (text === from || (from.length > 20 && text.includes(from))));
  return words.filter(([at, text]) => !at.startsWith("env/") && isEnglish(text));
}

const GERMAN = { locale: "de-DE" };

flow("the form of a task is German, labels and descriptions", GERMAN, async ({ page }) => {
  await page.locator("details.section").evaluate((details) => (details.open = true));
  await page.getByRole("textbox", { name: "Verzeichnis auf dem Rechner" }).first().waitFor();
  assert.equal(await field(page, "inputs/images/host_path").locator(".about .label").innerText(), "Verzeichnis auf dem Rechner\nhost_path");
  await field(page, "resources/limits/memory").locator(".description", { hasText: "Der Speicher, den der Container verwenden darf" }).waitFor();
  await page.getByText("verlangt 20 × die Größe der größten Datei").waitFor();
  const words = await said(page);
  for (const text of ["Vorlage", "Grenzen", "Anforderungen", "Befehl", "Konfiguration", "Modus", "Größte Datei", "Zielverzeichnis", "Kerne"]) {
    assert.ok(words.some(([, found]) => found === text), text);
  }
  assert.deepEqual(english(words), []);
  assert.equal(await field(page, "env/BATCH_SIZE").getByRole("button", { name: "Erhöhen" }).count(), 1);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
});

flow("what is the container's own stays as it is", GERMAN, async ({ page }) => {
  const label = (id) => field(page, id).locator(".about .label").innerText();
  assert.match(await label("env/THRESHOLD"), /^Threshold/u);
  await page.getByText("One item per series").first().waitFor();
});

flow("fields are found by their German label, their English one, and their name", GERMAN, async ({ page }) => {
  const search = page.getByLabel("Felder durchsuchen");
  for (const words of ["Flüchtiger Speicherplatz", "Ephemeral Storage", "ephemeral-storage"]) {
    await search.fill(words);
    await field(page, "resources/limits/ephemeral-storage").waitFor();
    await field(page, "resources/limits/cpu").waitFor({ state: "detached" });
  }
});

flow("what a change did and what will run are said in German", GERMAN, async ({ page }) => {
  await input(page, "inputs/images/host_path").fill("./images");
  await input(page, "resources/limits/cpu").fill("3");
  await page.getByText("Die Ressourcen einer Aufgabe ersetzen die ihrer Vorlage als Ganzes").waitFor();
  await tab(page, "Was ausgeführt wird").click();
  await page.getByText("Ein Verzeichnis je Element", { exact: true }).first().waitFor();
  await page.getByText("nach der Kennung des Elements benannt").first().waitFor();
  await page.getByText("Skalierungsregel von images").waitFor();
});

flow("a container's form is German", GERMAN, async ({ page }) => {
  await page.getByRole("button", { name: "Mehr", exact: true }).click();
  await page.getByRole("menuitem", { name: "Container bearbeiten" }).click();
  for (const entry of ["inputs/0", "env/0"]) await page.locator(`.toggle[data-entry="templates/0/${entry}"]`).click();
  await page.getByRole("textbox", { name: "Pfad im Container" }).waitFor();
  await page.locator("details.resources").first().evaluate((details) => (details.open = true));
  await page.locator("task-api-container-form").getByText("verlangt 1,5 × die Gesamtgröße der Dateien").waitFor();
  const words = await said(page);
  for (const text of ["Kennung", "Beschreibung", "Vorgabewert", "Auswahl", "Skalierungsregel", "Modus"]) {
    assert.ok(words.some(([, found]) => found === text), text);
  }
  assert.deepEqual(english(words), []);
});

flow("the longer words fit 360 px", { ...GERMAN, viewport: { width: 360, height: 740 } }, async ({ page }) => {
  await page.locator("details.section").evaluate((details) => (details.open = true));
  const wider = await page.locator("task-api-form").evaluate((form) => [document.documentElement.scrollWidth - innerWidth, form.scrollWidth - form.clientWidth]);
  assert.deepEqual(wider, [0, 0]);
});

flow("in English again, all of it is English", GERMAN, async ({ page }) => {
  await page.getByRole("button", { name: "Mehr", exact: true }).click();
  await page.getByRole("menuitem", { name: "English" }).click();
  await page.getByRole("textbox", { name: "Host path" }).first().waitFor();
  await page.getByText("asks for 20 × the size of its largest file").waitFor();
  assert.equal(await page.getByText("Verzeichnis auf dem Rechner").count(), 0);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
});

flow("an English page loads no German", {}, async ({ page }) => {
  const loaded = () => page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  await page.getByRole("textbox", { name: "Host path" }).first().waitFor();
  const isGerman = (name) => /assets\/(?:contract\.)?de-[^/]+\.js$/u.test(name);
  assert.deepEqual((await loaded()).filter(isGerman), []);
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Deutsch" }).click();
  await page.getByRole("textbox", { name: "Verzeichnis auf dem Rechner" }).first().waitFor();
  assert.notDeepEqual((await loaded()).filter(isGerman), []);
});
