/** `text` with the edits of a fix, which has to be one of this text. What `format` gives can be passed as `{ edits }`. */
export function applyFix(text: string, fix: Pick<Fix, "edits">): string;
