//! A workflow's graph as a picture of its own, for documents.

import type { WorkflowState } from "task-api-wasm";

import { HEAD, type Layout, path, rowOf } from "./layout.js";

// Attributes and no style sheet: a page may show the picture that forbids styles.
const TEXT = `fill="#1a1d21"`;
const QUIET = `fill="#565d69"`;
const BOX = `fill="#ffffff" stroke="#868d99"`;
const LINE = `fill="none" stroke="#565d69" stroke-width="1.5"`;

export function picture(state: WorkflowState, layout: Layout): string {
  const order = new Set(state.edges.filter(({ output }) => output === undefined).map(({ id }) => id));
  const lines = layout.lines.map(({ id, points }) => `<path ${LINE}${order.has(id) ? ` stroke-dasharray="4 4"` : ""} d="${path(points)}" marker-end="url(#end)"/>`);
  const boxes = state.tasks.flatMap((task) => {
    const place = layout.places.get(task.id);
    if (place === undefined) return [];
    const row = (name: string, index: number, isOutput: boolean) => {
      const x = isOutput ? place.width : 0;
      const anchor = isOutput ? ` text-anchor="end"` : "";
      return `<circle fill="#0d6b72" cx="${x}" cy="${rowOf(index)}" r="4"/><text ${TEXT} x="${isOutput ? x - 12 : 12}" y="${rowOf(index) + 4}"${anchor}>${escaped(name)}</text>`;
    };
    return [
      `<g transform="translate(${place.x} ${place.y})"><title>${escaped(task.description)}</title>`,
      `<rect ${BOX} width="${place.width}" height="${place.height}" rx="8"/>`,
      `<text ${TEXT} font-size="14" font-weight="600" x="12" y="24">${escaped(task.name)}</text><text ${QUIET} x="12" y="${HEAD - 16}">${escaped(task.template)}</text>`,
      ...task.inputs.map(({ name }, index) => row(name, index, false)),
      ...task.outputs.map(({ name }, index) => row(name, index, true)),
      "</g>",
    ];
  });
  const sources = state.sources.flatMap(({ id, hostPath }) => {
    const place = layout.places.get(id);
    if (place === undefined) return [];
    return [
      `<g transform="translate(${place.x} ${place.y})"><rect ${BOX} width="${place.width}" height="${place.height}" rx="18"/>`,
      `<text ${QUIET} x="16" y="23">${escaped(hostPath)}</text></g>`,
    ];
  });
  const size = `width="${layout.width}" height="${layout.height}" viewBox="0 0 ${layout.width} ${layout.height}"`;
  const marker = `<marker id="end" viewBox="0 0 8 8" refX="12" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z" fill="#565d69"/></marker>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" font-family="system-ui, sans-serif" font-size="13"><title>${escaped(state.name)}</title><defs>${marker}</defs>\n${[...lines, ...boxes, ...sources].join("\n")}\n</svg>\n`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
