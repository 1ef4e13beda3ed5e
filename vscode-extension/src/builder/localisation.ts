// In the place of web/src/core/localisation.ts: both languages are in the script, for a webview loads nothing later.

import "@awesome.me/webawesome/dist/translations/de.js";
import { configureLocalization } from "@lit/localize";

import { setTranslation } from "../../../web/src/core/contract.js";
import { sourceLocale, targetLocales } from "../../../web/src/locales/codes.js";
import { translate } from "../../../web/src/locales/contract.de.js";
import * as german from "../../../web/src/locales/de.js";

export const { getLocale, setLocale } = configureLocalization({
  sourceLocale,
  targetLocales,
  loadLocale: () => Promise.resolve(german),
});

setTranslation((text) => (getLocale() === "de" ? translate(text) : text));
