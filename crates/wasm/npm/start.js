// `init` and `initSync` of one module. `read` and `readSync` make of what a caller passes what the generated code takes;
// without `readSync`, nothing can be read at once.

export function starter(generated, read, readSync) {
  let started;

  function init(input) {
    // A failed start (no network, say) can be tried again.
    started ??= start(input).catch((error) => {
      started = undefined;
      throw error;
    });
    return started;
  }

  async function start(input) {
    const source = await read(await input);
    if (!isSource(source)) {
      throw new TypeError("init: `input` is no address, response, bytes or WebAssembly.Module");
    }
    await generated.default({ module_or_path: source });
  }

  function initSync(input) {
    const source = readSync(input);
    if (!isModule(source)) {
      throw new TypeError("initSync: `input` is neither the module's bytes nor a WebAssembly.Module");
    }
    generated.initSync({ module: source });
  }

  return { init, initSync };
}

/** What `WebAssembly.Module` and `WebAssembly.instantiate` take. */
function isModule(source) {
  const isBuffer = ArrayBuffer.isView(source) || /^\[object (Shared)?ArrayBuffer\]$/.test(brand(source));
  return isBuffer || source instanceof WebAssembly.Module || brand(source) === "[object WebAssembly.Module]";
}

/** `undefined` is the file beside the script. */
function isSource(source) {
  const isKnown = /^\[object (URL|Request|Response)\]$/.test(brand(source));
  return source === undefined || typeof source === "string" || isKnown || isModule(source);
}

/** By name, for it may be of another window. */
function brand(value) {
  return Object.prototype.toString.call(value);
}
