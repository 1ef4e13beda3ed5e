//! The look of a workflow's graph.

import { css } from "lit";

export const workflowStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 240px;
    overflow: hidden;
    background: var(--_background);
  }

  .tools {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 8px 16px;
    border-bottom: 1px solid var(--_border);
  }

  .space {
    flex: 1;
  }

  .adder {
    position: relative;
    display: inline-flex;
    align-items: center;
  }

  .adder svg {
    position: absolute;
    inset-inline-start: 8px;
    pointer-events: none;
  }

  .adder select {
    min-height: 28px;
    padding: 0 8px 0 32px;
    border: 1px solid var(--_border-control);
    border-radius: 6px;
    background: var(--_surface);
    color: var(--_text);
    font: 500 13px/20px var(--_font);
    cursor: pointer;
  }

  .notice {
    display: flex;
    gap: 8px;
    margin: 8px 16px 0;
    padding: 8px 12px;
    border: 1px solid var(--_border);
    border-inline-start: 2px solid var(--_info);
    border-radius: var(--_radius);
    background: var(--_surface);
    overflow-wrap: anywhere;
  }

  .notice.error {
    border-inline-start-color: var(--_error);
  }

  .notice svg {
    margin-top: 2px;
  }

  .graph {
    flex: 1 1 50%;
    min-height: 160px;
    overflow: auto;
    direction: ltr;
  }

  .empty {
    padding: 48px 16px;
    color: var(--_text-quiet);
    text-align: center;
  }

  .canvas {
    position: relative;
    margin-inline: auto;
  }

  .lines {
    position: absolute;
    inset: 0;
    overflow: visible;
    pointer-events: none;
  }

  .line {
    fill: none;
    stroke: var(--_border-control);
    stroke-width: 1.5;
  }

  .line.order {
    stroke-dasharray: 4 4;
  }

  .line.near,
  .line.drag {
    stroke: var(--_accent);
    stroke-width: 2;
  }

  .line.warning {
    stroke: var(--_warning);
  }

  .line.error {
    stroke: var(--_error);
    stroke-width: 2;
  }

  .tip {
    fill: var(--_text-quiet);
  }

  .task,
  .source {
    position: absolute;
    border: 1px solid var(--_border-control);
    border-radius: var(--_radius);
    background: var(--_surface);
  }

  .task.selected {
    border-color: var(--_accent);
    box-shadow: 0 0 0 1px var(--_accent);
  }

  .task.error {
    border-color: var(--_error);
  }

  .task.error.selected {
    box-shadow: 0 0 0 1px var(--_error);
  }

  .source {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 0 12px;
    border-color: var(--_border);
    border-radius: 18px;
    color: var(--_text-quiet);
    font: 13px/20px var(--_font-mono);
  }

  .source span {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .title {
    display: flex;
    align-items: center;
    gap: 8px;
    width: 100%;
    height: 59px;
    padding: 0 12px;
    border: none;
    border-bottom: 1px solid var(--_border);
    border-radius: calc(var(--_radius) - 1px) calc(var(--_radius) - 1px) 0 0;
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
    cursor: pointer;
  }

  .title:hover {
    background: color-mix(in oklab, transparent, var(--_text) 5%);
  }

  .words {
    display: block;
    flex: 1;
    min-width: 0;
  }

  .words > * {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .template {
    color: var(--_text-quiet);
    font-size: 13px;
  }

  .step {
    flex: none;
    min-width: 24px;
    padding: 0 4px;
    border-radius: 12px;
    background: var(--_accent-quiet);
    color: var(--_accent);
    font: 600 13px/24px var(--_font);
    text-align: center;
  }

  .step.never {
    background: var(--_error-quiet);
    color: var(--_error);
  }

  .ports {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
  }

  .port {
    display: flex;
    align-items: center;
    gap: 6px;
    width: 100%;
    height: 28px;
    padding: 0 4px;
    border: none;
    border-radius: 6px;
    background: none;
    color: var(--_text);
    font: 13px/20px var(--_font);
    touch-action: none;
  }

  .outputs .port {
    justify-content: flex-end;
    cursor: crosshair;
  }

  .inputs .port {
    cursor: default;
  }

  .port:focus-visible {
    outline-offset: -2px;
  }

  .connecting .inputs .port {
    background: var(--_accent-quiet);
    cursor: pointer;
  }

  .outputs .port:hover,
  .port.pending,
  .connecting .inputs .port:hover {
    background: color-mix(in oklab, var(--_accent-quiet), var(--_accent) 18%);
  }

  .channel {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .port.unknown .channel {
    color: var(--_error);
    text-decoration: underline wavy;
  }

  .dot {
    flex: none;
    width: 10px;
    height: 10px;
    border: 2px solid var(--_border-control);
    border-radius: 50%;
    background: var(--_surface);
  }

  .inputs .dot {
    margin-inline-start: -9px;
  }

  .outputs .dot {
    margin-inline-end: -9px;
  }

  .connected .dot {
    border-color: var(--_accent);
    background: var(--_accent);
  }

  task-api-workflow-panel {
    flex: 0 1 auto;
    max-height: 50%;
  }
`;
