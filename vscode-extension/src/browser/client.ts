// The client of the server in a worker of the page. Loaded when it is wanted: VS Code waits for `activate`.

import { type ExtensionContext, Uri, workspace } from "vscode";
import { CloseAction, ErrorAction, LanguageClient, type MessageTransports } from "vscode-languageclient/browser";

import { CLIENT_ID, CLIENT_NAME, MODULE, type OptionsOf } from "../common/host.js";
import { transports } from "../common/transport.js";

/** The client of the library is given one worker for good; this one makes one for each start. */
export class Client extends LanguageClient {
  readonly #connect: () => Promise<MessageTransports>;
  #worker: Worker | undefined;

  constructor(context: ExtensionContext, options: OptionsOf, log: (line: string) => void) {
    // Only `createMessageTransports` asks for the worker.
    super(CLIENT_ID, CLIENT_NAME, options({ CloseAction, ErrorAction }), undefined as unknown as Worker);
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
