// Whatever the text and the place: every function answers, and its answers fit the text.

import assert from "node:assert/strict";
import { before, test } from "node:test";

import fc from "fast-check";
import init, { applyFix, complete, explain, format, hover, migrate, resolve, symbols, validate } from "task-api-wasm";
import initValidator, * as validator from "task-api-wasm/validator";

import { CONTAINER, TASK } from "../documents.js";

before(async () => {
  await init();
  await initValidator();
});

/** A file of the contract, damaged: pieces taken out, doubled, and put in. */
const damaged = fc
  .tuple(
    fc.constantFrom(TASK, CONTAINER),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.nat(30),
        put: fc.oneof(
          fc.constantFrom("", "{", "}", "[", "]", ",", ":", '"', "'", "\\", "{{", "}}", "{%", "//", "/*", "null", "-", "1e", "\ufeff", "🧠"),
          fc.string({ unit: "binary", maxLength: 5 }),
        ),
      }),
      { maxLength: 6 },
    ),
  )
  .map(([text, damages]) =>
    damages.reduce((text, { at, length, put }) => {
      const from = Math.floor(at * text.length);
      return text.slice(0, from) + put + text.slice(from + length);
    }, text),
  );

/** With halves of surrogate pairs. */
const anyText = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 }).map((units) => String.fromCharCode(...units));
const text = fc.oneof({ weight: 4, arbitrary: damaged }, { weight: 1, arbitrary: anyText }, { weight: 1, arbitrary: fc.json() });
const offset = fc.oneof(fc.nat(2000), fc.maxSafeNat());

function assertRange({ start, end }, text) {
  assert.ok(start.offset <= end.offset && end.offset <= text.length);
  for (const { line, character, offset } of [start, end]) {
    const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
    // Between the two halves of a line's end is the end of that line.
    if (text[offset - 1] === "\r" && text[offset] === "\n") continue;
    assert.deepEqual([line, character], [lines.length - 1, lines.at(-1).length]);
  }
}

function assertEdits(edits, text) {
  edits.forEach(({ range }) => assertRange(range, text));
  return applyFix(text, { edits });
}

test("validate answers with places in the text, and its fixes can be applied", () => {
  fc.assert(
    fc.property(text, text, fc.boolean(), (text, container, withContainer) => {
      const result = validate(text, withContainer ? { container } : {});
      for (const { range, related, fixes } of result.diagnostics) {
        assertRange(range, text);
        related.forEach(({ range }) => assert.ok(range.start.offset <= range.end.offset));
        fixes.forEach(({ edits }) => assertEdits(edits, text));
      }
      assert.deepEqual(structuredClone(result), result);
    }),
    { numRuns: 1500 },
  );
});

test("the validator alone gives the same answers", () => {
  fc.assert(
    fc.property(text, (text) => {
      assert.deepEqual(validator.validate(text), validate(text));
    }),
    { numRuns: 300 },
  );
});

test("format, symbols and migrate answer, and a layout keeps the values", () => {
  fc.assert(
    fc.property(text, fc.constantFrom(0, 1), (text, to) => {
      const laid = assertEdits(format(text), text);
      assert.deepEqual(format(laid), []);
      const walk = ({ name, range, selectionRange, children }) => {
        assert.ok(name.length > 0);
        assertRange(range, text);
        assertRange(selectionRange, text);
        children.forEach(walk);
      };
      symbols(text).forEach(walk);
      const moved = migrate(text, to);
      assert.equal(moved.text === undefined, moved.notes.some(({ prevents }) => prevents));
    }),
    { numRuns: 800 },
  );
});

test("complete and hover answer at any offset, and completions can be applied", () => {
  fc.assert(
    fc.property(text, offset, fc.option(text, { nil: undefined }), fc.constantFrom(0, 1, "auto"), (text, offset, container, apiVersion) => {
      const options = { apiVersion, ...(container === undefined ? {} : { container }) };
      for (const { edit, additionalEdits } of complete(text, offset, options)) {
        assertEdits([edit, ...additionalEdits], text);
      }
      const found = hover(text, offset, options);
      if (found !== undefined) assertRange(found.range, text);
    }),
    { numRuns: 1500 },
  );
});

test("resolve and explain answer", () => {
  const value = fc.oneof(fc.string(), fc.constantFrom("5", "3", 5, null, {}));
  const conf = fc.oneof(
    fc.constant(undefined),
    fc.dictionary(fc.string(), fc.jsonValue()),
    fc.dictionary(fc.constantFrom("FOLDS", "THRESHOLD", "env", "X"), value).map((form) => ({ task_form: { "lungs of study 7": form } })),
  );
  fc.assert(
    fc.property(fc.oneof(text, fc.constant(TASK)), fc.oneof(text, fc.constant(CONTAINER)), conf, fc.string(), (task, container, conf, rule) => {
      const result = resolve(task, container, conf);
      assert.deepEqual(structuredClone(result), result);
      assert.equal(explain(rule), undefined);
    }),
    { numRuns: 1000 },
  );
});
