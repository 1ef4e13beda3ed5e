//! Sizes for people.

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** "1.5 GiB", in the page's way of writing numbers. */
export function formatBytes(bytes: number, digits = 1): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const number = bytes / 2 ** (10 * power);
  const options = { maximumFractionDigits: power === 0 ? 0 : digits };
  return `${number.toLocaleString(document.documentElement.lang || undefined, options)} ${UNITS[power] ?? ""}`;
}
