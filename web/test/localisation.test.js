// What is said to people is in xliff/, translated, and in src/locales/ as it was translated.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const WEB = new URL("../", import.meta.url);
const COPY = new URL("node_modules/.cache/task-api-localisation/", WEB);
const HOW = "run `npx lit-localize extract`, translate xliff/de.xlf, and run `npx lit-localize build`";

const read = (path, base = WEB) => readFileSync(new URL(path, base), "utf8");

/** Runs the tool in a directory beside, which begins with what is committed. */
function localize(command) {
  const config = JSON.parse(read("lit-localize.json"));
  config.tsConfig = "../../../tsconfig.json";
  config.output = { mode: config.output.mode, outputDir: "./locales" };
  config.interchange.xliffDir = "./xliff/";
  delete config.$schema;
  writeFileSync(new URL("lit-localize.json", COPY), JSON.stringify(config));
  const program = fileURLToPath(new URL("node_modules/.bin/lit-localize", WEB));
  execFileSync(program, [command, "--config", fileURLToPath(new URL("lit-localize.json", COPY))], { cwd: WEB, stdio: "pipe" });
}

test("the translations are those of the source", () => {
  rmSync(COPY, { recursive: true, force: true });
  mkdirSync(COPY, { recursive: true });
  cpSync(new URL("xliff/", WEB), new URL("xliff/", COPY), { recursive: true });
  localize("extract");
  assert.equal(read("xliff/de.xlf", COPY), read("xliff/de.xlf"), `xliff/de.xlf is not what the source says: ${HOW}`);
  localize("build");
  assert.equal(read("locales/de.ts", COPY), read("src/locales/de.ts"), `src/locales/de.ts is not what xliff/ says: ${HOW}`);
});

test("what VS Code's builder says is translated here", () => {
  const folder = "../vscode-extension/src/builder/";
  const files = readdirSync(new URL(folder, WEB)).filter((name) => name.endsWith(".ts"));
  const said = files.flatMap((name) => [...read(folder + name).matchAll(/\bmsg\((?:str)?(["`])(.+?)\1/gu)].map(([, , text]) => text));
  assert.ok(said.length > 5);
  const places = (text) => text.replaceAll(/\$\{[^}]*\}|<x [^>]*>/gu, "{}");
  const known = new Set([...read("xliff/de.xlf").matchAll(/<source>(.*?)<\/source>/gsu)].map(([, source]) => places(source)));
  for (const text of said) assert.ok(known.has(places(text)), `${text} has no German: say it in a module of web/src/`);
});

test("nothing is left untranslated", () => {
  const units = [...read("xliff/de.xlf").matchAll(/<trans-unit id="([^"]+)">(.*?)<\/trans-unit>/gsu)];
  assert.ok(units.length > 100);
  const sources = new Map(units.map(([, id, unit]) => [id, unit]));
  for (const [id, unit] of sources) {
    const target = /<target>(.*?)<\/target>/su.exec(unit)?.[1] ?? "";
    assert.notEqual(target.trim(), "", `${id} has no German: ${unit}`);
    const places = (text) => [...text.matchAll(/<x id="(\d+)"/gu)].map(([, place]) => place).sort();
    const source = /<source>(.*?)<\/source>/su.exec(unit)?.[1] ?? "";
    assert.deepEqual(places(target), places(source), `${id} leaves out a value: ${unit}`);
  }
});
