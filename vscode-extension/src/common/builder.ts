// The builder of web/ as an editor of tasks: its form in a webview, beside the text or in its place. The document of VS
// Code is the state of both, and its history the one history.

import {
  commands,
  type CustomTextEditorProvider,
  Disposable,
  env,
  type ExtensionContext,
  type Location,
  type LocationLink,
  type OutputChannel,
  Range,
  type TextDocument,
  type TextDocumentContentChangeEvent,
  Uri,
  ViewColumn,
  type Webview,
  type WebviewPanel,
  window,
  workspace,
  WorkspaceEdit,
} from "vscode";

import type { FromBuilder, ToBuilder } from "./builder-protocol.js";
import { applied, type Change, History } from "./changes.js";
import { find } from "./files.js";
import { MODULE } from "./host.js";
import { taskAt, type Place } from "./place.js";

export const BUILDER = "taskApi.builder";

export function registerBuilder(context: ExtensionContext, output: OutputChannel): Disposable[] {
  const provider: CustomTextEditorProvider = {
    resolveCustomTextEditor(document, panel) {
      new Builder(context.extensionUri, document, panel, output).start();
    },
  };
  return [
    window.registerCustomEditorProvider(BUILDER, provider, {
      // Moving from tab to tab keeps the place in the form, and what is open in it.
      webviewOptions: { retainContextWhenHidden: true },
      supportsMultipleEditorsPerDocument: true,
    }),
    commands.registerCommand("taskApi.openInBuilder", async (place?: Place) => {
      const uri = taskAt(place);
      if (uri !== undefined) await commands.executeCommand("vscode.openWith", uri, BUILDER, ViewColumn.Beside);
    }),
  ];
}

class Builder {
  readonly #home: Uri;
  readonly #document: TextDocument;
  readonly #panel: WebviewPanel;
  readonly #output: OutputChannel;
  #history = new History();
  #taken = 0;
  /** The text that the edit leads to that is being made: its change is nobody else's. */
  #expected: string | undefined;
  #container: Uri | undefined;
  /** One after the other, commands as well. */
  #last: Promise<void> = Promise.resolve();

  constructor(extension: Uri, document: TextDocument, panel: WebviewPanel, output: OutputChannel) {
    this.#home = Uri.joinPath(extension, "dist");
    this.#document = document;
    this.#panel = panel;
    this.#output = output;
  }

  start(): void {
    const { webview } = this.#panel;
    webview.options = { enableScripts: true, localResourceRoots: [Uri.joinPath(this.#home, "builder")] };
    webview.onDidReceiveMessage((message: FromBuilder) => {
      const failed = (error: unknown): void => this.#output.appendLine(`The builder failed: ${String(error)}`);
      this.#last = this.#last.then(() => this.#receive(message)).catch(failed);
    });
    const listening = Disposable.from(
      workspace.onDidChangeTextDocument(({ document: changed, contentChanges }) => {
        if (changed === this.#document) this.#documentChanged(contentChanges);
        else if (changed.uri.toString() === this.#container?.toString()) void this.#sendContainer();
      }),
      workspace.onDidSaveTextDocument(({ uri }) => {
        if (uri.path.endsWith("/processing-container.json")) void this.#sendContainer();
      }),
    );
    this.#panel.onDidDispose(() => void listening.dispose());
    webview.html = page(webview, Uri.joinPath(this.#home, "builder"));
  }

  async #receive(message: FromBuilder): Promise<void> {
    switch (message.kind) {
      case "ready":
        return this.#open();
      case "edit":
        return this.#edit(message.revision, message.changes);
      case "command":
        await commands.executeCommand(message.command === "save" ? "workbench.action.files.save" : message.command);
    }
  }

  async #open(): Promise<void> {
    // A `Buffer` of Node would arrive as a plain object.
    const module = new Uint8Array(await workspace.fs.readFile(Uri.joinPath(this.#home, MODULE)));
    const container = await this.#containerText();
    this.#history = new History();
    this.#taken = 0;
    const file = workspace.asRelativePath(this.#document.uri);
    this.#say({ kind: "open", module, text: this.#document.getText(), container, language: env.language, file });
  }

  async #edit(revision: number, changes: readonly Change[]): Promise<void> {
    // Once more if somebody types at the same moment, for VS Code then refuses.
    for (let isMade = false; !isMade; ) {
      const now = this.#history.now(revision, changes);
      if (now === undefined) break;
      isMade = await this.#make(now);
      if (!isMade && this.#document.isClosed) break;
    }
    this.#taken += 1;
    this.#sayText();
  }

  async #make(changes: readonly Change[]): Promise<boolean> {
    const document = this.#document;
    const edit = new WorkspaceEdit();
    for (const { from, to, insert } of changes) {
      edit.replace(document.uri, new Range(document.positionAt(from), document.positionAt(to)), insert);
    }
    this.#expected = normal(applied(document.getText(), changes));
    try {
      return await workspace.applyEdit(edit);
    } finally {
      this.#expected = undefined;
    }
  }

  #documentChanged(events: readonly TextDocumentContentChangeEvent[]): void {
    // Also whether the file is saved is said by such events.
    if (events.length === 0) return;
    if (this.#expected !== undefined && normal(this.#document.getText()) === this.#expected) {
      this.#expected = undefined;
      return;
    }
    const changes = events.map(({ rangeOffset: from, rangeLength, text }) => ({ from, to: from + rangeLength, insert: text }));
    this.#history.add(changes.sort((one, other) => one.from - other.from));
    this.#sayText();
  }

  #sayText(): void {
    const { revision } = this.#history;
    this.#say({ kind: "text", text: this.#document.getText(), revision, taken: this.#taken });
  }

  async #sendContainer(): Promise<void> {
    this.#say({ kind: "container", container: await this.#containerText() });
  }

  /** That of the processing-container.json which the server leads to from the name of the template, or the nearest one. */
  async #containerText(): Promise<string> {
    this.#container = (await this.#definition()) ?? (await this.#nearest());
    return this.#container === undefined ? "" : (await workspace.openTextDocument(this.#container)).getText();
  }

  async #definition(): Promise<Uri | undefined> {
    const document = this.#document;
    const found = /"taskTemplate"\s*:\s*"/.exec(document.getText());
    if (found === null) return undefined;
    const places = await commands.executeCommand<(Location | LocationLink)[]>(
      "vscode.executeDefinitionProvider",
      document.uri,
      document.positionAt(found.index + found[0].length),
    );
    const uris = places.map((place) => ("targetUri" in place ? place.targetUri : place.uri));
    return uris.find(({ path }) => path.endsWith(".json") && path !== document.uri.path);
  }

  async #nearest(): Promise<Uri | undefined> {
    const { path } = this.#document.uri;
    const above = (await find("**/processing-container.json")).filter((uri) => path.startsWith(folderOf(uri)));
    return above.sort((one, other) => folderOf(other).length - folderOf(one).length)[0];
  }

  #say(message: ToBuilder): void {
    void this.#panel.webview.postMessage(message);
  }
}

function folderOf({ path }: Uri): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** VS Code writes the line ends of the document. */
function normal(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

/** Nothing is loaded but what lies beside the script; module, worker and icons are addresses of the page's own memory. */
function page(webview: Webview, folder: Uri): string {
  const address = (name: string): string => webview.asWebviewUri(Uri.joinPath(folder, name)).toString();
  const policy = [
    "default-src 'none'",
    `script-src ${webview.cspSource} 'wasm-unsafe-eval'`,
    `style-src ${webview.cspSource}`,
    "worker-src blob:",
    "connect-src blob:",
    "img-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">
<link rel="stylesheet" href="${address("builder.css")}">
<title>Task Builder</title>
</head>
<body>
<script src="${address("builder.js")}"></script>
</body>
</html>`;
}
