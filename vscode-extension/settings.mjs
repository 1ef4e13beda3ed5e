// Puts the server's settings (settings.json, which `UPDATE_EXPECT=1 cargo test -p task-api-lsp` writes) into package.json.

import { readFile, writeFile } from "node:fs/promises";

const OWN = ["taskApi.server.path", "taskApi.run.arguments", "taskApi.trace.server"];

const manifest = JSON.parse(await readFile("package.json", "utf8"));
const { configuration } = manifest.contributes;
const own = OWN.map((name) => [name, configuration.properties[name]]);
const settings = JSON.parse(await readFile("settings.json", "utf8"));
configuration.properties = { ...settings, ...Object.fromEntries(own) };
await writeFile("package.json", `${JSON.stringify(manifest, undefined, 2)}\n`);
