//! The state of a form on its way from the worker: what did not change is not sent again, and stays the same objects,
//! so that nothing of it is drawn again. A container may have ten thousand variables.

import type { ContainerFormState, Field, FormEntry, FormSection, FormState } from "task-api-wasm";

export type SectionId = FormSection["id"];

export const SECTIONS: readonly SectionId[] = ["task", "inputs", "outputs", "parameters", "resources", "advanced"];

interface Patch<Item = Field> {
  length: number;
  changed: [number, Item][];
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
      patches[id] = patch(this.sent[id] ?? [], section.fields);
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
      const fields = patched(this.received[id] ?? [], patches[id]);
      this.received[id] = fields;
      state.sections[id].fields = fields;
    }
    return state;
  }
}

const LISTS = ["inputs", "outputs", "env"] as const;

export interface ContainerViewMessage {
  /** Without the entries of its templates. */
  state: ContainerFormState;
  /** By the id of the list. */
  patches: Record<string, Patch<FormEntry>>;
}

/** The worker's side, for a container. */
export class ContainerViewSender {
  private sent: Record<string, FormEntry[]> = {};

  message(state: ContainerFormState): ContainerViewMessage {
    const patches: ContainerViewMessage["patches"] = {};
    const sent: Record<string, FormEntry[]> = {};
    for (const { id, parts } of state.templates) {
      if (parts === undefined) continue;
      for (const name of LISTS) {
        const list = `${id}/${name}`;
        patches[list] = patch(this.sent[list] ?? [], parts[name]);
        sent[list] = parts[name];
        parts[name] = [];
      }
    }
    this.sent = sent;
    return { state, patches };
  }
}

/** The page's side, for a container. */
export class ContainerViewReceiver {
  private received: Record<string, FormEntry[]> = {};

  view({ state, patches }: ContainerViewMessage): ContainerFormState {
    const received: Record<string, FormEntry[]> = {};
    for (const { id, parts } of state.templates) {
      if (parts === undefined) continue;
      for (const name of LISTS) {
        const list = `${id}/${name}`;
        const changed = patches[list];
        if (changed === undefined) continue;
        parts[name] = patched(this.received[list] ?? [], changed);
        received[list] = parts[name];
      }
    }
    this.received = received;
    return state;
  }
}

function patch<Item>(before: readonly Item[], after: readonly Item[]): Patch<Item> {
  const changed = after.flatMap((item, index): [number, Item][] => (isSame(before[index], item) ? [] : [[index, item]]));
  return { length: after.length, changed };
}

function patched<Item>(before: readonly Item[], { length, changed }: Patch<Item>): Item[] {
  const items = before.slice(0, length);
  for (const [index, item] of changed) items[index] = item;
  return items;
}

/** Whether two values are the same, but for where they stand in the text: all that follows an edit moves. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => key === "range" || isSame(a[key as keyof typeof a], b[key as keyof typeof b]));
}
