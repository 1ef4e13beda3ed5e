// What differs between a desktop and a browser.

import type { BaseLanguageClient, CloseAction, ErrorAction, LanguageClientOptions } from "vscode-languageclient";
import type { ExtensionContext } from "vscode";

/** The program `task-api`. */
export interface Native {
  readonly path: string;
  readonly version: string;
}

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** The options of a client, of the words that its library has for them: it is loaded when a server is started. */
export type OptionsOf = (words: Words) => LanguageClientOptions;

export interface Words {
  readonly CloseAction: typeof CloseAction;
  readonly ErrorAction: typeof ErrorAction;
}

export interface Host {
  /** A client of the server within the extension. */
  readonly workerClient: (
    context: ExtensionContext,
    options: OptionsOf,
    log: (line: string) => void,
  ) => Promise<BaseLanguageClient>;
  /** Nothing in a browser, which starts no programs. */
  readonly programs?: {
    readonly nativeClient: (native: Native, options: OptionsOf) => Promise<BaseLanguageClient>;
    /** The program at this path, or, if it is empty, in the PATH. */
    readonly find: (path: string) => Promise<Native | undefined>;
    readonly run: (native: Native, words: readonly string[], folder: string) => Promise<Run>;
  };
}

export const CLIENT_ID = "taskApi";
export const CLIENT_NAME = "Task API";

/** The language server and the builder, in dist/. */
export const MODULE = "task-api.wasm";
