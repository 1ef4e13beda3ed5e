// Here and not in the module, because a JavaScript string can hold what UTF-8 cannot (half a surrogate pair), and a
// fix must not touch what it does not change.

export function applyFix(text, fix) {
  if (typeof text !== "string") {
    throw new TypeError("applyFix: `text` is not a string");
  }
  if (!isFix(fix)) {
    throw new TypeError("applyFix: `fix` is not one of the `fixes` of a diagnostic");
  }
  let result = "";
  let copied = 0;
  for (const { range, newText } of [...fix.edits].sort(byPlace)) {
    if (range.start.offset < copied || range.end.offset > text.length) {
      throw new TypeError("applyFix: `fix` does not fit `text`, so it is one of another text");
    }
    result += text.slice(copied, range.start.offset) + newText;
    copied = range.end.offset;
  }
  return result + text.slice(copied);
}

/** Two insertions at one place keep their order. */
function byPlace({ range: a }, { range: b }) {
  return a.start.offset - b.start.offset || a.end.offset - b.end.offset;
}

function isFix(fix) {
  return Array.isArray(fix?.edits) && fix.edits.every(isEdit);
}

function isEdit(edit) {
  const [start, end] = [edit?.range?.start?.offset, edit?.range?.end?.offset];
  return typeof edit?.newText === "string" && isOffset(start) && isOffset(end) && start <= end;
}

function isOffset(value) {
  return Number.isSafeInteger(value) && value >= 0;
}
