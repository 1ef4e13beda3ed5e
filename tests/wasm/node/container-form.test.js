// The form of a container, as a tool for its authors would use it.

import assert from "node:assert/strict";
import { before, test } from "node:test";

import init, { ContainerForm, applyFix, validate } from "task-api-wasm";

import { CONTAINER } from "../documents.js";

before(() => init());

/** What a change says of itself is what it has done, and it can be undone. */
function assertFits(before, form, { edits, inverse }) {
  assert.equal(applyFix(before, { edits }), form.toText());
  assert.equal(applyFix(form.toText(), { edits: inverse }), before);
}

test("a container is written from nothing, and is valid", () => {
  const form = new ContainerForm("");
  assert.equal(form.state().missing, 2, "name and description");
  for (const change of [
    form.set("name", "größe 🧠"),
    form.set("description", "Measures."),
    form.add("templates", "measure", "Measures masks."),
    form.add("templates/0/inputs", "masks", ""),
    form.add("templates/0/inputs/0/scale_rule", "", ""),
    form.add("templates/0/env", "A", "1"),
    form.set("templates/0/env/0/adjustable", false),
    form.duplicate("templates/0/env/0"),
    form.move("templates/0/env/1", 0),
    form.add("templates/0/resources/limits", "memory", "2Gi"),
  ]) {
    assert.equal(change.problem, undefined);
    assert.ok(change.edits.length > 0);
  }
  const state = form.state(["templates/0", "templates/0/env/0"]);
  assert.deepEqual([state.missing, state.valid, state.broken], [0, true, null]);
  const { env, inputs } = state.templates[0].parts;
  assert.deepEqual(env.map(({ name, isFixed }) => [name, isFixed]), [["A_2", true], ["A", true]]);
  assert.match(inputs[0].rule, /asks for/);
  assert.equal(env[0].fields.find(({ name }) => name === "value").value, "1");
  assert.deepEqual(env[1].fields, [], "it was not asked for");
  assert.deepEqual(form.diagnostics(), validate(form.toText(), { kind: "processing-container" }));
  form.free();
});

test("edits are in UTF-16 units, and plain", () => {
  const text = CONTAINER.replace("{", '{ "x": "🧠",');
  const form = new ContainerForm(text);
  const change = form.set("name", "é🧠");
  assertFits(text, form, change);
  assert.deepEqual(structuredClone(change), change);
  const { fields } = form.state();
  const { range } = fields.find(({ id }) => id === "name");
  assert.equal(form.toText().slice(range.start, range.end), '"é🧠"');
  form.applyEdits(change.inverse);
  assert.equal(form.toText(), text);
  assert.deepEqual(JSON.parse(JSON.stringify(form.state(["templates/0"]))), form.state(["templates/0"]));
});

test("a finding names the field that it is shown at", () => {
  const form = new ContainerForm(CONTAINER);
  form.add("templates/0/env", "9 x", "");
  const { diagnostics, templates } = form.state(["templates/0"]);
  const { env } = templates[0].parts;
  const place = `${env.at(-1).id}/name`;
  assert.ok(diagnostics.some(({ rule, field }) => rule === "invalid-env-name" && field === place), JSON.stringify(diagnostics));
});

test("a wrong argument throws a TypeError that names it", () => {
  const form = new ContainerForm(CONTAINER);
  for (const [call, message] of [
    [() => new ContainerForm(), /ContainerForm: `text` is not a string/],
    [() => form.state("templates/0"), /state: `open` is not an array of strings/],
    [() => form.state([5]), /state: `open` is not an array of strings/],
    [() => form.set("name", {}), /set: `value`/],
    [() => form.move("templates/0", -1), /move: `to`/],
    [() => form.move("templates/0", 0.5), /move: `to`/],
    [() => form.applyEdits({}), /applyEdits: `edits` is not an array/],
  ]) {
    assert.throws(call, (error) => error instanceof TypeError && message.test(error.message), String(call));
  }
  assert.equal(form.toText(), CONTAINER);
});
