//! The state of a form on its way from the worker: fields that did not change are not sent again, and stay the same
//! objects, so that nothing of them is drawn again. A container may have ten thousand.

import type { Field, FormSection, FormState } from "task-api-wasm";

export type SectionId = FormSection["id"];

export const SECTIONS: readonly SectionId[] = ["task", "inputs", "outputs", "parameters", "resources", "advanced"];

interface Patch {
  length: number;
  changed: [number, Field][];
}

export interface ViewMessage {
  /** Without the fields of its sections. */
  state: FormState;
  patches: Record<SectionId, Patch>;
}

/** The worker's side. */
export class ViewSender {
  private sent: Partial<Record<SectionId, Field[]>> = {};

  message(state: FormState): ViewMessage {
    const patches = {} as Record<SectionId, Patch>;
    for (const id of SECTIONS) {
      const section = state.sections[id];
      const before = this.sent[id] ?? [];
      const changed = section.fields.flatMap((field, index): [number, Field][] =>
        isSame(before[index], field) ? [] : [[index, field]],
      );
      patches[id] = { length: section.fields.length, changed };
      this.sent[id] = section.fields;
      section.fields = [];
    }
    return { state, patches };
  }
}

/** The page's side. */
export class ViewReceiver {
  private received: Partial<Record<SectionId, Field[]>> = {};

  view({ state, patches }: ViewMessage): FormState {
    for (const id of SECTIONS) {
      const { length, changed } = patches[id];
      const fields = (this.received[id] ?? []).slice(0, length);
      for (const [index, field] of changed) fields[index] = field;
      this.received[id] = fields;
      state.sections[id].fields = fields;
    }
    return state;
  }
}

/** Whether two values are the same, but for where they stand in the text: all that follows an edit moves. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => key === "range" || isSame(a[key as keyof typeof a], b[key as keyof typeof b]));
}
