//! The control library, as far as it is used, with icons from beside the script instead of a network of others.

import "@awesome.me/webawesome/dist/components/input/input.js";
import "@awesome.me/webawesome/dist/components/number-input/number-input.js";
import "@awesome.me/webawesome/dist/components/option/option.js";
import "@awesome.me/webawesome/dist/components/radio-group/radio-group.js";
import "@awesome.me/webawesome/dist/components/radio/radio.js";
import "@awesome.me/webawesome/dist/components/select/select.js";
import "@awesome.me/webawesome/dist/components/switch/switch.js";
import "@awesome.me/webawesome/dist/components/textarea/textarea.js";

import { registerIconLibrary } from "@awesome.me/webawesome/dist/components/icon/library.js";

import icons from "./icons.svg?url";

const address = new URL(icons, import.meta.url).href;

for (const name of ["system", "default"]) {
  registerIconLibrary(name, {
    resolver: (icon) => `${address}#${icon}`,
    spriteSheet: true,
    // The symbol would take clicks beside the icon: its own coordinates reach further than what is seen.
    mutator: (svg) => svg.setAttribute("pointer-events", "none"),
  });
}
