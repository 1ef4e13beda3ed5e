// A module that fails (memory that is not to be had, a defect of ours) has lost its way for good: whatever it did last
// stays half done. Each function of the package is called through this, which puts a fresh instance in its place, so
// that the next call finds the module as after `init`.

export function guarding(reset) {
  function failed(error) {
    if (!(error instanceof WebAssembly.RuntimeError) && !(error instanceof RangeError)) {
      return error;
    }
    reset();
    return new Error("task-api-wasm: the module failed and was started anew; it can be used further", { cause: error });
  }

  /** A function with the guard around it. */
  function guarded(work) {
    return function (...passed) {
      try {
        return work.apply(this, passed);
      } catch (error) {
        throw failed(error);
      }
    };
  }

  /** A class with the guard around its constructor and methods. */
  function guardedClass(type) {
    for (const target of [type, type.prototype]) {
      for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(target))) {
        if (name === "constructor" || name === "prototype" || name.startsWith("__")) continue;
        for (const kind of ["value", "get", "set"]) {
          if (typeof property[kind] === "function") property[kind] = guarded(property[kind]);
        }
        Object.defineProperty(target, name, property);
      }
    }
    return new Proxy(type, { construct: guarded(Reflect.construct) });
  }

  return { guarded, guardedClass };
}
