// The files of `task-api init`, from the same templates.

import container from "../../../crates/cli/src/commands/init/processing-container.json.template";
import dockerfile from "../../../crates/cli/src/commands/init/Dockerfile.template";
import script from "../../../crates/cli/src/commands/init/run.sh.template";
import task from "../../../crates/cli/src/commands/init/task.json.template";

import { imageName } from "./model.js";

export interface StarterFile {
  readonly path: string;
  readonly text: string;
}

export function filled(name: string): StarterFile[] {
  const fill = (text: string): string =>
    text
      .replace("NAME", () => JSON.stringify(name))
      .replace("IMAGE", () => JSON.stringify(`${imageName(name)}:0.1.0`));
  return [
    { path: "processing-container.json", text: fill(container) },
    { path: "task.json", text: fill(task) },
    { path: "Dockerfile", text: dockerfile },
    { path: "run.sh", text: script },
  ];
}
