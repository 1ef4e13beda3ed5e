// What differs between a desktop and a browser.

import type { BaseLanguageClient, LanguageClientOptions } from "vscode-languageclient";
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

export interface Host {
  /** A client of the server within the extension. */
  readonly workerClient: (
    context: ExtensionContext,
    options: LanguageClientOptions,
    log: (line: string) => void,
  ) => BaseLanguageClient;
  /** Nothing in a browser, which starts no programs. */
  readonly programs?: {
    readonly nativeClient: (native: Native, options: LanguageClientOptions) => BaseLanguageClient;
    /** The program at this path, or, if it is empty, in the PATH. */
    readonly find: (path: string) => Promise<Native | undefined>;
    readonly run: (native: Native, words: readonly string[], folder: string) => Promise<Run>;
  };
}

export const CLIENT_ID = "taskApi";
export const CLIENT_NAME = "Task API";

/** The language server and the builder, in dist/. */
export const MODULE = "task-api.wasm";
