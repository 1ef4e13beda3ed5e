// The same where there is no network at all but the machine itself: within a network namespace of its own.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import test from "node:test";

const FILE = resolve(import.meta.dirname, "desktop.test.mjs");
const ALONE = `node -e 'process.exit(Object.keys(os.networkInterfaces()).join() === "lo" ? 0 : 9)'`;
const INSIDE = `ip link set lo up && ${ALONE} && exec node --test --test-reporter=tap --test-name-pattern='with the server within' '${FILE}'`;

test("without a network, everything that is no run works", () => {
  // A test within a test would speak to the one outside.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const words = ["--map-root-user", "--net", "sh", "-c", INSIDE];
  const { status, stdout, stderr } = spawnSync("unshare", words, { env, encoding: "utf8" });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  assert.match(stdout, /^# pass 1$/m);
});
