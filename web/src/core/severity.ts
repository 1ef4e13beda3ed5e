//! Severities by word and icon, never by colour alone.

import { msg } from "@lit/localize";
import { html, type TemplateResult } from "lit";
import type { Severity } from "task-api-wasm";

import { icon } from "./icons.js";

export function severityWord(severity: Severity): string {
  switch (severity) {
    case "error":
      return msg("Error");
    case "warning":
      return msg("Warning");
    case "info":
      return msg("Note");
  }
}

export function severityLabel(severity: Severity): TemplateResult {
  return html`<span class="severity ${severity}">${icon(severity)}${severityWord(severity)}</span>`;
}

export interface Counts {
  errors: number;
  warnings: number;
  infos: number;
}

export function count(diagnostics: readonly { severity: Severity }[]): Counts {
  const of = (severity: Severity) => diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  return { errors: of("error"), warnings: of("warning"), infos: of("info") };
}
