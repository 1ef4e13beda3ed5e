export const CONTAINER = JSON.stringify({
  name: "Lungs",
  description: "Segments lungs.",
  templates: [
    {
      identifier: "segment",
      description: "",
      inputs: [{ name: "images" }],
      outputs: [{ name: "masks" }],
    },
  ],
});
