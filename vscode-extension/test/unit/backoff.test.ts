import assert from "node:assert/strict";
import { test } from "node:test";

import { Backoff } from "../../src/common/backoff.js";

test("each start takes longer, until there is none", () => {
  const backoff = new Backoff(() => 0);
  const delays = Array.from({ length: 6 }, () => backoff.next());
  assert.deepEqual(delays, [0, 1000, 4000, 15_000, 60_000, undefined]);
});

test("a server that has run for long begins anew", () => {
  let now = 0;
  const backoff = new Backoff(() => now);
  for (let count = 0; count < 6; count += 1) backoff.next();
  now += 4 * 60_000;
  assert.equal(backoff.next(), undefined);
  now += 6 * 60_000;
  assert.equal(backoff.next(), 0);
});
