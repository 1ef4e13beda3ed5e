import { CONTAINER, CONTAINERS, PLAN, WORKFLOW } from "../container.js";

const form = document.querySelector("task-api-form");
const editor = document.querySelector("task-api-editor");
const problems = document.querySelector("task-api-problems");

form.container = CONTAINER;
editor.container = CONTAINER;

form.addEventListener("task-api-change", () => {
  editor.value = form.value;
  document.querySelector("output").textContent = form.value;
});

editor.addEventListener("task-api-change", (event) => {
  if (event.detail.byUser) form.value = editor.value;
});

editor.addEventListener("task-api-diagnostics", (event) => {
  problems.text = editor.value;
  problems.diagnostics = event.detail.diagnostics;
});

problems.addEventListener("task-api-fix", (event) => editor.applyFix(event.detail.fix));
problems.addEventListener("task-api-go-to", (event) => editor.goTo(event.detail.start, event.detail.end));

const author = document.querySelector("task-api-container-form");
author.value = CONTAINER;
author.addEventListener("task-api-change", () => {
  form.container = author.value;
  document.querySelector("#container").textContent = author.value;
});

const workflow = document.querySelector("task-api-workflow");
workflow.containers = CONTAINERS;
workflow.value = WORKFLOW;
workflow.addEventListener("task-api-change", () => (document.querySelector("#workflow").textContent = workflow.value));

document.querySelector("task-api-scale-chart").plan = PLAN;
