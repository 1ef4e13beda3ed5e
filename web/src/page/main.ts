//! The builder page.

import "../elements/builder.js";

import { registerSW } from "virtual:pwa-register";

registerSW({ immediate: true });
