import assert from "node:assert/strict";
import { test } from "node:test";

import { isMatching, versionIn } from "../../src/common/version.js";

test("the version is read from what the program prints, and from nothing else", () => {
  assert.equal(versionIn("task-api 0.1.0\n"), "0.1.0");
  assert.equal(versionIn("task-api 1.2.3-rc.1"), "1.2.3-rc.1");
  assert.equal(versionIn("other 0.1.0"), undefined);
});

test("patches match; before 1.0 other minors do not", () => {
  assert.ok(isMatching("0.1.4", "0.1.0"));
  assert.ok(!isMatching("0.2.0", "0.1.0"));
  assert.ok(isMatching("1.4.0", "1.2.0"));
  assert.ok(!isMatching("2.0.0", "1.2.0"));
});
