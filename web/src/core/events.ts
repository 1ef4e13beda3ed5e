//! The events of the elements. All of them cross shadow roots, and none can be cancelled.

import type { ValidationResult } from "task-api-wasm";

import type { Change } from "./changes.js";

export interface ChangeDetail {
  /** What was replaced in the text before. */
  changes: Change[];
  /** Whether a person did it in this element, and not the page by setting `value`. */
  byUser: boolean;
}

export interface GoToDetail {
  /** UTF-16 offsets in the text. */
  start: number;
  end: number;
  /** The form's field, where it has one. */
  field?: string;
}

declare global {
  interface HTMLElementEventMap {
    "task-api-change": CustomEvent<ChangeDetail>;
    "task-api-diagnostics": CustomEvent<ValidationResult>;
    "task-api-go-to": CustomEvent<GoToDetail>;
  }
}

export function emit(target: EventTarget, name: string, detail: unknown): void {
  target.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}
