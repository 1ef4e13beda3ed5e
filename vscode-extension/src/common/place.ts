// Which file a command is about.

import { Uri, window } from "vscode";

/** Lenses pass a text, menus a URI, the view its entry, and the palette nothing. */
export type Place = Uri | string | { readonly uri?: string };

export function taskAt(place: Place | undefined): Uri | undefined {
  if (place instanceof Uri) return place;
  if (typeof place === "string") return Uri.parse(place);
  if (place?.uri !== undefined) return Uri.parse(place.uri);
  const document = window.activeTextEditor?.document;
  return document?.languageId === "task-api-task" ? document.uri : undefined;
}
