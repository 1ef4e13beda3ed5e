//! The look of forms: sections of cards, with a row for each field.

import { css } from "lit";

export const formStyles = css`
  :host {
    display: block;
    overflow: auto;
    container-type: inline-size;
    background: var(--_background);
  }

  .page {
    max-width: 720px;
    margin-inline: auto;
    padding: 16px 16px 48px;
  }

  .tools {
    position: sticky;
    top: 0;
    z-index: 2;
    display: flex;
    flex-wrap: wrap;
    gap: 8px 16px;
    align-items: center;
    padding: 8px 16px;
    border-bottom: 1px solid var(--_border);
    background: var(--_background);
  }

  .tools wa-input {
    flex: 1 1 200px;
    min-width: 0;
  }

  .tools wa-input::part(form-control-label) {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }

  .tools wa-switch {
    --height: 20px;
    --width: 36px;
    --thumb-size: 14px;
  }

  .summary {
    padding: 0 0 8px;
  }

  .summary h2 {
    font-size: 20px;
    line-height: 28px;
    font-weight: 600;
    overflow-wrap: anywhere;
  }

  .summary p {
    overflow-wrap: anywhere;
    white-space: pre-line;
  }

  section,
  details.section {
    margin-top: 24px;
  }

  .heading {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 28px;
    padding-bottom: 8px;
  }

  .heading h3 {
    font-size: 16px;
    line-height: 24px;
    font-weight: 600;
  }

  summary.heading {
    list-style: none;
    cursor: pointer;
    border-radius: 4px;
  }

  summary.heading::-webkit-details-marker {
    display: none;
  }

  summary.heading > svg {
    transition: rotate var(--_motion);
    rotate: -90deg;
  }

  summary.heading:dir(rtl) > svg {
    rotate: 90deg;
  }

  details[open] > summary.heading > svg {
    rotate: none;
  }

  .heading .count {
    margin-inline-start: auto;
    color: var(--_text-quiet);
    font-size: 13px;
  }

  .card {
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_surface);
    overflow: clip;
  }

  .card + .card {
    margin-top: 8px;
  }

  .card > task-api-field + task-api-field,
  .card > .group + task-api-field,
  .card > task-api-field + .add {
    border-top: 1px solid var(--_border);
  }

  .card > .group {
    padding: 12px 16px 4px;
    color: var(--_text-quiet);
    font-size: 13px;
    font-weight: 600;
  }

  .card > task-api-field + .group {
    border-top: 1px solid var(--_border);
  }

  .card > .group + task-api-field {
    border-top: none;
  }

  .virtual task-api-field {
    width: 100%;
    border-bottom: 1px solid var(--_border);
  }

  .channel {
    padding: 12px 16px 0;
  }

  .channel h4 {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
    margin: 0;
    font-size: 14px;
    line-height: 20px;
    font-weight: 600;
    overflow-wrap: anywhere;
  }

  .channel h4 code {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    color: var(--_text-quiet);
    font-weight: 400;
  }

  .channel h4 code svg {
    width: 12px;
    height: 12px;
  }

  .channel h4 code:dir(rtl) svg {
    scale: -1 1;
  }

  .channel p {
    color: var(--_text-quiet);
    font-size: 13px;
    overflow-wrap: anywhere;
    white-space: pre-line;
  }

  .channel .rule {
    display: flex;
    align-items: flex-start;
    gap: 8px;
    margin-top: 4px;
  }

  .channel .rule svg {
    margin-top: 2px;
  }

  .add {
    padding: 8px 16px;
  }

  .after .add {
    padding: 8px 0 0;
  }

  .empty + .add {
    border-top: 1px solid var(--_border);
  }

  .empty {
    padding: 12px 16px;
    color: var(--_text-quiet);
  }

  .notice {
    display: flex;
    gap: 8px;
    margin-top: 16px;
    padding: 12px 16px;
    border: 1px solid var(--_border);
    border-inline-start: 2px solid var(--_info);
    border-radius: var(--_radius);
    background: var(--_surface);
    overflow-wrap: anywhere;
  }

  .notice svg {
    margin-top: 2px;
  }

  .notice.error {
    border-inline-start-color: var(--_error);
  }

  .notice.error svg {
    color: var(--_error);
  }
`;
