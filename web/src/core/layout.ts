//! Where the tasks of a workflow are drawn. ELK finds it out, in a worker of its own, which is fetched with the first graph.

import type { ELK, ElkExtendedEdge, ElkNode, ElkPort } from "elkjs/lib/elk-api.js";
import workerAddress from "elkjs/lib/elk-worker.min.js?url";
import type { WorkflowState } from "task-api-wasm";

export interface Place {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Line {
  id: string;
  points: { x: number; y: number }[];
}

export interface Layout {
  width: number;
  height: number;
  places: Map<string, Place>;
  lines: Line[];
}

export const NODE_WIDTH = 232;
export const HEAD = 60;
export const ROW = 28;
export const SOURCE = { width: 160, height: 36 };

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.layered.spacing.nodeNodeBetweenLayers": "72",
  "elk.spacing.nodeNode": "32",
  "elk.padding": "[top=24,left=24,bottom=24,right=24]",
  // The order of the file, where nothing else matters.
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
};

let started: Promise<ELK> | undefined;

function elk(): Promise<ELK> {
  started ??= import("elkjs/lib/elk-api.js").then(({ default: Elk }) => {
    const address = new URL(workerAddress, import.meta.url).href;
    return new Elk({ workerUrl: address, workerFactory: (url) => new Worker(url ?? address) });
  });
  return started;
}

export function heightOf({ inputs, outputs }: { inputs: readonly unknown[]; outputs: readonly unknown[] }): number {
  return HEAD + ROW * Math.max(inputs.length, outputs.length, 1) + 8;
}

/** The middle of a channel's row, from the top of its task. */
export function rowOf(index: number): number {
  return HEAD + ROW * index + ROW / 2;
}

export async function layOut(state: WorkflowState): Promise<Layout> {
  const root: ElkNode = { id: "root", layoutOptions: OPTIONS, children: nodes(state), edges: edges(state) };
  const graph: ElkNode = await (await elk()).layout(root);
  const places = new Map<string, Place>();
  for (const { id, x = 0, y = 0, width = 0, height = 0 } of graph.children ?? []) {
    places.set(id, { id, x, y, width, height });
  }
  const lines = (graph.edges ?? []).map(({ id, sections }): Line => {
    const points = (sections ?? []).flatMap(({ startPoint, bendPoints, endPoint }) => [startPoint, ...(bendPoints ?? []), endPoint]);
    return { id, points };
  });
  return { width: graph.width ?? 0, height: graph.height ?? 0, places, lines };
}

function nodes(state: WorkflowState): ElkNode[] {
  const tasks = state.tasks.map((task): ElkNode => {
    const height = heightOf(task);
    const port = (side: "in" | "out", name: string, y: number): ElkPort => ({
      id: `${task.id}:${side}:${name}`,
      x: side === "in" ? 0 : NODE_WIDTH,
      y,
      width: 0,
      height: 0,
      layoutOptions: { "elk.port.side": side === "in" ? "WEST" : "EAST" },
    });
    const ports = [
      port("in", "", HEAD / 2),
      port("out", "", HEAD / 2),
      ...task.inputs.map(({ name }, index) => port("in", `/${name}`, rowOf(index))),
      ...task.outputs.map(({ name }, index) => port("out", `/${name}`, rowOf(index))),
    ];
    return { id: task.id, width: NODE_WIDTH, height, ports, layoutOptions: { "elk.portConstraints": "FIXED_POS" } };
  });
  return [...tasks, ...state.sources.map(({ id }): ElkNode => ({ id, ...SOURCE }))];
}

function edges(state: WorkflowState): ElkExtendedEdge[] {
  const side = (channel: string | undefined) => (channel === undefined ? "" : `/${channel}`);
  const own = state.edges.map(({ id, from, to, output, input }): ElkExtendedEdge => {
    const hasChannels = output !== undefined && input !== undefined;
    return {
      id,
      sources: [`${from}:out:${hasChannels ? side(output) : ""}`],
      targets: [`${to}:in:${hasChannels ? side(input) : ""}`],
    };
  });
  return [...own, ...state.sources.map(({ id, to, input }): ElkExtendedEdge => ({ id: `${id}:line`, sources: [id], targets: [`${to}:in:/${input}`] }))];
}

/** A line with rounded corners. */
export function path(points: readonly { x: number; y: number }[]): string {
  const radius = 8;
  return points
    .map((point, index) => {
      const [before, after] = [points[index - 1], points[index + 1]];
      if (before === undefined) return `M${point.x} ${point.y}`;
      if (after === undefined) return `L${point.x} ${point.y}`;
      const towards = (other: { x: number; y: number }) => {
        const length = Math.hypot(other.x - point.x, other.y - point.y);
        const part = length === 0 ? 0 : Math.min(radius, length / 2) / length;
        return `${point.x + (other.x - point.x) * part} ${point.y + (other.y - point.y) * part}`;
      };
      return `L${towards(before)}Q${point.x} ${point.y} ${towards(after)}`;
    })
    .join("");
}
