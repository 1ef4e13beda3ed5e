//! The link that holds a task and its container: compressed, in the fragment, which browsers send to nobody.

export interface Shared {
  container: string;
  task: string;
}

/** Longer links are cut by some mail programs and chats. */
export const LONG_LINK = 8000;

/** What a damaged or hostile link may unpack to. */
const LARGEST = 16_000_000;

export async function shareLink(shared: Shared, page: string): Promise<string> {
  const packed = new Blob([JSON.stringify(shared)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  const safe = btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/u, "");
  const address = new URL(page);
  address.hash = `task=${safe}`;
  return address.href;
}

/** What a link holds; `undefined` where there is none, or it is damaged. */
export async function readShared(hash: string): Promise<Shared | undefined> {
  const packed = /^#task=([\w-]+)$/u.exec(hash)?.[1];
  if (packed === undefined) return undefined;
  try {
    const text = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const value: unknown = JSON.parse(await unpacked(bytes));
    if (typeof value !== "object" || value === null || !("container" in value) || !("task" in value)) return undefined;
    const { container, task } = value;
    return typeof container === "string" && typeof task === "string" ? { container, task } : undefined;
  } catch {
    return undefined;
  }
}

async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LARGEST) throw new Error("too large");
  }
  return text + decoder.decode();
}
