// How texts come into the module: short ones letter by letter, long ones at once, and what is not ASCII in a second go.

import assert from "node:assert/strict";
import { before, test } from "node:test";

import fc from "fast-check";
import init, { TaskForm, validate } from "task-api-wasm";
import initValidator, * as validator from "task-api-wasm/validator";

import { CONTAINER, diagnosticAt } from "../documents.js";

before(async () => {
  await init();
  await initValidator();
});

/** Of one to four bytes in UTF-8, and halves of surrogate pairs, alone and in the wrong order. */
const LETTERS = ["a", "ü", "€", "🧠", "\ud83e", "\udde0", "\udde0\ud83e"];

/** Around those at which another way is taken. */
const LENGTHS = [1, 2, 3, 4, 5, ...Array.from({ length: 13 }, (_, index) => 250 + index), 5000];

const MEGABYTE = 1 << 20;

/** What the module has of a text. */
function assertArrives(form, text) {
  form.setText(text);
  const found = form.toText();
  const expected = text.toWellFormed();
  if (found !== expected) assert.fail(`${JSON.stringify(text.slice(0, 300))} of ${text.length} units arrives as another text`);
}

/** A file with a wrong value behind the text, which stands in it; that its place is right shows that all has arrived. */
function assertPlaces({ validate }, text) {
  const file = `{"description": "${text}", "name": 5, "templates": []}`;
  const { valid, kind, diagnostics } = validate(file);
  assert.deepEqual([valid, kind], [false, "processing-container"]);
  const { start, end } = diagnosticAt({ diagnostics }, "/name").range;
  assert.equal(file.slice(start.offset, end.offset), "5", `behind ${text.length} units`);
  assert.deepEqual([start.offset, start.character], [file.lastIndexOf("5"), file.lastIndexOf("5")]);
}

test("any letter arrives at any place of a text of any length", () => {
  const form = new TaskForm(CONTAINER, "");
  for (const length of LENGTHS) {
    for (const letter of LETTERS) {
      const rest = "a".repeat(Math.max(length - letter.length, 0));
      const half = rest.length >> 1;
      for (const text of [letter + rest, rest + letter, rest.slice(half) + letter + rest.slice(0, half)]) {
        assertArrives(form, text);
        assertPlaces({ validate }, text);
        assertPlaces(validator, text);
      }
      assertArrives(form, letter.repeat(length));
    }
  }
  form.free();
});

test("any mixture of letters arrives", () => {
  const form = new TaskForm(CONTAINER, "");
  const piece = fc.tuple(fc.constantFrom(...LETTERS), fc.oneof(fc.constant(1), fc.nat(300))).map(([letter, times]) => letter.repeat(times));
  const text = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join("")).filter((text) => text !== "");
  fc.assert(fc.property(text, (text) => assertArrives(form, text)), { numRuns: 1000 });
  form.free();
});

test("a megabyte arrives, with a letter that is not ASCII first, last, nowhere and everywhere", () => {
  const form = new TaskForm(CONTAINER, "");
  const rest = "a".repeat(MEGABYTE);
  for (const letter of LETTERS) {
    for (const text of [letter + rest, rest + letter, letter.repeat(MEGABYTE >> 2)]) {
      assertArrives(form, text);
      assertPlaces({ validate }, text);
      assertPlaces(validator, text);
    }
  }
  form.free();
});
