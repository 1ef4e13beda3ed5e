//! What a text is before anybody has read it.

/** Workflows have tasks, which none of the other files has. */
export function isWorkflow(text: string): boolean {
  return /"tasks"\s*:\s*\[/u.test(text);
}
