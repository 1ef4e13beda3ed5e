// The form of a task, as a workflow's user interface would use it.

import assert from "node:assert/strict";
import { before, test } from "node:test";

import fc from "fast-check";
import init, { TaskForm, applyFix, validate } from "task-api-wasm";

import { CONTAINER, TASK } from "../documents.js";

before(() => init());

/** All fields of a form, those of channels included. */
function fieldsOf(form) {
  const { sections } = form.state();
  return Object.values(sections).flatMap((section) => [
    ...section.fields,
    ...section.channels.map((channel) => channel.hostPath),
  ]);
}

/** What a change says of itself is what it has done, and it can be undone. */
function assertFits(before, form, { edits, inverse }) {
  assert.equal(applyFix(before, { edits }), form.toText());
  assert.equal(applyFix(form.toText(), { edits: inverse }), before);
}

test("a task is filled in from nothing, and is valid", () => {
  const form = new TaskForm(CONTAINER, "");
  assert.equal(form.toText(), TaskForm.minimalTask(CONTAINER, "segment"));
  assert.equal(form.state().missing, 3, "image and two directories");
  for (const change of [
    form.set("name", "größe 🧠"),
    form.set("image", "lungs:1.0"),
    form.set("env/THRESHOLD", 0.25),
    form.set("env/FOLDS", "3"),
    form.set("command", ["run", "it's"]),
    form.add("config/labels", "a/b", "c"),
    form.bindMissing(),
  ]) {
    assert.equal(change.problem, undefined);
    assert.ok(change.edits.length > 0);
  }
  const state = form.state();
  assert.deepEqual([state.missing, state.valid, state.broken], [0, true, null]);
  assert.equal(validate(form.toText(), { container: CONTAINER }).valid, true);
  assert.deepEqual(form.diagnostics(), validate(form.toText(), { kind: "task", container: CONTAINER }));
  assert.equal(form.field("env/THRESHOLD").value, "0.25");
  assert.equal(form.field("config/labels/a~1b").value, "c");
  form.free();
});

test("a number is written as JSON has it", () => {
  const form = new TaskForm(CONTAINER, "", TASK);
  const numbers = [0.25, 0, -0, -3, 5, 1234567890123456789, 0.1 + 0.2, 1e-7, 5e-324, Number.MAX_VALUE];
  for (const number of numbers) {
    form.set("env/THRESHOLD", number);
    assert.equal(form.field("env/THRESHOLD").value, JSON.stringify(number));
  }
  form.free();
});

test("ranges and edits are in UTF-16 units", () => {
  const text = TASK.replace("lungs of study 7", "🧠 größe");
  const form = new TaskForm(CONTAINER, "", text);
  const { range } = form.field("env/FOLDS");
  assert.equal(text.slice(range.start, range.end), '"3"');
  assertFits(text, form, form.set("env/FOLDS", "5"));
  assertFits(form.toText(), form, { edits: [], inverse: [] });
  const before = form.toText();
  const { edits, inverse } = form.set("image", "é");
  form.applyEdits(inverse);
  assert.equal(form.toText(), before);
  form.applyEdits(edits);
  assert.equal(form.field("image").value, "é");
});

test("what is plain stays plain", () => {
  const form = new TaskForm(CONTAINER, "", TASK);
  const results = [form.state(), form.field("name"), form.whatWillRun(), form.triggerBody(), form.operatorSnippet()];
  for (const result of [...results, form.changeTemplate("segment"), form.reset("env/FOLDS")]) {
    assert.deepEqual(structuredClone(result), result);
    assert.deepEqual(JSON.parse(JSON.stringify(result)), result);
  }
});

test("diagnostics name their field, and the field its diagnostics", () => {
  const form = new TaskForm(CONTAINER, "", TASK.replace('"value": "3"', '"value": "4"'));
  const { diagnostics } = form.state();
  const index = diagnostics.findIndex(({ rule }) => rule === "env-value-not-in-choices");
  assert.equal(diagnostics[index].field, "env/FOLDS");
  assert.deepEqual(form.field("env/FOLDS").diagnostics, [index]);
});

test("a broken text keeps its values, and a container can be exchanged", () => {
  const form = new TaskForm(CONTAINER, "", TASK);
  form.setText(TASK.replace('"image": "lungs:1.0"', '"image": '));
  const { value, broken } = form.field("image");
  assert.deepEqual([value, broken.line], ["lungs:1.0", 3]);
  assert.equal(form.state().broken.line, 3);
  form.setText(TASK);
  form.setContainer(CONTAINER.replaceAll("segment", "cut"));
  assert.equal(form.containerText(), CONTAINER.replaceAll("segment", "cut"));
  assert.deepEqual([form.state().template, form.state().templateName], [null, "segment"]);
  assert.equal(form.changeTemplate("cut").problem, undefined);
  assert.equal(form.state().valid, true);
});

test("what will run takes sizes and a directory", () => {
  const container = CONTAINER.replace('"description": "CT volumes."', '"scale_rule": {"complexity": "2*n", "type": "limit", "mode": "sum"}');
  const form = new TaskForm(container, "", TASK);
  const { docker, memory, isReady } = form.whatWillRun({ directory: "/x", sizes: { images: 2 ** 20 }, maxSize: 64 });
  assert.match(docker, /--memory 2097152 .*source=\/x\/images,target=\/data\/images,readonly/);
  assert.deepEqual([memory.sizes.at(-1), memory.curves[0].memory.at(-1), memory.limit, isReady], [64, 128, null, true]);
  assert.match(form.whatWillRun().docker, /source="\$PWD"\/images/);
});

test("a wrong argument throws a TypeError that names it", () => {
  const form = new TaskForm(CONTAINER, "", TASK);
  const wrong = [
    [() => new TaskForm(5, ""), /TaskForm: `container` is not a string/],
    [() => new TaskForm("", "", 5), /`task`/],
    [() => TaskForm.minimalTask("", "", 2), /`apiVersion` is not 0 or 1/],
    [() => form.setText(undefined), /setText: `text`/],
    [() => form.set("name", {}), /set: `value`/],
    [() => form.set("name", Number.NaN), /set: `value`/],
    [() => form.set("command", ["a", 5]), /set: `value`/],
    [() => form.add("env", "A", 5), /add: `value`/],
    [() => form.applyEdits("x"), /applyEdits: `edits` is not an array/],
    [() => form.applyEdits([{ range: { start: { offset: 0 }, end: { offset: 1e9 } }, newText: "" }]), /`edits`/],
    [() => form.applyEdits([{}]), /`edits`/],
    [() => form.whatWillRun({ size: {} }), /no option `size`; did you mean `sizes`/],
    [() => form.whatWillRun({ sizes: { a: "1" } }), /options.sizes/],
    [() => form.triggerBody({ includeSecrets: 1 }), /options.includeSecrets/],
    [() => form.operatorSnippet([]), /`options` is not an object/],
  ];
  for (const [call, message] of wrong) {
    assert.throws(call, (error) => error instanceof TypeError && message.test(error.message), String(call));
  }
  assert.equal(form.toText(), TASK);
});

test("whatever is done in the form, the edits say it", () => {
  const step = fc.record({
    what: fc.constantFrom("set", "reset", "remove", "bind", "text"),
    field: fc.nat(),
    value: fc.oneof(fc.string({ unit: "grapheme", maxLength: 6 }), fc.boolean(), fc.double(), fc.array(fc.string(), { maxLength: 3 })),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
      const form = new TaskForm(CONTAINER, "", TASK);
      for (const { what, field, value, at } of steps) {
        const ids = fieldsOf(form).map(({ id }) => id);
        const id = ids[field % ids.length];
        const before = form.toText();
        if (what === "text") {
          form.setText(before.slice(0, Math.floor(before.length * at)) + String(value) + before.slice(Math.floor(before.length * at)));
          continue;
        }
        if (typeof value === "number" && !Number.isFinite(value)) continue;
        const change = what === "set" ? form.set(id, value) : what === "bind" ? form.bindMissing() : form[what](id);
        assertFits(before, form, change);
        assert.ok(change.problem === undefined || change.edits.length === 0);
      }
      form.free();
    }),
    { numRuns: 200 },
  );
});
