// What extension and builder say to each other.

import type { Change } from "./changes.js";

/** To the webview. */
export type ToBuilder =
  | {
      readonly kind: "open";
      /** What the worker is made of. */
      readonly module: Uint8Array;
      readonly text: string;
      readonly container: string;
      readonly language: string;
      readonly file: string;
    }
  /** The document as it is, after so many edits of the builder. */
  | { readonly kind: "text"; readonly text: string; readonly revision: number; readonly taken: number }
  | { readonly kind: "container"; readonly container: string };

/** From the webview. */
export type FromBuilder =
  | { readonly kind: "ready" }
  /** Of the text of that revision, with the edits before this one. */
  | { readonly kind: "edit"; readonly revision: number; readonly changes: readonly Change[] }
  | { readonly kind: "command"; readonly command: "undo" | "redo" | "save" };
