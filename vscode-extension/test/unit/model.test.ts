import assert from "node:assert/strict";
import { test } from "node:test";

import { containerOf, imageName, isRunOf, newTask, outputsOf, runOf, taskOf } from "../../src/common/model.js";
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
  assert.deepEqual(run, {
    uri: "file:///r.json",
    id: "a1",
    state: "exited",
    exitCode: 3,
    name: "x",
    createdAt: "",
    duration: undefined,
    template: undefined,
    sources: [],
  });
  assert.equal(runOf("file:///r.json", '{"id": "a1"}'), undefined);
});

test("a run is of the task with its name, its template and its folders", () => {
  const record = {
    id: "a1",
    state: "exited",
    startedAt: "2026-01-01T10:00:00.5Z",
    finishedAt: "2026-01-01T10:00:02Z",
    taskInstance: { name: "one", taskTemplate: "segment" },
    spec: { mounts: [{ source: "/a b/data" }, { source: "/out" }] },
  };
  const run = runOf("file:///a%20b/task_run-a1.json", JSON.stringify(record));
  assert.ok(run);
  assert.equal(run.duration, 1500);
  const isOf = (uri: string, fields: object): boolean => {
    const text = {
      name: "one",
      taskTemplate: "segment",
      inputs: [{ name: "i", input: { host_path: "../a b/./data" } }],
      outputs: [{ name: "o", volume_source: { host_path: "/out" } }],
      ...fields,
    };
    const task = taskOf(uri, JSON.stringify(text));
    return task !== undefined && isRunOf(run, task);
  };
  const here = "file:///a%20b/task.json";
  assert.ok(isOf(here, {}));
  assert.ok(isOf(here, { name: "{{ env.STUDY }}", outputs: [{ name: "o", input: { host_path: "{{ env.OUT }}/x" } }] }));
  assert.ok(!isOf("file:///elsewhere/deeper/task.json", {}), "the same words mean other folders there");
  assert.ok(!isOf(here, { name: "two" }));
  assert.ok(!isOf(here, { taskTemplate: "other" }));
});
