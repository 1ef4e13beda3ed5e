// A static server on 127.0.0.1, with the content security policy of a careful site.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
].join("; ");

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

const SITE = new URL("site/", import.meta.url);
const PACKAGE = new URL(".", import.meta.resolve("task-api-wasm"));

/** Serves page/site, and the package below /task-api-wasm/, on a free port. */
export function serve() {
  return listen((path) =>
    path.startsWith("task-api-wasm/") ? [PACKAGE, path.slice("task-api-wasm/".length)] : [SITE, path],
  );
}

/** Serves a directory on a free port. */
export function serveDirectory(directory) {
  const root = pathToFileURL(`${directory}/`);
  return listen((path) => [root, path]);
}

async function listen(place) {
  const server = createServer(async (request, response) => {
    const path = request.url === "/" ? "index.html" : request.url.slice(1);
    const [root, name] = place(path);
    response.setHeader("Content-Security-Policy", POLICY);
    const file = new URL(name, root);
    const inside = file.href.startsWith(root.href);
    const body = inside ? await readFile(file).catch(() => undefined) : undefined;
    if (body === undefined) {
      response.writeHead(404).end();
    } else {
      response.writeHead(200, { "Content-Type": TYPES[extname(name)] }).end(body);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
