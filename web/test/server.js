// A static server on 127.0.0.1 with the content security policy that docs/builder.md asks of a site.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";

export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
};

/** Serves a directory on a free port; `extra` are texts by path, `mounts` further directories by the path's beginning. */
export async function serve(directory, extra = {}, mounts = {}) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://127.0.0.1");
    asked.push(pathname);
    response.setHeader("Content-Security-Policy", POLICY);
    const name = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    const [mount, root] = Object.entries(mounts).find(([start]) => name.startsWith(start)) ?? ["/", directory];
    const file = new URL(`./${name.slice(mount.length)}`, root);
    const isInside = file.href.startsWith(root.href);
    const body = extra[pathname] ?? (isInside ? await readFile(file).catch(() => undefined) : undefined);
    if (body === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "Content-Type": TYPES[extname(name)] ?? "text/plain" }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    /** Paths that were asked for, in their order. */
    asked,
    address: `http://127.0.0.1:${server.address().port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
