// Chromium, and pages of which every complaint is kept.

import { chromium } from "playwright-core";

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page, and everything that its console and its policy will complain about. */
export async function watched(browser) {
  const page = await browser.newPage({ viewport: { width: 900, height: 620 } });
  const complaints = [];
  page.on("console", (message) => {
    // The browser asks for an icon by itself.
    if (!message.location().url.endsWith("/favicon.ico")) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  return { page, complaints };
}
