// In the place of `task-api-wasm` for the builder's worker, whose name is the address of the module.

import start from "task-api-extension";

export * from "task-api-extension";

export default () => start(self.name);
