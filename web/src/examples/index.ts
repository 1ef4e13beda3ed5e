//! Containers to try the page with.

import { msg } from "@lit/localize";

export interface Example {
  id: string;
  name: string;
  description: string;
  load(): Promise<string>;
}

export function examples(): Example[] {
  return [
    {
      id: "segmentation",
      name: "organ-segmentation",
      description: msg("Two templates, memory by the size of the images"),
      load: async () => (await import("./segmentation.json?raw")).default,
    },
    {
      id: "count-items",
      name: "count-items",
      description: msg("The example of the project, small enough to run"),
      load: async () => (await import("../../../examples/count-items/processing-container.json?raw")).default,
    },
    {
      id: "hello",
      name: "my_algorithm",
      description: msg("The example of the guide: one parameter, two outputs"),
      load: async () => (await import("./hello.json?raw")).default,
    },
    {
      id: "workflow",
      name: "heart-and-lungs",
      description: msg("A workflow: four tasks, and what goes from one to the next"),
      load: async () => (await import("./workflow.json?raw")).default,
    },
  ];
}
