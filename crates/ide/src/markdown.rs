//! Markdown from texts that are not ours: what stands in a file is shown as it is written, and never as markup.

use std::fmt::Write;

/// Characters of a value that anybody reads.
const LONGEST: usize = 300;

/// A text of the file among ours, in one line.
pub(crate) fn escape(text: &str) -> String {
    escape_all(&shortened(text))
}

fn escape_all(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // What begins a line may make it a heading or an item of a list.
    let mut may_be_mark = true;
    for (at, character) in text.char_indices() {
        if character.is_whitespace() || character.is_control() {
            // Several in a row may end the line, or begin a block of code.
            if !escaped.ends_with(' ') {
                escaped.push(' ');
            }
            continue;
        }
        let is_markup = match character {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '!' | '|' | '~' | '&' | '$' | '@' => true,
            '#' | '+' | '-' | '=' | ')' => may_be_mark,
            // Some make links of what looks like one.
            '.' => may_be_mark || text[..at].ends_with("www"),
            ':' => text[at..].starts_with("://"),
            _ => false,
        };
        may_be_mark &= character.is_ascii_digit();
        if is_markup {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// A message of ours, in which names and values of the file stand between backticks, or not.
pub(crate) fn message(text: &str) -> String {
    with_code(text, escape)
}

/// A text of ours of any length, which is not written as Markdown but for the backticks.
pub(crate) fn prose(text: &str) -> String {
    with_code(text, escape_all)
}

fn with_code(text: &str, escape: impl Fn(&str) -> String) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // Where the file's text has backticks of its own, nobody knows which are ours; all parts are harmless by themselves.
    let is_code = |index: usize| index % 2 == 1 && index + 1 < parts.len();
    parts.iter().enumerate().map(|(index, part)| if is_code(index) { code(part) } else { escape(part) }).collect()
}

/// A text of the file as code within a line.
pub(crate) fn code(text: &str) -> String {
    let text: String = shortened(text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.is_empty() {
        return "`\"\"`".to_owned();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    // A space at each end is taken away again, so a backtick may stand there.
    let needs_space = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let space = if needs_space { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A link to a line of a document.
pub(crate) fn link(text: &str, uri: &str, line: u32) -> String {
    let mut target = String::with_capacity(uri.len());
    for character in uri.chars() {
        match character {
            '<' | '>' | '(' | ')' | '[' | ']' | '\\' | '`' | '"' | ' ' => {
                // Writing to a `String` cannot fail.
                let _ = write!(target, "%{:02X}", character as u32);
            }
            character if character.is_control() => {}
            other => target.push(other),
        }
    }
    format!("[{}]({target}#L{})", escape(text), line.saturating_add(1))
}

fn shortened(text: &str) -> std::borrow::Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_says_is_no_markup() {
        assert_eq!(escape("a *b* [c](command:x)\n\n# <img>"), r"a \*b\* \[c\](command:x) # \<img\>");
        assert_eq!(escape("# a - b"), r"\# a - b");
        assert_eq!(escape("12. www.x http://y"), r"12\. www\.x http\://y");
        assert_eq!(message("`a` is [no] `b`: c`d"), r"`a` is \[no\] `b`: cd");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a\nb"), "`a b`");
        assert_eq!(link("a]b", "file:///x (1).json", 4), r"[a\]b](file:///x%20%281%29.json#L5)");
        assert_eq!(code(&"x".repeat(1000)).chars().count(), LONGEST + 3);
    }
}
