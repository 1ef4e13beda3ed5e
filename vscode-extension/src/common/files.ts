// Files of the workspace for the server within the extension, which reads no disk: also where there is none.

import { FileType, RelativePattern, Uri, workspace } from "vscode";

export interface File {
  readonly uri: string;
  readonly text: string;
}

/** Nobody describes containers there. */
const EXCLUDED = "{**/node_modules/**,**/.*/**}";
const EXCLUDED_NAME = /^(node_modules|\..*)$/;

/** Deeper or more is no workspace that somebody works in. */
const MOST_DIRECTORIES = 5000;
const MOST_BYTES = 4 * 1024 * 1024;

/** What VS Code can search; other file systems have no search unless somebody brings one. */
const SEARCHED = new Set(["file", "vscode-remote"]);

export async function findFiles(folders: readonly string[], patterns: readonly string[]): Promise<File[]> {
  const found = await Promise.all(folders.map((folder) => findIn(Uri.parse(folder), patterns)));
  const texts = await Promise.all(found.flat().map(async (uri) => ({ uri: uri.toString(), text: await textOf(uri) })));
  return texts.filter((file): file is File => file.text !== undefined);
}

/** The files of all folders. */
export async function find(...patterns: string[]): Promise<Uri[]> {
  const folders = workspace.workspaceFolders ?? [];
  return (await Promise.all(folders.map(({ uri }) => findIn(uri, patterns)))).flat();
}

export async function textOf(uri: Uri): Promise<string | undefined> {
  try {
    const bytes = await workspace.fs.readFile(uri);
    return bytes.length > MOST_BYTES ? undefined : new TextDecoder().decode(bytes);
  } catch {
    // It was deleted meanwhile, or is not for us to read.
    return undefined;
  }
}

async function findIn(folder: Uri, patterns: readonly string[]): Promise<Uri[]> {
  if (!SEARCHED.has(folder.scheme)) return walk(folder, patterns);
  try {
    const found = await Promise.all(
      patterns.map((pattern) => workspace.findFiles(new RelativePattern(folder, pattern), EXCLUDED)),
    );
    const unique = new Map(found.flat().map((uri) => [uri.toString(), uri]));
    return [...unique.values()];
  } catch {
    // The program that searches is missing from some builds of VS Code.
    return walk(folder, patterns);
  }
}

async function walk(root: Uri, patterns: readonly string[]): Promise<Uri[]> {
  const matchers = patterns.map(matcher);
  const found: Uri[] = [];
  const open = [{ uri: root, path: "" }];
  for (let visited = 0; visited < MOST_DIRECTORIES; visited += 1) {
    const directory = open.shift();
    if (directory === undefined) break;
    for (const [name, type] of await entries(directory.uri)) {
      const path = `${directory.path}/${name}`;
      const uri = Uri.joinPath(directory.uri, name);
      if (type === FileType.Directory && !EXCLUDED_NAME.test(name)) open.push({ uri, path });
      if ((type & FileType.File) !== 0 && matchers.some((matches) => matches(path))) found.push(uri);
    }
  }
  return found;
}

async function entries(directory: Uri): Promise<[string, FileType][]> {
  try {
    return await workspace.fs.readDirectory(directory);
  } catch {
    return [];
  }
}

/** For the patterns that the server has: a `**` before a slash, single stars, and alternatives. Paths begin with a slash. */
export function matcher(pattern: string): (path: string) => boolean {
  const source = pattern.replace(/\*\*\/|[*{},.+?^$()|[\]\\]/g, (found) => {
    if (found === "**/") return "(?:.*/)?";
    if (found === "*") return "[^/]*";
    if (found === "{") return "(?:";
    if (found === "}") return ")";
    if (found === ",") return "|";
    return `\\${found}`;
  });
  const expression = new RegExp(`^/${source}$`);
  return (path) => expression.test(path);
}
