// What the worker says in English is German on a German page: the words of the schemas, and those of the forms' model.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { before, test } from "node:test";

import { ContainerForm, initSync, TaskForm } from "task-api-wasm";

import { load, read } from "./words.js";

const ROOT = new URL("../../", import.meta.url);
const HOW = "see web/src/locales/contract.de.ts";

let german;
let contract;

before(async () => {
  initSync();
  german = await load("web/src/locales/contract.de.ts");
  contract = await load("web/src/core/contract.ts");
  contract.setTranslation(german.translate);
});

/** The parts of the schemas that forms show, and of what is in them. `undefined` stands for the file as a whole. */
const SHOWN = {
  task: {
    undefined: ["name", "image", "taskTemplate", "command"],
    HostPathVolume: ["host_path"],
    ScaleRule: true,
  },
  "processing-container": {
    undefined: ["name", "description"],
    TaskTemplate: ["identifier", "description", "command"],
    IOMount: ["name", "mounted_path", "description"],
    TaskTemplateEnv: true,
    ScaleRule: true,
  },
};

/** `max_file_size` as `Max file size` */
const label = (value) => value.charAt(0).toUpperCase() + value.slice(1).replaceAll("_", " ");

function* ofProperty(property) {
  yield property.title;
  yield property.description;
  for (const [index, value] of (property.enum ?? []).entries()) {
    if (value === null) continue;
    yield label(value);
    yield property.enumDescriptions[index];
  }
}

function* ofSchema(kind, schema) {
  for (const [name, properties] of Object.entries(SHOWN[kind])) {
    const object = name === "undefined" ? schema : schema.$defs[name];
    for (const property of properties === true ? Object.keys(object.properties) : properties) yield* ofProperty(object.properties[property]);
  }
  for (const side of Object.values(schema.$defs.Resources.properties)) {
    yield side.title;
    for (const resource of Object.values(side.properties)) yield* ofProperty(resource);
  }
  if (kind === "processing-container") {
    yield schema.$defs.IOMount.properties.scale_rule.title;
    return;
  }
  yield schema.properties.config.title;
  yield schema.properties.config.description;
  for (const { $ref } of schema.properties.config.anyOf) {
    if ($ref === undefined) continue;
    const { description, properties } = schema.$defs[$ref.split("/").at(-1)];
    if (properties.type !== undefined) yield* [properties.type.title, label(properties.type.const), description];
    for (const [name, property] of Object.entries(properties)) {
      if (name === "type") continue;
      yield property.title;
      // One made of names of one's own is a heading, with an entry for each.
      if (![property.type].flat().includes("object")) yield property.description;
    }
  }
}

function contractTexts() {
  const texts = new Set();
  for (const kind of Object.keys(SHOWN)) {
    for (const version of ["v0", "v1"]) {
      for (const text of ofSchema(kind, JSON.parse(read(`schemas/${kind}.${version}.schema.json`)))) texts.add(text);
    }
  }
  texts.delete(undefined);
  return texts;
}

const MODEL = "crates/ide/src/form/";

function modelFiles() {
  const files = readdirSync(new URL(MODEL, ROOT), { recursive: true }).filter((name) => name.endsWith(".rs") && !name.includes("tests"));
  return ["../form.rs", ...files];
}

const withPlaces = (source) => source.replaceAll(/\{[a-z_.]+\}/gu, "{}");

/** The source of the forms' model, with the places in its texts as `{}`. */
function modelSource() {
  const sources = [...modelFiles().map((name) => read(MODEL + name)), read("crates/ide/src/completion/quantities.rs")];
  return withPlaces(sources.join("\n"));
}

/** What all strings of the model begin and end with; comments and characters are there to be passed over. */
const RUST = /\/\/.*|'(?:\\.[^']*|[^\\'])'|"((?:\\[\s\S]|[^\\"])*)"/gu;

/** Strings of the model in which one word follows another. */
function modelSentences() {
  const found = [];
  for (const name of modelFiles()) {
    const [source] = read(MODEL + name).split("#[cfg(test)]\nmod tests {");
    assert.doesNotMatch(source, /\br#*"/u, `${name}: strings of this kind are not read here`);
    for (const [, string] of source.matchAll(RUST)) {
      if (string === undefined) continue;
      const text = withPlaces(string.replaceAll(/\\\n\s*/gu, "").replaceAll(/\\(["\\])/gu, "$1"));
      if (/\p{L} \p{L}/u.test(text)) found.push({ name, text });
    }
  }
  return found;
}

/** What `scaleRule` and `withError` translate, which have tests of their own, and commands and Python. */
const NOT_BY_ITSELF = {
  files: ["words.rs"],
  texts: ["{} The text has an error in line {}: {}.", "task-api run {}", "curl -X POST {} {} -d {}", "import os\\n\\n"],
};

test("what the contract says in forms is in German", () => {
  const texts = contractTexts();
  assert.ok(texts.size > 80);
  for (const text of texts) assert.notEqual(german.texts[text] ?? "", "", `${HOW}: there is no German for ${JSON.stringify(text)}`);
});

test("no German is left of a text that is gone", () => {
  const texts = contractTexts();
  const source = modelSource();
  const isSaid = (text) => texts.has(text) || [text, text.replace(/\.$/u, "")].some((said) => source.includes(JSON.stringify(said)));
  for (const text of [...Object.keys(german.texts), ...Object.keys(german.sentences)]) {
    assert.ok(isSaid(text), `${HOW}: neither a schema nor the model of the forms says ${JSON.stringify(text)}`);
  }
});

test("whatever sentence the model of the forms has is in German", () => {
  const sentences = modelSentences().filter(({ name }) => !NOT_BY_ITSELF.files.includes(name));
  assert.ok(sentences.length > 60, `${sentences.length} were found`);
  for (const text of NOT_BY_ITSELF.texts) assert.ok(sentences.some((sentence) => sentence.text === text), `${text} is gone`);
  const isGerman = (text) => Object.hasOwn(german.texts, text) || Object.hasOwn(german.sentences, text);
  const missing = sentences.filter(({ text }) => !NOT_BY_ITSELF.texts.includes(text) && !isGerman(text) && !isGerman(`${text}.`));
  assert.deepEqual(missing, [], HOW);
});

test("code stays as it is, and every value has its place", () => {
  const codes = (text) => (text.match(/`[^`]*`/gu) ?? []).sort();
  for (const [english, translation] of Object.entries(german.texts)) assert.deepEqual(codes(translation), codes(english));
  for (const [english, translation] of Object.entries(german.sentences)) {
    const values = english.split("{}").length - 1;
    const places = (translation.match(/\{\d\}/gu) ?? []).sort();
    assert.deepEqual(places, Array.from({ length: values }, (_, index) => `{${index}}`), english);
  }
});

const VARIABLES = [
  { name: "Memory", value: "1", description: "Name" },
  { name: "SCALE_RULE", value: "Limit", choices: ["Limit", "Request"] },
  { name: "FIXED", value: "5", type: "int", adjustable: false },
];

function container(version, rule) {
  const law = version === 0 ? { complexity: "2*n" } : { scale_factor: 2 };
  return JSON.stringify({
    ...(version === 0 ? {} : { api_version: version }),
    name: "Image",
    description: "Memory",
    templates: [
      {
        identifier: "Docker",
        description: "Any text.",
        inputs: [{ name: "Labels", mounted_path: "/in", description: "Type", scale_rule: rule ?? { ...law, type: "limit", mode: "sum" } }],
        outputs: [{ name: "Limits", mounted_path: "/out" }],
        env: VARIABLES,
        resources: { limits: { cpu: "2500m", memory: "1536Mi", "nvidia.com/gpu": 1, "example.org/fpga": 1 }, requests: { cpu: "1" } },
      },
    ],
  });
}

function task(version, config) {
  return JSON.stringify({ ...(version === 0 ? {} : { api_version: version }), name: "a", image: "b", taskTemplate: "Docker", config });
}

const CONFIGS = {
  0: [{}, { labels: { Name: "Value" } }, { type: "docker", labels: { Name: "Value" } }],
  1: [{}, { labels: { Name: "Value" } }, { type: "docker", labels: { Name: "Value" } }, { type: "k8s", annotations: { Name: "Value" } }],
};

function fieldsOfTask(version, config) {
  const form = new TaskForm(container(version), "Docker", task(version, config));
  const { sections } = form.state();
  form.free();
  return Object.values(sections).flatMap(({ fields, channels }) => [...fields, ...channels.map(({ hostPath }) => hostPath)]);
}

function fieldsOfContainer(version) {
  const form = new ContainerForm(container(version));
  const open = ["templates/0", "templates/0/inputs/0", "templates/0/outputs/0", ...VARIABLES.map((_, index) => `templates/0/env/${index}`)];
  const { fields, templates } = form.state(open);
  form.free();
  const [{ parts }] = templates;
  const entries = [...parts.inputs, ...parts.outputs, ...parts.env].flatMap((entry) => entry.fields);
  return [...fields, ...parts.fields, ...entries, parts.command, ...parts.resources];
}

test("every field of a form is in German, but for what is the container's own", () => {
  const isOwn = (id) => id.startsWith("env/") || /^config\/(?:labels|annotations)\//u.test(id) || id.endsWith("example.org~1fpga");
  const ownChoices = (id) => id === "template" || id.startsWith("env/") || id.endsWith("/value");
  const forms = [0, 1].flatMap((version) => [fieldsOfContainer(version), ...CONFIGS[version].map((config) => fieldsOfTask(version, config))]);
  const seen = new Set();
  const isGerman = (text, at) => {
    assert.ok(Object.hasOwn(german.texts, text), `${HOW}: ${at} says ${JSON.stringify(text)}`);
    return german.texts[text];
  };
  for (const field of forms.flat()) {
    const { id } = field;
    const shown = contract.translatedField(field);
    seen.add(id);
    if (isOwn(id)) assert.deepEqual([shown.label, shown.description], [field.label, field.description]);
    else assert.deepEqual([shown.label, shown.description], [isGerman(field.label, id), isGerman(field.description, id)]);
    if (field.group !== undefined) assert.equal(shown.group, id.startsWith("scale-rules/") ? field.group : isGerman(field.group, id));
    if (field.locked !== undefined) assert.equal(shown.locked, isGerman(field.locked, id));
    for (const [index, choice] of (field.choices ?? []).entries()) {
      const expected = ownChoices(id) ? [choice.label, choice.description] : [isGerman(choice.label, id), isGerman(choice.description, id)];
      assert.deepEqual([shown.choices[index].label, shown.choices[index].description], expected, id);
    }
    for (const [index, unit] of (field.quantity?.units ?? []).entries()) {
      if (unit.value === "") assert.equal(shown.quantity.units[index].label, isGerman(unit.label, id));
      else assert.equal(shown.quantity.units[index].description, isGerman(unit.description, id));
    }
    const rest = ({ label, description, group, locked, choices, quantity, ...rest }) => rest;
    assert.deepEqual(rest(shown), rest(field));
  }
  for (const id of ["env/FIXED", "scale-rules/Labels/mode", "config/type", "config/namespace", "templates/0/inputs/0/scale_rule/type"]) assert.ok(seen.has(id), id);
  const words = forms.flat().flatMap((field) => contract.translatedField(field).quantity?.inWords ?? []);
  assert.deepEqual([...new Set(words)], ["2,5 Kerne", "1 610 612 736 Byte = 1,5 GiB", "1 Kern"]);
});

test("what is said of a scale rule is German, whatever the rule", () => {
  const sizes = {
    sum: "Gesamtgröße der Dateien",
    max_file_size: "Größe der größten Datei",
    max_item_sum: "Größe des größten Elements",
  };
  const laws = {
    n: (size) => `die ${size}`,
    "1.5*n": (size) => `1,5 × die ${size}`,
    "2*n**2": (size) => `2 × das Quadrat der ${size}`,
    "n**3": (size) => `die dritte Potenz der ${size}`,
    "n**4": (size) => `die 4. Potenz der ${size}`,
    "1610612736n**0": () => "1,5 GiB, wie groß die Daten auch sind",
    "0*n": () => "nichts",
  };
  const filters = [
    [{}, ""],
    [{ target_glob: "*.nii.gz" }, " (nur Dateien mit Namen wie `*.nii.gz`)"],
    [{ target_dir: "ct, named like" }, " (nur Dateien unterhalb von `ct, named like`)"],
    [
      { target_dir: "ct", target_glob: "a`b", target_regex: ".*/x, y" },
      " (nur Dateien unterhalb von `ct`, mit Namen wie ``a`b``, mit Pfaden, auf die `.*/x, y` passt)",
    ],
  ];
  for (const [mode, size] of Object.entries(sizes)) {
    for (const [complexity, words] of Object.entries(laws)) {
      for (const [filter, only] of filters) {
        const form = new TaskForm(container(0, { complexity, type: "limit", mode, ...filter }), "Docker");
        const { rule } = form.state().sections.inputs.channels[0];
        form.free();
        const isFixed = words("") === words("x");
        assert.equal(contract.translated(rule), `verlangt ${words(size)}${isFixed ? "" : only}`, rule);
      }
    }
  }
});

test("what the form answers to a change is German", () => {
  const form = new TaskForm(container(1), "Docker", task(1, {}));
  const said = ({ problem, notes }) => contract.translated(problem ?? notes.join(" "));
  assert.equal(said(form.remove("name")), german.texts["A task cannot do without this."]);
  assert.equal(said(form.add("env", " ", "")), german.texts["An entry needs a name."]);
  assert.equal(said(form.set("scale-rules/Labels/mode", "sum")), "Die Eingabe `Labels` hat noch kein Verzeichnis, und ihre Regel steht neben ihm.");
  assert.match(said(form.set("resources/limits/cpu", "3")), /^Die Ressourcen einer Aufgabe ersetzen/u);
  assert.equal(said(form.set("nothing", "x")), "Das Formular hat kein Feld `nothing`.");
  assert.equal(said(form.set("command", "a && b")), german.texts["Only a shell could split this line: give the words one by one."]);
  form.add("env", "A", "1");
  assert.equal(said(form.rename("env/A", "Memory")), "`Memory` ist schon vorhanden.");
  form.setText(`{"env": {"a"`);
  assert.match(said(form.add("env", "A", "1")), /^`env` ist keine Liste\. Der Text hat in Zeile 1 einen Fehler: /u);
  assert.match(said(form.set("name", "b")), /^Der Text lässt sich hier nicht ändern\. Der Text hat in Zeile 1 einen Fehler: /u);
  form.setText(task(1, {}).replace("{", `{"env": [{"name": "A_PASSWORD", "value": "x"}, {"name": "B_TOKEN", "value": "x"}],`));
  const { notes } = form.triggerBody({});
  assert.deepEqual(notes.map(contract.translated), ["Setzen Sie den Wert für `A_PASSWORD` und `B_TOKEN` ein."]);
  const forms = form.whatWillRun({}).channels.flatMap((channel) => channel.forms);
  assert.deepEqual(
    [...new Set(forms.map(({ title }) => contract.translated(title)))].sort(),
    ["Ein Ergebnis über alle Elemente", "Ein Verzeichnis je Element", "Ein Verzeichnis je Element der Eingabe"],
  );
  form.free();
});
