// What the smaller modules have, they have as the whole.

import assert from "node:assert/strict";
import { before, test } from "node:test";

import * as whole from "task-api-wasm";
import * as ofForms from "task-api-wasm/form";
import * as validator from "task-api-wasm/validator";

import { CONTAINER, TASK, VALID, WRONG_NAME } from "../documents.js";

before(() => Promise.all([whole, ofForms, validator].map((entry) => entry.default())));

test("each has a part of the whole", () => {
  const names = (entry) => Object.keys(entry).sort();
  assert.deepEqual(names(validator), ["applyFix", "default", "explain", "initSync", "validate"]);
  assert.deepEqual(names(ofForms), ["TaskForm", ...names(validator)].sort());
  assert.ok(names(ofForms).every((name) => name in whole));
});

test("they find the same", () => {
  const broken = TASK.replace('"inputs"', '"imputs"');
  assert.notEqual(broken, TASK);
  const documents = [[VALID], [WRONG_NAME], [TASK, { container: CONTAINER }], [broken, { container: CONTAINER }], ["{"], [""]];
  for (const [text, options] of documents) {
    const found = whole.validate(text, options);
    for (const entry of [ofForms, validator]) assert.deepEqual(entry.validate(text, options), found, text);
  }
});

test("a workflow is refused where nothing is known of it", () => {
  const text = '{"tasks": []}';
  assert.equal(whole.validate(text, { kind: "workflow" }).kind, "workflow");
  for (const entry of [ofForms, validator]) {
    assert.throws(() => entry.validate(text, { kind: "workflow" }), { name: "TypeError", message: /options\.kind.*whole/u });
  }
});

test("a form is the same form", () => {
  const forms = [whole, ofForms].map(({ TaskForm }) => new TaskForm(CONTAINER, ""));
  const [one, other] = forms.map((form) => [
    form.state(),
    form.set("name", "größe"),
    form.set("env/THRESHOLD", 0.25),
    form.add("config/labels", "a", "b"),
    form.bindMissing(),
    form.state(),
    form.diagnostics(),
    form.whatWillRun({}),
    form.triggerBody({}),
    form.operatorSnippet({}),
    form.toText(),
  ]);
  assert.deepEqual(other, one);
});
