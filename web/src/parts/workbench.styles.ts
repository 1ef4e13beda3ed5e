//! The layout of the workbench: a header, two sides that share the width, a status line. Below 1100 px one column.

import { css } from "lit";

export const workbenchStyles = css`
  :host {
    display: grid;
    grid-template-rows: auto minmax(0, 1fr) auto;
    grid-template-columns: minmax(0, 1fr);
    height: 100%;
    background: var(--_background);
  }

  header {
    display: flex;
    align-items: center;
    gap: 8px;
    min-width: 0;
    padding: 8px 16px;
    border-bottom: 1px solid var(--_border);
    background: var(--_surface);
  }

  header h1 {
    min-width: 0;
  }

  .draft-name {
    max-width: 320px;
    min-width: 0;
    margin-inline-start: -12px;
  }

  .draft-name strong {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    font-size: 16px;
    line-height: 24px;
    font-weight: 600;
  }

  .container-name {
    display: flex;
    align-items: center;
    gap: 8px;
    min-width: 0;
    padding-inline-start: 12px;
    border-inline-start: 1px solid var(--_border);
    color: var(--_text-quiet);
    white-space: nowrap;
  }

  .container-name span {
    overflow: hidden;
    text-overflow: ellipsis;
  }

  header wa-select {
    flex: 0 1 200px;
    min-width: 0;
  }

  header wa-select::part(form-control-label) {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }

  .space {
    flex: 1;
  }

  .modes {
    display: flex;
    border: 1px solid var(--_border-control);
    border-radius: var(--_radius);
    overflow: hidden;
  }

  wa-split-panel {
    min-height: 0;
    height: 100%;
    --divider-width: 1px;
    --divider-hit-area: 12px;
    --min: 320px;
    --max: calc(100% - 360px);
  }

  wa-split-panel::part(divider) {
    background: var(--_border);
  }

  wa-split-panel::part(divider):focus-visible {
    background: var(--_accent);
  }

  .start,
  .end {
    display: grid;
    min-width: 0;
    min-height: 0;
    height: 100%;
    overflow: hidden;
  }

  .end {
    grid-template-rows: auto minmax(0, 1fr);
    background: var(--_surface);
  }

  .start > *,
  .panel,
  .panel > * {
    min-width: 0;
    min-height: 0;
    height: 100%;
    overflow-x: hidden;
  }

  .preview {
    display: grid;
    grid-template-rows: auto minmax(0, 1fr);
  }

  .preview .bar {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 8px 16px;
    border-bottom: 1px solid var(--_border);
    background: var(--_surface);
    color: var(--_text-quiet);
    height: auto;
  }

  .preview .bar wa-select {
    flex: 0 1 240px;
  }

  .preview .bar wa-select::part(form-control-label) {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }

  [role="tablist"] {
    display: flex;
    gap: 4px;
    padding: 0 8px;
    border-bottom: 1px solid var(--_border);
    background: var(--_surface);
  }

  [role="tab"] {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 44px;
    padding: 0 12px;
    border: none;
    border-bottom: 2px solid transparent;
    margin-bottom: -1px;
    background: none;
    color: var(--_text-quiet);
    font: 500 14px/20px var(--_font);
    white-space: nowrap;
    cursor: pointer;
    transition: color var(--_motion);
  }

  [role="tab"]:hover {
    color: var(--_text);
  }

  [role="tab"][aria-selected="true"] {
    color: var(--_accent);
    border-bottom-color: var(--_accent);
  }

  [role="tab"]:focus-visible {
    outline-offset: -4px;
    border-radius: 8px;
  }

  [role="tab"] svg {
    display: none;
  }

  [role="tab"].only-narrow {
    display: none;
  }

  .badge {
    min-width: 20px;
    padding: 0 4px;
    border-radius: 10px;
    background: var(--_error-quiet);
    color: var(--_error);
    font-size: 13px;
    text-align: center;
  }

  .badge.warning {
    background: var(--_warning-quiet);
    color: var(--_warning);
  }

  .badge.info {
    background: var(--_info-quiet);
    color: var(--_info);
  }

  .panel[hidden] {
    display: none;
  }

  footer {
    display: flex;
    align-items: center;
    gap: 4px 16px;
    min-height: 36px;
    padding: 4px 16px;
    border-top: 1px solid var(--_border);
    background: var(--_surface);
    color: var(--_text-quiet);
    font-size: 13px;
    line-height: 20px;
  }

  footer .verdict {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-height: 28px;
    margin-inline-start: -8px;
    padding: 0 8px;
    border: none;
    border-radius: 6px;
    background: none;
    color: var(--_text);
    font: 500 13px/20px var(--_font);
    cursor: pointer;
  }

  footer .verdict:disabled {
    cursor: default;
  }

  footer .verdict:hover:not(:disabled) {
    background: var(--_sunken);
  }

  footer .valid svg {
    color: var(--_success);
  }

  footer .invalid svg {
    color: var(--_error);
  }

  footer .open svg {
    color: var(--_warning);
  }

  footer .note {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .drop-hint {
    position: fixed;
    inset: 8px;
    z-index: 10;
    display: grid;
    place-items: center;
    border: 2px dashed var(--_accent);
    border-radius: var(--_radius);
    background: color-mix(in oklab, var(--_surface), transparent 10%);
    font-size: 20px;
    line-height: 28px;
    font-weight: 600;
    pointer-events: none;
  }

  .only-narrow {
    display: none;
  }

  @media (max-width: 1099px) {
    header {
      padding: 8px;
      gap: 4px;
    }

    .container-name,
    header wa-select,
    header .only-wide {
      display: none;
    }

    header .draft-name {
      max-width: 100%;
      margin-inline-start: 0;
      padding: 0 8px;
    }

    header h1 {
      flex: 1;
    }

    .space {
      display: none;
    }

    header .primary span {
      display: none;
    }

    header .primary {
      width: 36px;
      padding: 0;
    }

    wa-split-panel {
      display: block;
    }

    wa-split-panel::part(divider) {
      display: none;
    }

    wa-split-panel::part(start),
    wa-split-panel::part(end) {
      height: 100%;
    }

    wa-split-panel.shows-form::part(end),
    wa-split-panel.shows-end::part(start) {
      display: none;
    }

    .end {
      grid-template-rows: minmax(0, 1fr);
    }

    [role="tablist"] {
      order: 4;
      justify-content: space-around;
      gap: 0;
      padding: 0 4px;
      border-top: 1px solid var(--_border);
      border-bottom: none;
    }

    [role="tab"],
    [role="tab"].only-narrow {
      position: relative;
      display: flex;
      flex: 1;
      flex-direction: column;
      gap: 0;
      min-width: 0;
      min-height: 52px;
      padding: 4px;
      margin: -1px 0 0;
      border-bottom: none;
      border-top: 2px solid transparent;
      font-size: 13px;
    }

    [role="tab"] > span:not(.badge) {
      max-width: 100%;
      overflow: hidden;
      text-overflow: ellipsis;
    }

    [role="tab"][aria-selected="true"] {
      border-top-color: var(--_accent);
    }

    [role="tab"] svg {
      display: block;
    }

    [role="tab"] .badge {
      position: absolute;
      inset-block-start: 2px;
      inset-inline-start: calc(50% + 6px);
    }

    :host {
      grid-template-rows: auto minmax(0, 1fr) auto auto;
    }

    footer {
      padding-inline: 8px;
    }

    footer .verdict {
      margin: 0;
    }

    footer .version {
      display: none;
    }
  }
`;
