/**
 * Where the module comes from: an address, a response, its bytes, or the compiled module. Named by
 * their shape (`URL`, `Request`, `Response`, `WebAssembly.Module`), so that neither the types of the
 * DOM nor those of Node are needed.
 */
export type InitInput =
  | string
  | { readonly href: string }
  | { readonly url: string }
  | ArrayBuffer
  | ArrayBufferView
  | CompiledModule;

/** A `WebAssembly.Module`, or its bytes. In Node also a `file:` address. */
export type SyncInitInput = ArrayBuffer | ArrayBufferView | CompiledModule;

/** `WebAssembly.Module` where that type is known. (It is declared without members: hence `object`.) */
export type CompiledModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } }
  ? Module & object
  : never;

/**
 * Brings the module in; to be awaited once before anything else is called. Further calls do nothing.
 *
 * Without `input` the module is read from beside this file: by `fetch` in browsers and workers, from
 * disk in Node.
 */
export default function init(input?: InitInput | Promise<InitInput>): Promise<void>;

/** As `init`, at once. Only in Node may `input` be left out. */
export function initSync(input?: SyncInitInput): void;
