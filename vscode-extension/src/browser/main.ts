// The extension in a browser.

import { Uri, workspace, type ExtensionContext } from "vscode";
import { LanguageClient, type LanguageClientOptions, type MessageTransports } from "vscode-languageclient/browser";

import { start, stop, type Api } from "../common/extension.js";
import { CLIENT_ID, CLIENT_NAME, type Host, MODULE } from "../common/host.js";
import { transports } from "../common/transport.js";

export function activate(context: ExtensionContext): Api {
  return start(context, host);
}

export function deactivate(): Promise<void> {
  return stop();
}

/** The client of the library is given one worker for good; this one makes one for each start. */
class Client extends LanguageClient {
  readonly #connect: () => Promise<MessageTransports>;
  #worker: Worker | undefined;

  constructor(context: ExtensionContext, options: LanguageClientOptions, log: (line: string) => void) {
    // Only `createMessageTransports` asks for the worker.
    super(CLIENT_ID, CLIENT_NAME, options, undefined as unknown as Worker);
    this.#connect = async () => {
      const place = Uri.joinPath(context.extensionUri, "dist");
      const module = await workspace.fs.readFile(Uri.joinPath(place, MODULE));
      this.#worker?.terminate();
      const worker = new Worker(Uri.joinPath(place, "server.browser.js").toString(true));
      this.#worker = worker;
      return transports(
        {
          post: (message) => worker.postMessage(message),
          onMessage: (take) => worker.addEventListener("message", ({ data }: MessageEvent<unknown>) => take(data)),
          onEnd: (take) => worker.addEventListener("error", ({ message }) => take(message)),
        },
        module,
        log,
      );
    };
  }

  protected override createMessageTransports(): Promise<MessageTransports> {
    return this.#connect();
  }
}

const host: Host = { workerClient: (context, options, log) => new Client(context, options, log) };
