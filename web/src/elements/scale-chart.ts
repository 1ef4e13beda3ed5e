//! `<task-api-scale-chart>`: the memory that the scale rules of a task ask for, over the size of its input.

import { localized, msg, str } from "@lit/localize";
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { MemoryPlan } from "task-api-wasm";
import uPlot from "uplot";
import plotStyles from "uplot/dist/uPlot.min.css?inline";

import { formatBytes } from "../core/bytes.js";
import { translated } from "../core/contract.js";
import { message } from "../core/markdown.js";
import { base, tokens } from "../core/theme.js";

const HEIGHT = 240;
/** One hue, so curves differ by their dashes. */
const DASHES = [[], [8, 4], [2, 4], [12, 4, 2, 4]];

@localized()
@customElement("task-api-scale-chart")
export class TaskApiScaleChart extends LitElement {
  static override styles = [
    tokens,
    unsafeCSS(plotStyles),
    base,
    css`
      :host {
        display: block;
      }

      .plot {
        min-height: ${HEIGHT}px;
        border-radius: var(--_radius);
      }

      .uplot {
        font-family: var(--_font);
      }

      .u-cursor-x {
        border-inline-end: 1px dashed var(--_text-quiet);
      }

      .u-cursor-pt {
        border-color: var(--_surface) !important;
      }

      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        margin-top: 8px;
        font-size: 13px;
      }

      .legend li {
        display: flex;
        align-items: center;
        gap: 8px;
      }

      .legend svg {
        width: 24px;
        height: 8px;
        overflow: visible;
        stroke-width: 2;
      }

      .curve {
        stroke: var(--_accent);
      }

      .limit {
        stroke: var(--_error);
      }

      .request {
        stroke: var(--_text-quiet);
      }

      .readout {
        min-height: 20px;
        margin-top: 8px;
        font-variant-numeric: tabular-nums;
      }

      table {
        width: 100%;
        margin-top: 8px;
        border-collapse: collapse;
        font-size: 13px;
        font-variant-numeric: tabular-nums;
      }

      th,
      td {
        padding: 4px 8px;
        border-bottom: 1px solid var(--_border);
        text-align: end;
        font-weight: 400;
      }

      thead th {
        color: var(--_text-quiet);
      }

      summary {
        width: max-content;
        padding: 4px 0;
        color: var(--_accent);
        font-size: 13px;
        cursor: pointer;
      }
    `,
  ];

  @property({ attribute: false }) plan: MemoryPlan | undefined;

  @state() private at: number | undefined;
  @query(".plot") private readonly place!: HTMLElement | null;

  private plot: uPlot | undefined;
  private readonly sizes = new ResizeObserver(() => this.resize());
  private readonly scheme = matchMedia("(prefers-color-scheme: dark)");
  // A change of the theme is not in the styles yet.
  private readonly redraw = () => requestAnimationFrame(() => this.draw());

  override connectedCallback(): void {
    super.connectedCallback();
    this.sizes.observe(this);
    this.scheme.addEventListener("change", this.redraw);
    addEventListener("task-api-theme", this.redraw);
    if (this.hasUpdated) this.draw();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
    this.scheme.removeEventListener("change", this.redraw);
    removeEventListener("task-api-theme", this.redraw);
    this.plot?.destroy();
    this.plot = undefined;
  }

  /** Draws again, for example after the page has changed its colours. */
  refresh(): void {
    this.draw();
  }

  protected override render(): unknown {
    const { plan } = this;
    if (plan === undefined || plan.curves.length === 0) {
      return html`<p class="quiet">
        ${plan?.limit == null
          ? msg("No scale rule, and no memory limit: the container takes what it needs.")
          : msg(str`No scale rule: the memory limit is ${formatBytes(plan.limit)} for input of any size.`)}
      </p>`;
    }
    return html`<div
        class="plot"
        part="plot"
        role="slider"
        tabindex="0"
        aria-label=${msg("Memory over the size of the input")}
        aria-valuemin="0"
        aria-valuemax=${plan.sizes.length - 1}
        aria-valuenow=${this.at ?? 0}
        aria-valuetext=${this.readout(plan)}
        @keydown=${this.onKey}
      ></div>
      <ul class="legend" part="legend">
        ${plan.curves.map(
          (curve, index) => html`<li>${line("curve", DASHES[index % DASHES.length])}<span><code>${curve.channel}</code> ${message(translated(curve.rule))}</span></li>`,
        )}
        ${plan.limit === null ? nothing : html`<li>${line("limit", [4, 4])}${msg(str`limit ${formatBytes(plan.limit)}`)}</li>`}
        ${plan.request === null ? nothing : html`<li>${line("request", [2, 4])}${msg(str`request ${formatBytes(plan.request)}`)}</li>`}
      </ul>
      <p class="readout">${this.readout(plan)}</p>
      <details>
        <summary>${msg("As a table")}</summary>
        ${this.table(plan)}
      </details>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("plan")) {
      this.at = undefined;
      this.draw();
    }
  }

  private readout(plan: MemoryPlan): string {
    const { at } = this;
    if (at === undefined) {
      const [crossing] = plan.curves.flatMap((curve) => (curve.crossing === null ? [] : [curve.crossing])).sort((a, b) => a - b);
      return crossing === undefined
        ? msg("The rules never ask for more than what is set.")
        : msg(str`From ${formatBytes(crossing)} of input on, the rules raise what is set.`);
    }
    const size = formatBytes(plan.sizes[at] ?? 0);
    const limit = plan.effectiveLimit[at];
    const request = plan.effectiveRequest[at];
    if (limit != null && request != null) {
      return msg(str`${size} of input: limit ${formatBytes(limit)}, request ${formatBytes(request)}`);
    }
    if (limit != null) return msg(str`${size} of input: limit ${formatBytes(limit)}`);
    if (request != null) return msg(str`${size} of input: request ${formatBytes(request)}`);
    return msg(str`${size} of input: no limit`);
  }

  private table(plan: MemoryPlan): TemplateResult {
    const step = Math.max(1, Math.floor((plan.sizes.length - 1) / 8));
    const rows = plan.sizes.flatMap((size, index) => (index % step === 0 ? [{ size, index }] : []));
    const cell = (bytes: number | null | undefined) => html`<td>${bytes == null ? "–" : formatBytes(bytes)}</td>`;
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${msg("Input")}</th>
          <th scope="col">${msg("Limit")}</th>
          <th scope="col">${msg("Request")}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ size, index }) => html`<tr>
            <th scope="row">${formatBytes(size)}</th>
            ${cell(plan.effectiveLimit[index])}${cell(plan.effectiveRequest[index])}
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private onKey(event: KeyboardEvent): void {
    const last = (this.plan?.sizes.length ?? 1) - 1;
    const now = this.at ?? 0;
    const forward = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    const next = {
      ArrowRight: now + forward,
      ArrowLeft: now - forward,
      ArrowUp: now + 1,
      ArrowDown: now - 1,
      PageUp: now + 8,
      PageDown: now - 8,
      Home: 0,
      End: last,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.at = Math.max(0, Math.min(last, next));
    const { plot } = this;
    const size = this.plan?.sizes[this.at];
    if (plot !== undefined && size !== undefined) {
      plot.setCursor({ left: plot.valToPos(size, "x"), top: HEIGHT / 2 }, false);
    }
  }

  /** A canvas knows no custom properties: the colours are asked of an element that has them. */
  private colour(token: string): string {
    const probe = document.createElement("span");
    probe.style.color = `var(${token})`;
    this.renderRoot.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }

  private draw(): void {
    this.plot?.destroy();
    this.plot = undefined;
    const { plan, place } = this;
    if (plan === undefined || plan.sizes.length === 0 || place === null) return;
    const [accent, error, quiet, border] = ["--_accent", "--_error", "--_text-quiet", "--_border"].map((token) =>
      this.colour(token),
    ) as [string, string, string, string];
    const axis: uPlot.Axis = {
      stroke: quiet,
      font: `13px ${getComputedStyle(this).fontFamily}`,
      grid: { stroke: border, width: 1 },
      ticks: { show: false },
      values: (_plot, values) => values.map((value) => formatBytes(value)),
      splits: (_plot, _index, min, max) => splits(min, max),
      gap: 8,
    };
    const flat = (value: number | null) => plan.sizes.map(() => value);
    this.plot = new uPlot(
      {
        width: this.clientWidth,
        height: HEIGHT,
        padding: [12, 24, 0, 0],
        pxAlign: 0,
        legend: { show: false },
        cursor: { y: false, points: { size: 8 }, drag: { x: false, y: false } },
        scales: { x: { time: false, range: (_plot, min, max) => [min, max] }, y: { range: (_plot, _min, max) => [0, max * 1.05] } },
        axes: [
          { ...axis, size: 32 },
          { ...axis, size: 72 },
        ],
        series: [
          {},
          ...plan.curves.map((_curve, index) => ({ stroke: accent, width: 2, dash: DASHES[index % DASHES.length] ?? [], points: { show: false } })),
          { stroke: error, width: 1.5, dash: [4, 4], points: { show: false } },
          { stroke: quiet, width: 1.5, dash: [2, 4], points: { show: false } },
        ],
        hooks: {
          setCursor: [
            (plot) => {
              this.at = plot.cursor.idx ?? undefined;
            },
          ],
        },
      },
      [plan.sizes, ...plan.curves.map((curve) => curve.memory), flat(plan.limit), flat(plan.request)] as uPlot.AlignedData,
      place,
    );
  }

  private resize(): void {
    if (this.plot !== undefined && this.clientWidth > 0) this.plot.setSize({ width: this.clientWidth, height: HEIGHT });
  }
}

/** Round numbers of bytes, at most six. */
function splits(min: number, max: number): number[] {
  const span = max - min;
  if (span <= 0) return [min];
  const unit = 2 ** (10 * Math.floor(Math.log2(span) / 10));
  const steps = [0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 128, 200, 256, 512].map((factor) => factor * unit);
  const step = steps.find((candidate) => span / candidate <= 5) ?? span;
  const first = Math.ceil(min / step);
  return Array.from({ length: Math.floor(max / step) - first + 1 }, (_, index) => (first + index) * step);
}

function line(kind: string, dash: number[] = []): TemplateResult {
  return html`<svg class=${kind} viewBox="0 0 24 8" aria-hidden="true">
    <path d="M0 4h24" stroke-dasharray=${dash.join(" ")} />
  </svg>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "task-api-scale-chart": TaskApiScaleChart;
  }
}
