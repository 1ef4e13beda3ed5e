//! The builder page.

import { LOCALE_STATUS_EVENT } from "@lit/localize";

import "../elements/builder.js";

import { registerSW } from "virtual:pwa-register";

// Numbers and dates are written as the document's language does, and screen readers speak it.
addEventListener(LOCALE_STATUS_EVENT, ({ detail }) => {
  if (detail.status === "ready") document.documentElement.lang = detail.readyLocale;
});

registerSW({ immediate: true });
