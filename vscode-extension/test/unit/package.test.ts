import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

interface Package {
  readonly version: string;
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
    readonly commands: readonly { readonly command: string }[];
    readonly problemMatchers: readonly { readonly pattern: { readonly regexp: string } }[];
  };
}

const read = (path: string): string => readFileSync(path, "utf8");
const manifest = JSON.parse(read("package.json")) as Package;

/** Of the extension alone; the server leaves them to it. */
const OWN = ["taskApi.server.path", "taskApi.run.arguments", "taskApi.trace.server"];

test("the settings are those of the server and a few of our own: `npm run settings` writes them", () => {
  const settings = JSON.parse(read("settings.json")) as Record<string, unknown>;
  const { properties } = manifest.contributes.configuration;
  const others = Object.fromEntries(Object.entries(properties).filter(([name]) => !OWN.includes(name)));
  assert.deepEqual(others, settings);
});

test("the version is that of the program", () => {
  assert.match(read("../Cargo.toml"), new RegExp(`^version = "${manifest.version}"$`, "m"));
});

test("each command is registered, under its own name", () => {
  const sources = ["builder", "commands", "runs", "overview-view"].map((name) => read(`src/common/${name}.ts`)).join("");
  for (const { command } of manifest.contributes.commands) {
    const name = command.replace("taskApi.", "");
    assert.ok(sources.includes(`register("${name}"`) || sources.includes(`"${command}"`), command);
  }
});

test("the problem matcher reads the lines of validate --format concise", () => {
  const [matcher] = manifest.contributes.problemMatchers;
  assert.ok(matcher);
  const line = "a b/task.json:2:11: error: `name` must be a string, but is the number 7 [wrong-type]";
  const found = new RegExp(matcher.pattern.regexp).exec(line);
  assert.deepEqual(found?.slice(1), ["a b/task.json", "2", "11", "error", "`name` must be a string, but is the number 7", "wrong-type"]);
});

test("both starter documents are JSON", () => {
  for (const kind of ["processing-container", "task"]) {
    const text = read(`../crates/cli/src/commands/init/${kind}.json.template`);
    assert.doesNotThrow(() => JSON.parse(text.replace("NAME", '"x"').replace("IMAGE", '"y"')) as unknown);
  }
});
