//! What page and worker say to each other.

import type {
  AddableList,
  Change as FormChange,
  CompletionItem,
  ContainerChange,
  Hover,
  MigrationResult,
  OperatorOptions,
  OperatorSnippet,
  Options,
  RuleDocumentation,
  RunOptions,
  TemplateChange,
  TextEdit,
  TriggerBody,
  TriggerOptions,
  ValidationResult,
  WhatWillRun,
  WorkflowChange,
  WorkflowContainer,
  WorkflowState,
} from "task-api-wasm";

import type { Change } from "./changes.js";
import type { ContainerViewMessage, ViewMessage } from "./views.js";

export interface Calls {
  openDocument(id: number, text: string): void;
  changeDocument(id: number, changes: Change[]): void;
  closeDocument(id: number): void;
  check(id: number, options: Options): ValidationResult;
  complete(id: number, offset: number, options: Options): CompletionItem[];
  hover(id: number, offset: number, options: Options): Hover | undefined;
  format(id: number): TextEdit[];
  migrate(id: number, to: 0 | 1): MigrationResult;
  validate(text: string, options: Options): ValidationResult;
  explain(rule: string): RuleDocumentation | undefined;
  minimalTask(container: string, template: string): string;

  openForm(id: number, container: string, template: string, task?: string): { text: string; view: ViewMessage };
  closeForm(id: number): void;
  setFormText(id: number, text: string): void;
  changeFormText(id: number, edits: TextEdit[]): void;
  setFormContainer(id: number, text: string): void;
  viewForm(id: number): ViewMessage;
  setField(id: number, field: string, value: string | number | boolean | string[]): FormChange;
  resetField(id: number, field: string): FormChange;
  addEntry(id: number, list: AddableList, name: string, value: string): FormChange;
  removeEntry(id: number, field: string): FormChange;
  renameEntry(id: number, field: string, name: string): FormChange;
  changeTemplate(id: number, template: string): TemplateChange;
  bindMissing(id: number): FormChange;
  whatWillRun(id: number, options: RunOptions): WhatWillRun;
  triggerBody(id: number, options: TriggerOptions): TriggerBody;
  operatorSnippet(id: number, options: OperatorOptions): OperatorSnippet;

  openContainerForm(id: number, text: string): void;
  closeContainerForm(id: number): void;
  setContainerFormText(id: number, text: string): void;
  changeContainerFormText(id: number, edits: TextEdit[]): void;
  viewContainerForm(id: number, open: string[]): ContainerViewMessage;
  setContainerField(id: number, field: string, value: string | number | boolean | string[]): ContainerChange;
  resetContainerField(id: number, field: string): ContainerChange;
  addContainerEntry(id: number, list: string, name: string, value: string): ContainerChange;
  removeContainerEntry(id: number, entry: string): ContainerChange;
  duplicateContainerEntry(id: number, entry: string): ContainerChange;
  moveContainerEntry(id: number, entry: string, to: number): ContainerChange;

  openWorkflow(id: number, text: string, containers: WorkflowContainer[]): void;
  closeWorkflow(id: number): void;
  setWorkflowText(id: number, text: string): void;
  changeWorkflowText(id: number, edits: TextEdit[]): void;
  setWorkflowContainers(id: number, containers: WorkflowContainer[]): void;
  viewWorkflow(id: number): WorkflowState;
  setInWorkflow(id: number, field: string, value: string): WorkflowChange;
  connectInWorkflow(id: number, from: string, output: string | undefined, to: string, input: string | undefined): WorkflowChange;
  removeFromWorkflow(id: number, entry: string): WorkflowChange;
  addTaskToWorkflow(id: number, template: string): WorkflowChange;
  addSourceToWorkflow(id: number, to: string, input: string, hostPath: string): WorkflowChange;
}

export interface Call {
  id: number;
  name: keyof Calls;
  args: unknown[];
}

export type Answer = { id: number; value: unknown } | { id: number; error: string };
