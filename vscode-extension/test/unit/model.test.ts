import assert from "node:assert/strict";
import { test } from "node:test";

import { containerOf, imageName, newTask, outputsOf, runOf, taskOf } from "../../src/common/model.js";
import { CONTAINER } from "./common.js";

test("a container is read, and what is wrong in it is left out", () => {
  const container = containerOf("file:///c.json", CONTAINER);
  assert.deepEqual(container?.templates, [{ identifier: "segment", inputs: ["images"], outputs: ["masks"] }]);
  assert.equal(container.version, 0);
  assert.deepEqual(containerOf("file:///c.json", '{"api_version": 1, "templates": [7, {}]}'), {
    uri: "file:///c.json",
    name: "",
    version: 1,
    templates: [{ identifier: "", inputs: [], outputs: [] }],
  });
  assert.equal(containerOf("file:///c.json", "{"), undefined);
  assert.equal(taskOf("file:///t.json", "[]"), undefined);
});

test("a new task has a volume for each channel, as its version writes it", () => {
  const container = containerOf("file:///c.json", CONTAINER);
  const [template] = container?.templates ?? [];
  assert.ok(container && template);
  const folders = new Map([["images", "./scans"]]);
  assert.deepEqual(JSON.parse(newTask(container, template, "one", "lungs:1", folders)), {
    name: "one",
    image: "lungs:1",
    taskTemplate: "segment",
    inputs: [{ name: "images", input: { host_path: "./scans" } }],
    outputs: [{ name: "masks", input: { host_path: "./data/outputs/masks" } }],
  });
  const text = newTask({ ...container, version: 1 }, template, "one", "lungs:1", folders);
  assert.match(text, /^\{\n {2}"api_version": 1,/);
  assert.match(text, /"volume_source": \{\n {8}"host_path": ".\/scans"/);
  assert.deepEqual(outputsOf(text), ["./data/outputs/masks"]);
});

test("names of images are those of init", () => {
  assert.equal(imageName("My Algorithm (2)"), "my-algorithm-2");
  assert.equal(imageName("肺"), "my-algorithm");
});

test("a record is a run only with an id and a state", () => {
  const run = runOf("file:///r.json", '{"id": "a1", "state": "exited", "exitCode": 3, "taskInstance": {"name": "x"}}');
  assert.deepEqual(run, { uri: "file:///r.json", id: "a1", state: "exited", exitCode: 3, name: "x", createdAt: "" });
  assert.equal(runOf("file:///r.json", '{"id": "a1"}'), undefined);
});
