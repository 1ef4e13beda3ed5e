// Changes of a text that two sides hold, the document and the builder. The document decides.

/** A replacement; offsets are UTF-16 units of the text before all replacements of its list, which is sorted. */
export interface Change {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

export function applied(text: string, changes: readonly Change[]): string {
  let result = "";
  let end = 0;
  for (const { from, to, insert } of changes) {
    result += text.slice(end, from) + insert;
    end = to;
  }
  return result + text.slice(end);
}

/** The smallest replacement that makes one text of the other: what is the same at both ends stays. */
export function difference(before: string, after: string): Change | undefined {
  if (before === after) return undefined;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let end = 0;
  while (end < shorter - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) {
    end += 1;
  }
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}

/** Changes as they are after others of the same text; nothing if those have changed the same place. */
export function rebased(changes: readonly Change[], others: readonly Change[]): Change[] | undefined {
  const moved: Change[] = [];
  for (const { from, to, insert } of changes) {
    let shift = 0;
    for (const other of others) {
      if (other.to <= from) shift += other.insert.length - (other.to - other.from);
      else if (other.from < to) return undefined;
    }
    moved.push({ from: from + shift, to: to + shift, insert });
  }
  return moved;
}

/** The document's side: what has happened to it besides the builder's edits. */
export class History {
  #others: (readonly Change[])[] = [];
  #first = 0;

  /** How often others have changed the document. */
  get revision(): number {
    return this.#first + this.#others.length;
  }

  /** Somebody else has changed the document. */
  add(changes: readonly Change[]): void {
    this.#others.push(changes);
  }

  /** An edit of the text of that revision, as one of the text that is now; nothing if there is none. */
  now(revision: number, changes: readonly Change[]): Change[] | undefined {
    // The builder never goes back: what it has seen is not asked for again.
    this.#others.splice(0, revision - this.#first);
    this.#first = Math.max(this.#first, revision);
    return this.#others.reduce<Change[] | undefined>((moved, others) => moved && rebased(moved, others), [...changes]);
  }
}

/** The builder's side: its text runs ahead of the document while edits are on their way. */
export class Mirror {
  #text: string;
  #sent: string;
  #revision = 0;
  #count = 0;

  constructor(text: string) {
    this.#text = text;
    this.#sent = text;
  }

  get text(): string {
    return this.#text;
  }

  apply(changes: readonly Change[]): void {
    this.#text = applied(this.#text, changes);
  }

  /** The edit to send, if there is one: many changes are one step back. */
  take(): { readonly revision: number; readonly changes: readonly Change[] } | undefined {
    const change = difference(this.#sent, this.#text);
    if (change === undefined) return undefined;
    this.#sent = this.#text;
    this.#count += 1;
    return { revision: this.#revision, changes: [change] };
  }

  /**
   * The document says what it is. Gives what that changes here; nothing while edits are on their way, after which it
   * says so again. Words that were not sent yet are kept if they can be.
   */
  receive(text: string, revision: number, taken: number): Change | undefined {
    if (taken < this.#count) return undefined;
    const theirs = difference(this.#sent, text);
    const own = difference(this.#sent, this.#text);
    const kept = own === undefined ? [] : (rebased([own], theirs === undefined ? [] : [theirs]) ?? []);
    const next = applied(text, kept);
    const change = difference(this.#text, next);
    this.#revision = revision;
    this.#sent = text;
    this.#text = next;
    return change;
  }
}
