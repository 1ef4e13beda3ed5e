//! The little of Markdown that the documentation of rules and fields uses: paragraphs, lists, fenced code, `code`,
//! **strong** and links. The result is text nodes, so that markup in a file stays text.

import { html, type TemplateResult } from "lit";

export function markdown(text: string): TemplateResult {
  const blocks: TemplateResult[] = [];
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; ) {
    const line = lines[index] ?? "";
    if (line.startsWith("```")) {
      const end = lines.findIndex((later, at) => at > index && later.startsWith("```"));
      const stop = end < 0 ? lines.length : end;
      blocks.push(html`<pre>${lines.slice(index + 1, stop).join("\n")}</pre>`);
      index = stop + 1;
    } else if (/^[-*] /u.test(line)) {
      const [items, next] = while_(lines, index, (later) => /^([-*] | {2})/u.test(later));
      blocks.push(html`<ul>${items.map((item) => html`<li>${inline(item.replace(/^[-*] /u, ""))}</li>`)}</ul>`);
      index = next;
    } else if (line.trim() === "" || line === "---") {
      index += 1;
    } else {
      const [paragraph, next] = while_(lines, index, (later) => later.trim() !== "" && !/^(```|[-*] )/u.test(later));
      blocks.push(html`<p>${inline(paragraph.join(" ").replace(/^#+ /u, ""))}</p>`);
      index = next;
    }
  }
  return html`${blocks}`;
}

/** Text in which only `code` has a meaning: messages of diagnostics. */
export function message(text: string): TemplateResult {
  return html`${text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

function while_(lines: string[], from: number, holds: (line: string) => boolean): [string[], number] {
  let end = from + 1;
  while (end < lines.length && holds(lines[end] ?? "")) end += 1;
  return [lines.slice(from, end), end];
}

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\((https?:[^)\s]+)\)/gu;

function inline(text: string): (TemplateResult | string)[] {
  const parts: (TemplateResult | string)[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    parts.push(text.slice(end, match.index));
    const [all, code, strong, label, href] = match;
    if (code !== undefined) parts.push(html`<code>${code}</code>`);
    else if (strong !== undefined) parts.push(html`<strong>${strong}</strong>`);
    else parts.push(html`<a href=${href ?? ""} rel="noreferrer" target="_blank">${label}</a>`);
    end = match.index + all.length;
  }
  parts.push(text.slice(end));
  return parts;
}
