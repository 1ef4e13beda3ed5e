import assert from "node:assert/strict";
import { test } from "node:test";

import { applied, type Change, difference, History, Mirror, rebased } from "../../src/common/changes.js";

const change = (from: number, to: number, insert: string): Change => ({ from, to, insert });

test("a difference is what differs, and no more", () => {
  assert.equal(difference("same", "same"), undefined);
  assert.deepEqual(difference('{"a": 1}', '{"a": 12}'), change(7, 7, "2"));
  assert.deepEqual(difference("aa", "aaa"), change(2, 2, "a"));
  const before = "0123456789";
  for (const after of ["", "x", "0123x56789", "0123456789x", "x0123456789", "0189"]) {
    const found = difference(before, after);
    assert.ok(found);
    assert.equal(applied(before, [found]), after);
  }
});

test("changes move by what others have changed before them, and give way to others at the same place", () => {
  assert.deepEqual(rebased([change(5, 6, "x")], [change(0, 2, "long")]), [change(7, 8, "x")]);
  assert.deepEqual(rebased([change(0, 2, "x")], [change(5, 5, "later")]), [change(0, 2, "x")]);
  assert.equal(rebased([change(2, 6, "x")], [change(4, 5, "")]), undefined);
  // Both orders of two changes that do not touch make one text.
  const text = "one two three";
  const [mine, theirs] = [change(4, 7, "2"), change(0, 3, "1")];
  const moved = rebased([mine], [theirs]);
  assert.ok(moved);
  assert.equal(applied(applied(text, [theirs]), moved), "1 2 three");
});

/** Both sides, with messages that arrive when the test says so. */
class Pair {
  document = "one two three";
  readonly history = new History();
  readonly mirror = new Mirror(this.document);
  #taken = 0;

  edit(edit: ReturnType<Mirror["take"]>): void {
    assert.ok(edit);
    this.#taken += 1;
    const changes = this.history.now(edit.revision, edit.changes);
    if (changes !== undefined) this.document = applied(this.document, changes);
  }

  typed(changes: readonly Change[]): void {
    this.document = applied(this.document, changes);
    this.history.add(changes);
  }

  /** The message as it is sent now, to be delivered later. */
  says(): () => Change | undefined {
    const [text, revision, taken] = [this.document, this.history.revision, this.#taken];
    return () => this.mirror.receive(text, revision, taken);
  }
}

test("an edit that crosses one of the document is made beside it, and both sides come to one text", () => {
  const pair = new Pair();
  pair.mirror.apply([change(8, 13, "3")]);
  const edit = pair.mirror.take();
  pair.typed([change(0, 3, "1")]);
  const early = pair.says();
  assert.equal(early(), undefined, "the builder is ahead: what is said of before is not taken");
  assert.equal(pair.mirror.text, "one two 3");
  pair.edit(edit);
  assert.equal(pair.document, "1 two 3");
  assert.deepEqual(pair.says()(), change(0, 3, "1"));
  assert.equal(pair.mirror.text, "1 two 3");
  // And the next one is of the new text.
  pair.mirror.apply([change(2, 5, "2")]);
  pair.edit(pair.mirror.take());
  assert.equal(pair.document, "1 2 3");
  assert.equal(pair.says()(), undefined);
});

test("an edit of what somebody else has just changed gives way", () => {
  const pair = new Pair();
  pair.mirror.apply([change(4, 7, "2")]);
  const edit = pair.mirror.take();
  pair.typed([change(4, 7, "zwei")]);
  pair.edit(edit);
  assert.equal(pair.document, "one zwei three");
  pair.says()();
  assert.equal(pair.mirror.text, "one zwei three");
});

test("words that were not sent yet survive what the document says", () => {
  const pair = new Pair();
  pair.mirror.apply([change(13, 13, "!")]);
  pair.typed([change(0, 3, "1")]);
  pair.says()();
  assert.equal(pair.mirror.text, "1 two three!");
  pair.edit(pair.mirror.take());
  assert.equal(pair.document, "1 two three!");
  assert.equal(pair.mirror.take(), undefined);
});

test("many changes are one edit", () => {
  const mirror = new Mirror('"": 1');
  for (const [index, letter] of ["n", "a", "m", "e"].entries()) mirror.apply([change(1 + index, 1 + index, letter)]);
  assert.deepEqual(mirror.take()?.changes, [change(1, 1, "name")]);
});
