//! What the form says where a task names a template that nobody knows. It is here for its German: VS Code's builder shows it, and
//! what is said to people is taken from this folder's source alone.

import { msg, str } from "@lit/localize";

export function lostTemplate(name: string): string {
  return msg(str`No processing-container.json here has the template ${name}: the form shows what any task has.`);
}
