//! The look of a container's form: templates that hold lists, whose entries open.

import { css } from "lit";

export const containerFormStyles = css`
  h4,
  h5 {
    margin: 0;
    font-size: inherit;
    font-weight: inherit;
  }

  .template > .head {
    padding: 8px 8px 8px 4px;
  }

  .head {
    display: flex;
    align-items: center;
    gap: 4px;
    min-width: 0;
    padding: 4px 8px 4px 4px;
  }

  .head > h4 {
    flex: 1;
    min-width: 0;
  }

  .toggle {
    display: flex;
    flex: 1;
    width: 100%;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 8px;
    min-width: 0;
    min-height: 36px;
    padding: 4px 8px;
    border: none;
    border-radius: 6px;
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
    overflow-wrap: anywhere;
    cursor: pointer;
  }

  .toggle:hover {
    background: color-mix(in oklab, transparent, var(--_text) 6%);
  }

  .toggle > svg,
  summary svg {
    flex: none;
    color: var(--_text-quiet);
    transition: rotate var(--_motion);
    rotate: -90deg;
  }

  .toggle:dir(rtl) > svg,
  summary:dir(rtl) svg {
    rotate: 90deg;
  }

  .toggle[aria-expanded="true"] > svg,
  details[open] > summary svg {
    rotate: none;
  }

  .toggle .severity > svg {
    rotate: none;
    color: inherit;
  }

  .name {
    min-width: 0;
    font-weight: 600;
  }

  h4 .name {
    font-size: 16px;
    line-height: 24px;
  }

  .toggle code {
    min-width: 0;
    max-width: 24ch;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    color: var(--_text-quiet);
  }

  .about,
  .none {
    color: var(--_text-quiet);
    font-size: 13px;
  }

  .about.whole {
    flex-basis: 100%;
    padding-inline-start: 24px;
  }

  .about:empty {
    display: none;
  }

  .none {
    padding: 0 16px;
  }

  .actions {
    display: flex;
    flex: none;
  }

  .actions button.action {
    color: var(--_text-quiet);
  }

  .actions button.action:disabled {
    visibility: hidden;
  }

  .parts {
    border-top: 1px solid var(--_border);
  }

  .parts > task-api-field + task-api-field,
  .body > task-api-field + task-api-field {
    border-top: 1px solid var(--_border);
  }

  .list {
    margin: 0;
    border-top: 1px solid var(--_border);
    padding-block: 12px 4px;
  }

  h5 {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 0 16px 4px;
    font-weight: 600;
  }

  h5 .count,
  summary .count {
    color: var(--_text-quiet);
    font-size: 13px;
    font-weight: 400;
  }

  summary {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-block: -4px 4px;
    padding: 4px 0;
    list-style: none;
    cursor: pointer;
  }

  summary::-webkit-details-marker {
    display: none;
  }

  summary:focus-visible {
    outline-offset: -2px;
    border-radius: 6px;
  }

  summary h5 {
    padding-bottom: 0;
  }

  .list .group,
  .body .group {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
    padding: 12px 16px 4px;
    color: var(--_text-quiet);
    font-size: 13px;
    font-weight: 600;
  }

  .body .group {
    border-top: 1px solid var(--_border);
  }

  .entry {
    margin-inline: 4px;
  }

  .entry.open {
    margin: 4px 12px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_background);
  }

  .entry.open > .head {
    padding-inline: 0 4px;
  }

  .virtual .entry {
    width: calc(100% - 8px);
  }

  .body {
    border-top: 1px solid var(--_border);
  }

  .problem {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 4px 8px;
    padding: 8px 16px;
    overflow-wrap: anywhere;
  }

  .problem .severity {
    align-self: center;
  }

  section[part="section"] > .add {
    padding-inline: 0;
  }

  @container (max-width: 480px) {
    .head {
      align-items: flex-start;
    }

    .actions button[data-action="raise"],
    .actions button[data-action="lower"] {
      width: 24px;
    }

    .toggle code {
      max-width: 16ch;
    }

    .entry.open {
      margin-inline: 4px;
    }
  }
`;
