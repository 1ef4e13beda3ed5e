// A file system in memory, `memory:/lungs`, whose files the page that serves this puts in place of FILES.

const vscode = require("vscode");

const FILES = self.FILES ?? {};
const encoder = new TextEncoder();

class Memory {
  #files = new Map();
  #changed = new vscode.EventEmitter();
  onDidChangeFile = this.#changed.event;

  constructor() {
    for (const [name, text] of Object.entries(FILES)) this.#files.set(`/lungs/${name}`, encoder.encode(text));
  }

  watch() {
    return { dispose() {} };
  }

  stat({ path }) {
    const bytes = this.#files.get(path);
    if (bytes) return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: bytes.length };
    if (path === "/" || path === "/lungs") return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    throw vscode.FileSystemError.FileNotFound(path);
  }

  readDirectory({ path }) {
    if (path !== "/lungs") return [];
    return [...this.#files.keys()].map((file) => [file.slice("/lungs/".length), vscode.FileType.File]);
  }

  readFile({ path }) {
    const bytes = this.#files.get(path);
    if (!bytes) throw vscode.FileSystemError.FileNotFound(path);
    return bytes;
  }

  writeFile(uri, bytes) {
    const type = this.#files.has(uri.path) ? vscode.FileChangeType.Changed : vscode.FileChangeType.Created;
    this.#files.set(uri.path, bytes);
    this.#changed.fire([{ type, uri }]);
  }

  createDirectory() {}

  delete(uri) {
    this.#files.delete(uri.path);
    this.#changed.fire([{ type: vscode.FileChangeType.Deleted, uri }]);
  }

  rename(from, to) {
    this.writeFile(to, this.readFile(from));
    this.delete(from);
  }
}

exports.activate = (context) => {
  context.subscriptions.push(vscode.workspace.registerFileSystemProvider("memory", new Memory(), { isCaseSensitive: true }));
};
