//! Long lists, of which only the rows in sight are drawn. What draws them is fetched when there is one.

import type { virtualize } from "@lit-labs/virtualizer/virtualize.js";
import { nothing, type ReactiveControllerHost } from "lit";

/** Longer ones show only the rows in sight. */
export const LONG = 200;

let draw: typeof virtualize | undefined;

export interface LongList<Item> {
  items: Item[];
  keyFunction: (item: Item) => unknown;
  renderItem: (item: Item) => unknown;
}

/** Nothing until it can be drawn; the host is drawn again then. */
export function longList<Item>(host: ReactiveControllerHost, list: LongList<Item>): unknown {
  if (draw !== undefined) return draw(list as unknown as Parameters<typeof virtualize>[0]);
  void import("@lit-labs/virtualizer/virtualize.js").then((module) => {
    draw = module.virtualize;
    host.requestUpdate();
  });
  return nothing;
}
