//! Languages. English is in the source; others are loaded when asked for.

import { configureLocalization } from "@lit/localize";

import { sourceLocale, targetLocales } from "../locales/codes.js";
import { setTranslation } from "./contract.js";

const locales = import.meta.glob<typeof import("../locales/de.js")>("../locales/de.ts");
/** The words of the controls themselves. They register themselves, and go by the language of the document. */
const controls = new Map([["de", () => import("@awesome.me/webawesome/dist/translations/de.js")]]);
const contracts = import.meta.glob<typeof import("../locales/contract.de.js")>("../locales/contract.de.ts");

export const { getLocale, setLocale } = configureLocalization({
  sourceLocale,
  targetLocales,
  loadLocale: async (locale) => {
    const [load, loadContract] = [locales[`../locales/${locale}.ts`], contracts[`../locales/contract.${locale}.ts`]];
    if (load === undefined || loadContract === undefined) throw new Error(`there is no language ${locale}`);
    const [templates, { translate }] = await Promise.all([load(), loadContract(), controls.get(locale)?.()]);
    setTranslation((text) => (getLocale() === locale ? translate(text) : text));
    return templates;
  },
});

export const LANGUAGES = [
  { code: "en", name: "English" },
  { code: "de", name: "Deutsch" },
] as const;

/** The first of the browser's languages that there is. */
export function preferredLanguage(wanted: readonly string[]): string {
  const codes = wanted.map((language) => language.slice(0, 2).toLowerCase());
  return codes.find((code) => LANGUAGES.some((language) => language.code === code)) ?? sourceLocale;
}
