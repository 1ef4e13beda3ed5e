// When a server that has ended is started again: at once, then after longer and longer, and at last not any more.

const DELAYS = [0, 1000, 4000, 15_000, 60_000] as const;

/** A server that ran as long as this did not end for the reason of its start. */
const STEADY = 5 * 60_000;

export class Backoff {
  readonly #now: () => number;
  #count = 0;
  #last = Number.NEGATIVE_INFINITY;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** How long to wait, in milliseconds; nothing if it is of no use. */
  next(): number | undefined {
    const now = this.#now();
    if (now - this.#last > STEADY) this.#count = 0;
    const delay = DELAYS[this.#count];
    this.#count += 1;
    this.#last = now + (delay ?? 0);
    return delay;
  }
}
