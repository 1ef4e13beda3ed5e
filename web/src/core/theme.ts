//! The look: tokens that a host page can set as `--task-api-…`, and what the control library makes of them.

import { css } from "lit";

/**
 * Each token is `--task-api-NAME` where the page sets it, else ours. Both themes are in one value: `light-dark()`
 * follows the `color-scheme` of the page, or that of an element with `theme="light"` or `theme="dark"`.
 */
export const tokens = css`
  :host {
    --_background: var(--task-api-background, light-dark(#f6f7f8, #111316));
    --_surface: var(--task-api-surface, light-dark(#ffffff, #181b1f));
    --_sunken: var(--task-api-sunken, light-dark(#eff1f3, #0d0f11));
    --_border: var(--task-api-border, light-dark(#dcdfe4, #2b2f36));
    --_border-control: var(--task-api-border-control, light-dark(#868d99, #6b7380));
    --_text: var(--task-api-text, light-dark(#1a1d21, #e7e9ec));
    --_text-quiet: var(--task-api-text-quiet, light-dark(#565d69, #a3aab5));
    --_accent: var(--task-api-accent, light-dark(#0d6b72, #57c3c9));
    --_on-accent: var(--task-api-on-accent, light-dark(#ffffff, #06292c));
    --_accent-quiet: var(--task-api-accent-quiet, light-dark(#e3f1f2, #12312f));
    --_error: var(--task-api-error, light-dark(#b3261e, #ff8b80));
    --_error-quiet: var(--task-api-error-quiet, light-dark(#fdecea, #3a1a18));
    --_warning: var(--task-api-warning, light-dark(#875200, #f0b357));
    --_warning-quiet: var(--task-api-warning-quiet, light-dark(#fdf2dc, #33260e));
    --_info: var(--task-api-info, light-dark(#2a5db0, #8db6ff));
    --_info-quiet: var(--task-api-info-quiet, light-dark(#e8effb, #17253d));
    --_success: var(--task-api-success, light-dark(#1d6f42, #6cca93));
    --_font: var(--task-api-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
    --_font-mono: var(--task-api-font-mono, ui-monospace, "SF Mono", "Cascadia Code", "DejaVu Sans Mono", Menlo, monospace);
    --_radius: var(--task-api-radius, 8px);
    --_radius-small: calc(var(--_radius) * 0.5);
    --_motion: var(--task-api-motion, 120ms);

    color: var(--_text);
    font: 14px/20px var(--_font);
  }

  :host([theme="light"]) {
    color-scheme: light;
  }

  :host([theme="dark"]) {
    color-scheme: dark;
  }

  :host([hidden]) {
    display: none !important;
  }

  @media (prefers-reduced-motion: reduce) {
    :host {
      --_motion: 0ms;
    }
  }
`;

/** The control library's own tokens, from ours. */
export const controls = css`
  :host {
    --wa-font-family-body: var(--_font);
    --wa-font-size-xs: 13px;
    --wa-font-size-s: 13px;
    --wa-font-size-smaller: 13px;
    --wa-font-size-m: 14px;
    --wa-font-size-l: 16px;
    --wa-font-size-xl: 20px;
    --wa-font-weight-body: 400;
    --wa-font-weight-normal: 400;
    --wa-font-weight-semibold: 600;
    --wa-font-weight-action: 500;
    --wa-font-weight-heading: 600;
    --wa-line-height-condensed: 1.4286;
    --wa-line-height-normal: 1.4286;
    --wa-space-2xs: 4px;
    --wa-space-xs: 8px;
    --wa-space-s: 12px;
    --wa-space-m: 16px;
    --wa-space-l: 16px;
    --wa-space-xl: 24px;
    --wa-space-2xl: 32px;
    --wa-spacing-xs: 8px;
    --wa-border-style: solid;
    --wa-border-width-s: 1px;
    --wa-border-width-m: 2px;
    --wa-border-width-l: 2px;
    --wa-border-radius-s: var(--_radius-small);
    --wa-border-radius-m: var(--_radius);
    --wa-border-radius-l: var(--_radius);
    --wa-border-radius-pill: 999px;
    --wa-panel-border-radius: var(--_radius);
    --wa-focus-ring-style: solid;
    --wa-focus-ring-width: 2px;
    --wa-color-focus: var(--_accent);
    --wa-focus-ring: solid 2px var(--_accent);
    --wa-focus-ring-offset: 1px;
    --wa-shadow-s: none;
    --wa-shadow-m: 0 4px 16px light-dark(rgb(20 24 30 / 0.1), rgb(0 0 0 / 0.5));
    --wa-shadow-l: 0 8px 32px light-dark(rgb(20 24 30 / 0.16), rgb(0 0 0 / 0.6));
    --wa-transition-easing: ease;
    --wa-transition-slow: var(--_motion);
    --wa-transition-normal: var(--_motion);
    --wa-transition-fast: var(--_motion);
    --wa-button-transform-hover: none;
    --wa-button-transform-active: none;
    --wa-color-mix-hover: var(--_text) 6%;
    --wa-color-mix-active: var(--_text) 12%;
    --wa-color-overlay-modal: light-dark(rgb(20 24 30 / 0.35), rgb(0 0 0 / 0.6));
    --wa-color-text-normal: var(--_text);
    --wa-color-text-quiet: var(--_text-quiet);
    --wa-color-surface-default: var(--_surface);
    --wa-color-surface-raised: var(--_surface);
    --wa-color-surface-lowered: var(--_sunken);
    --wa-color-surface-border: var(--_border);
    --wa-color-neutral-fill-quiet: var(--_sunken);
    --wa-color-neutral-fill-normal: var(--_sunken);
    --wa-color-neutral-fill-loud: var(--_text-quiet);
    --wa-color-neutral-border-quiet: var(--_border);
    --wa-color-neutral-border-normal: var(--_border);
    --wa-color-neutral-border-loud: var(--_border-control);
    --wa-color-neutral-on-quiet: var(--_text-quiet);
    --wa-color-neutral-on-normal: var(--_text);
    --wa-color-neutral-on-loud: var(--_surface);
    --wa-color-brand-fill-quiet: var(--_accent-quiet);
    --wa-color-brand-fill-normal: var(--_accent-quiet);
    --wa-color-brand-fill-loud: var(--_accent);
    --wa-color-brand-border-quiet: var(--_accent);
    --wa-color-brand-border-normal: var(--_accent);
    --wa-color-brand-border-loud: var(--_accent);
    --wa-color-brand-on-quiet: var(--_accent);
    --wa-color-brand-on-normal: var(--_accent);
    --wa-color-brand-on-loud: var(--_on-accent);
    --wa-color-danger-fill-quiet: var(--_error-quiet);
    --wa-color-danger-fill-loud: var(--_error);
    --wa-color-danger-on-quiet: var(--_error);
    --wa-color-danger-on-loud: var(--_surface);
    --wa-form-control-background-color: var(--_surface);
    --wa-form-control-border-color: var(--_border-control);
    --wa-form-control-border-style: solid;
    --wa-form-control-border-width: 1px;
    --wa-form-control-border-radius: var(--_radius);
    --wa-form-control-activated-color: var(--_accent);
    --wa-form-control-label-color: var(--_text);
    --wa-form-control-label-font-weight: 600;
    --wa-form-control-label-line-height: 20px;
    --wa-form-control-value-color: var(--_text);
    --wa-form-control-value-font-weight: 400;
    --wa-form-control-value-font-size: 14px;
    --wa-form-control-value-line-height: 20px;
    --wa-form-control-hint-color: var(--_text-quiet);
    --wa-form-control-hint-font-weight: 400;
    --wa-form-control-hint-line-height: 20px;
    --wa-form-control-placeholder-color: var(--_text-quiet);
    --wa-form-control-required-content: "";
    --wa-form-control-padding-block: 7px;
    --wa-form-control-padding-inline: 12px;
    --wa-form-control-height: 36px;
    --wa-form-control-toggle-size: 20px;
    --wa-tooltip-background-color: var(--_text);
    --wa-tooltip-border-color: var(--_text);
    --wa-tooltip-content-color: var(--_surface);
    --wa-tooltip-border-radius: var(--_radius-small);
    --wa-tooltip-font-size: 13px;
  }
`;

/** Of a page that stands before the form: a column with a heading and a sentence below it. */
export const page = css`
  :host {
    display: block;
    overflow: auto;
  }

  .page {
    max-width: var(--page-width, 640px);
    margin-inline: auto;
    padding: 48px 16px;
  }

  .page h1 {
    font-size: 28px;
    line-height: 36px;
    font-weight: 600;
    overflow-wrap: anywhere;
  }

  .lead {
    margin-top: 8px;
    font-size: 16px;
    line-height: 24px;
    color: var(--_text-quiet);
    overflow-wrap: anywhere;
  }
`;

/** What all parts have in common: boxes, focus, buttons, chips, code. */
export const base = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 1px;
  }

  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }

  ul,
  ol {
    list-style: none;
  }

  code,
  .mono {
    font-family: var(--_font-mono);
    font-size: 13px;
  }

  .quiet {
    color: var(--_text-quiet);
  }

  .small {
    font-size: 13px;
  }

  .hidden-visually {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  svg.icon {
    display: block;
    flex: none;
    width: 16px;
    height: 16px;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.5;
    stroke-linecap: round;
    stroke-linejoin: round;
  }

  button.action {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 36px;
    padding: 0 12px;
    border: 1px solid var(--_border-control);
    border-radius: var(--_radius);
    background: var(--_surface);
    color: var(--_text);
    font: 500 14px/20px var(--_font);
    white-space: nowrap;
    cursor: pointer;
    transition: background-color var(--_motion);
  }

  button.action:hover:not(:disabled) {
    background: color-mix(in oklab, var(--_surface), var(--_text) 6%);
  }

  button.action:active:not(:disabled) {
    background: color-mix(in oklab, var(--_surface), var(--_text) 12%);
  }

  button.action:disabled {
    color: color-mix(in oklab, var(--_text-quiet), transparent 45%);
    border-color: var(--_border);
    cursor: default;
  }

  button.action.primary {
    border-color: var(--_accent);
    background: var(--_accent);
    color: var(--_on-accent);
  }

  button.action.primary:hover:not(:disabled) {
    background: color-mix(in oklab, var(--_accent), var(--_text) 14%);
  }

  button.action.plain {
    border-color: transparent;
    background: transparent;
  }

  button.action.plain:hover:not(:disabled) {
    background: color-mix(in oklab, transparent, var(--_text) 8%);
  }

  button.action.icon-only {
    width: 36px;
    padding: 0;
  }

  button.action.small {
    min-height: 28px;
    padding: 0 8px;
    font-size: 13px;
    border-radius: 6px;
  }

  button.action.small.icon-only {
    width: 28px;
    padding: 0;
  }

  .chip {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    max-width: 100%;
    min-height: 20px;
    padding: 0 8px;
    border-radius: 10px;
    background: var(--_sunken);
    color: var(--_text-quiet);
    font-size: 13px;
    line-height: 20px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .severity {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    font-weight: 600;
  }

  .severity.error {
    color: var(--_error);
  }

  .severity.warning {
    color: var(--_warning);
  }

  .severity.info {
    color: var(--_info);
  }

  @media (forced-colors: active) {
    button.action,
    .chip {
      border: 1px solid;
    }
  }
`;
