//! Names and rules as people say them.

use task_api_core::quantity::human_bytes;
use task_api_core::scale::{Law, Mode, ScaleRule};

use crate::hover::values::conditions;

/// `LETTER_CASE` and `letterCase` as `Letter case`; capitals in a row among small letters stay.
pub(super) fn label(name: &str) -> String {
    let has_small = name.chars().any(|c| c.is_ascii_lowercase());
    let mut label = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    let mut rest = name.chars();
    while let Some(character) = rest.next() {
        let is_gap = matches!(character, '_' | '-' | '.' | ' ');
        let begins_word = character.is_ascii_uppercase() && before.is_ascii_lowercase();
        if (is_gap || begins_word) && !label.is_empty() && !label.ends_with(' ') {
            label.push(' ');
        }
        let is_in_a_row = before.is_ascii_uppercase() || rest.clone().next().is_some_and(|c| c.is_ascii_uppercase());
        match character {
            _ if is_gap => {}
            _ if label.is_empty() => label.push(character.to_ascii_uppercase()),
            _ if has_small && is_in_a_row => label.push(character),
            _ => label.push(character.to_ascii_lowercase()),
        }
        before = character;
    }
    label.truncate(label.trim_end().len());
    if label.is_empty() { name.to_owned() } else { label }
}

/// `asks for 20 × the size of its largest file`
pub(super) fn rule(rule: &ScaleRule) -> String {
    format!("asks for {}", amount(rule.law, &size(rule)))
}

/// What `n` is: `the size of its largest file`
pub(super) fn size(rule: &ScaleRule) -> String {
    let size = match rule.mode {
        Mode::Sum => "the total size of its files",
        Mode::MaxFileSize => "the size of its largest file",
        Mode::MaxItemSum => "the size of its largest item",
    };
    let conditions = conditions(rule);
    if conditions.is_empty() { size.to_owned() } else { format!("{size}, counting those {}", conditions.join(", ")) }
}

fn amount(law: Law, size: &str) -> String {
    let power = match law.exponent {
        0 => return format!("{}, whatever the data", human_bytes(law.apply(0))),
        1 => size.to_owned(),
        2 => format!("the square of {size}"),
        3 => format!("the cube of {size}"),
        other => format!("{size} to the power of {other}"),
    };
    match law.coefficient {
        coefficient if coefficient <= 0.0 => "nothing".to_owned(),
        1.0 => power,
        _ => format!("{} × {power}", law.factor()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_labels() {
        let labels =
            ["LETTER_CASE", "letterCase", "nnUNet_results", "a", "", "___", "BATCH-SIZE.X", "useGPU", "DB_URL__"];
        let expected =
            ["Letter case", "Letter case", "Nn UNet results", "A", "", "___", "Batch size x", "Use GPU", "Db url"];
        assert_eq!(labels.map(label), expected);
    }
}
