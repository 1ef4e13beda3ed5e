// {module}, for browsers, bundlers and workers: the module is fetched from beside this file.

import * as generated from "./{glue}.js";
import { starter } from "./start.js";

{exports}
const { init, initSync } = /* @__PURE__ */ starter(
  generated,
  (input) => input,
  (input) => input,
);

export { init as default, initSync };
