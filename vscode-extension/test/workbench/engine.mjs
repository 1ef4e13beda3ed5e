// A processing-container for the tests that run tasks on the engine of this machine: a static busybox and three templates.

import { execFileSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const IMAGE = `task-api-vscode-test-${process.pid}/shell:1`;

const template = (identifier, description, command) => ({
  identifier,
  description,
  inputs: [{ name: "notes", description: "What is read.", mounted_path: "/data/notes" }],
  outputs: [{ name: "copies", description: "What is written.", mounted_path: "/data/copies" }],
  env: [],
  command: ["sh", "-c", command],
});

const CONTAINER = {
  name: "shell",
  description: "Copies notes.",
  templates: [
    template("copy", "Copies them.", "/bin/busybox cp -r /data/notes/. /data/copies/ && echo all copied"),
    template("refuse", "Does not.", "echo refused >&2; exit 4"),
    template("wait", "Takes its time.", "trap 'exit 7' TERM; echo waiting; /bin/busybox sleep 600 & wait"),
  ],
};

const task = (name) => ({
  name,
  image: IMAGE,
  taskTemplate: name,
  inputs: [{ name: "notes", input: { host_path: "./notes" } }],
  outputs: [{ name: "copies", input: { host_path: `./out-${name}` } }],
});

const json = (value) => `${JSON.stringify(value, undefined, 2)}\n`;

/** Below runs/, and the only files there. */
export const FILES = {
  "runs/processing-container.json": json(CONTAINER),
  "runs/notes/first/note.txt": "a note\n",
  ...Object.fromEntries(CONTAINER.templates.map(({ identifier }) => [`runs/${identifier}-task.json`, json(task(identifier))])),
  ...Object.fromEntries(CONTAINER.templates.map(({ identifier }) => [`runs/out-${identifier}/.keep`, ""])),
};

export async function buildImage() {
  const context = await mkdtemp(join(tmpdir(), "task-api-image-"));
  await mkdir(context, { recursive: true });
  await copyFile(process.env.BUSYBOX ?? "/bin/busybox", join(context, "busybox"));
  await writeFile(join(context, "processing-container.json"), FILES["runs/processing-container.json"]);
  const lines = ["FROM scratch", "COPY busybox /bin/busybox", "COPY processing-container.json /", 'ENTRYPOINT ["/bin/busybox"]'];
  await writeFile(join(context, "Dockerfile"), lines.join("\n"));
  docker(["build", "--quiet", "--tag", IMAGE, context], { DOCKER_BUILDKIT: "0" });
  await rm(context, { recursive: true });
}

/** With all that was made of it. */
export function removeImage() {
  const containers = docker(["ps", "--all", "--quiet", "--filter", `ancestor=${IMAGE}`]).split("\n").filter(Boolean);
  if (containers.length > 0) docker(["rm", "--force", ...containers]);
  docker(["image", "rm", "--force", IMAGE]);
}

/** The state of the containers of the image: `running`, `exited`. */
export function containers() {
  return docker(["ps", "--all", "--filter", `ancestor=${IMAGE}`, "--format", "{{.State}}"]).split("\n").filter(Boolean);
}

function docker(words, more = {}) {
  return execFileSync("docker", words, { env: { ...process.env, ...more }, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
