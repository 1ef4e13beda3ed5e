//! Drafts, kept in this browser. Where it keeps nothing (a private window, a full disk), the page works without.

import { createStore, del, entries, set, type UseStore } from "idb-keyval";
import type { WorkflowContainer } from "task-api-wasm";

export interface Draft {
  id: string;
  mode: "task" | "author" | "workflow";
  container: string;
  /** The task.json, or the workflow.json. */
  task: string;
  /** The container files of a workflow. */
  containers?: WorkflowContainer[];
  /** What the lists call it. */
  name: string;
  /** Milliseconds, for the order. */
  saved: number;
}

let opened: UseStore | undefined;

function store(): UseStore {
  opened ??= createStore("task-api-builder", "drafts");
  return opened;
}

/** Whether it was kept. */
export async function saveDraft(draft: Draft): Promise<boolean> {
  try {
    await set(draft.id, draft, store());
    return true;
  } catch {
    return false;
  }
}

/** The newest first. */
export async function listDrafts(): Promise<Draft[]> {
  try {
    const all = await entries<string, Draft>(store());
    return all.map(([, draft]) => draft).sort((a, b) => b.saved - a.saved);
  } catch {
    return [];
  }
}

export async function deleteDraft(id: string): Promise<void> {
  try {
    await del(id, store());
  } catch {
    // It was not kept, so it is not there.
  }
}
