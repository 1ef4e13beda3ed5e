//! Icons, drawn in place: 16 px, one line width, in the colour of the text. They repeat what a word beside them says,
//! or stand in a button that has a name, so they are hidden from screen readers.

import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";

const PATHS = {
  add: svg`<path d="M8 3v10M3 8h10" />`,
  arrow: svg`<path d="M3 8h10M9 4l4 4-4 4" />`,
  chart: svg`<path d="M2 2v12h12M5 10l3-4 2 2 4-5" />`,
  check: svg`<path d="M3 8.5 6.5 12 13 4.5" />`,
  close: svg`<path d="m4 4 8 8M12 4l-8 8" />`,
  code: svg`<path d="M5 4 1.5 8 5 12M11 4l3.5 4L11 12" />`,
  container: svg`<path d="m8 1.8 5.5 3v6.4L8 14.2l-5.5-3V4.8zM2.5 4.8 8 8l5.5-3.2M8 8v6.2" />`,
  copy: svg`<rect x="5.5" y="5.5" width="8" height="8" rx="1.5" /><path d="M10.5 5.5V4A1.5 1.5 0 0 0 9 2.5H4A1.5 1.5 0 0 0 2.5 4v5A1.5 1.5 0 0 0 4 10.5h1.5" />`,
  down: svg`<path d="m4 6 4 4 4-4" />`,
  download: svg`<path d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11" />`,
  error: svg`<circle cx="8" cy="8" r="6" /><path d="M8 5v3.5M8 11v.01" />`,
  file: svg`<path d="M9 1.8H4.2a1 1 0 0 0-1 1v10.4a1 1 0 0 0 1 1h7.6a1 1 0 0 0 1-1V5.5zM9 1.8v3.7h3.8" />`,
  folder: svg`<path d="M2 4a1 1 0 0 1 1-1h3.2l1.6 2H13a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1z" />`,
  form: svg`<rect x="2" y="2.5" width="12" height="4" rx="1" /><rect x="2" y="9.5" width="12" height="4" rx="1" />`,
  info: svg`<circle cx="8" cy="8" r="6" /><path d="M8 7.5V11M8 5v.01" />`,
  lock: svg`<rect x="3.5" y="7" width="9" height="6.5" rx="1.2" /><path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2" />`,
  lower: svg`<path d="M8 3v10M4 9l4 4 4-4" />`,
  minus: svg`<path d="M3 8h10" />`,
  more: svg`<path d="M3.5 8v.01M8 8v.01M12.5 8v.01" stroke-width="2.2" />`,
  open: svg`<path d="M2 12.5V4a1 1 0 0 1 1-1h3.2l1.6 2H12a1 1 0 0 1 1 1v1M2 12.5l1.7-4.8a1 1 0 0 1 1-.7h9a.6.6 0 0 1 .6.8l-1.5 4.5a1 1 0 0 1-1 .7H2.5" />`,
  play: svg`<path d="M4.5 2.8v10.4L13 8z" />`,
  raise: svg`<path d="M8 13V3M4 7l4-4 4 4" />`,
  redo: svg`<path d="M10.5 3 13.5 6l-3 3M13.5 6H6a3.5 3.5 0 0 0 0 7h3" />`,
  reset: svg`<path d="M3 3v3.5h3.5M3.2 6.5A5.2 5.2 0 1 1 2.8 9" />`,
  search: svg`<circle cx="7" cy="7" r="4.2" /><path d="m10.2 10.2 3.3 3.3" />`,
  share: svg`<path d="M8 10V2M5 5l3-3 3 3M5 7H3.8a1 1 0 0 0-1 1v5a1 1 0 0 0 1 1h8.4a1 1 0 0 0 1-1V8a1 1 0 0 0-1-1H11" />`,
  text: svg`<path d="M3 4V3h10v1M8 3v10M6 13h4" />`,
  trash: svg`<path d="M2.5 4.5h11M6 4.5V3a.8.8 0 0 1 .8-.8h2.4A.8.8 0 0 1 10 3v1.5M4 4.5l.6 8.6a.8.8 0 0 0 .8.7h5.2a.8.8 0 0 0 .8-.7l.6-8.6" />`,
  undo: svg`<path d="M5.5 3 2.5 6l3 3M2.5 6H10a3.5 3.5 0 0 1 0 7H7" />`,
  warning: svg`<path d="M8 2.2 14.2 13H1.8zM8 6.5v3M8 11.3v.01" />`,
  wrench: svg`<path d="M10.2 2.3a3.6 3.6 0 0 0-3.6 4.9l-4.2 4.2a1.2 1.2 0 0 0 0 1.7l.5.5a1.2 1.2 0 0 0 1.7 0l4.2-4.2a3.6 3.6 0 0 0 4.6-4.7l-2.2 2.2-2-.4-.5-2.1z" />`,
} satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${PATHS[name]}</svg>`;
}
