// A workflow as a graph, as a tool that draws it would use it.

import assert from "node:assert/strict";
import { before, test } from "node:test";

import init, { WorkflowForm, applyFix } from "task-api-wasm";

import { CONTAINER } from "../documents.js";

const WORKFLOW = `{
  "name": "größe 🧠",
  "tasks": [
    {"task_id": "one", "image": "lungs:1", "taskTemplate": "segment"},
    {"task_id": "two", "image": "lungs:1", "taskTemplate": "segment"}
  ]
}
`;

before(() => init());

test("tasks are connected, and everything can be undone", () => {
  const form = new WorkflowForm(WORKFLOW, [{ path: "lungs.json", text: CONTAINER }]);
  assert.deepEqual(form.state().tasks.map(({ step, inputs }) => [step, inputs[0].name]), [[0, "images"], [0, "images"]]);
  const change = form.connect("tasks/0", "masks", "tasks/1", "images");
  assert.equal(change.problem, undefined);
  const state = form.state();
  assert.deepEqual(state.edges, [{ id: "tasks/1/iochannel_maps/0", from: "tasks/0", to: "tasks/1", output: "masks", input: "images" }]);
  assert.deepEqual(state.tasks.map(({ step }) => step), [0, 1]);
  assert.deepEqual(structuredClone(state), state);
  assert.equal(applyFix(WORKFLOW, { edits: change.edits }), form.toText());
  assert.equal(applyFix(form.toText(), { edits: change.inverse }), WORKFLOW);
  assert.match(form.connect("tasks/1", undefined, "tasks/1", undefined).problem, /itself/);
  form.set("tasks/0/task_id", "first");
  assert.match(form.toText(), /"upstream_operator": "first"/);
});

test("without containers nothing is said about channels", () => {
  const form = new WorkflowForm(WORKFLOW);
  assert.deepEqual(form.state().tasks[0].inputs, []);
  form.setContainers([{ path: "lungs.json", text: CONTAINER }]);
  assert.ok(form.diagnostics().diagnostics.some(({ rule }) => rule === "unfed-input"));
});

test("a wrong argument throws a TypeError that names it", () => {
  const form = new WorkflowForm(WORKFLOW);
  for (const [call, message] of [
    [() => new WorkflowForm(5), /WorkflowForm: `text` is not a string/],
    [() => new WorkflowForm("", [{ path: "a" }]), /`containers` is not an array of objects/],
    [() => form.connect("tasks/0", 5, "tasks/1", "b"), /connect: `output`/],
    [() => form.addTask(), /addTask: `template`/],
  ]) {
    assert.throws(call, (error) => error instanceof TypeError && message.test(error.message), String(call));
  }
  assert.equal(form.toText(), WORKFLOW);
});
