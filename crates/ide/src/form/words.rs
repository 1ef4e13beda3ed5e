//! Names and rules as people say them.

use task_api_core::quantity::human_bytes;
use task_api_core::scale::{Law, Mode, ScaleRule};

use crate::hover::values::conditions;

/// `LETTER_CASE` and `letterCase` as `Letter case`; capitals in a row among small letters stay.
pub(super) fn label(name: &str) -> String {
    let has_small = name.chars().any(char::is_lowercase);
    let characters: Vec<char> = name.chars().collect();
    let is_capital = |index: usize| characters.get(index).is_some_and(|c| c.is_uppercase());
    let mut label = String::with_capacity(name.len() + 4);
    for (index, character) in characters.iter().copied().enumerate() {
        let before = index.checked_sub(1);
        let is_gap = matches!(character, '_' | '-' | '.' | ' ');
        let begins_word = is_capital(index) && before.is_some_and(|at| characters[at].is_lowercase());
        if (is_gap || begins_word) && !label.is_empty() && !label.ends_with(' ') {
            label.push(' ');
        }
        let is_in_a_row = before.is_some_and(is_capital) || is_capital(index + 1);
        match character {
            _ if is_gap => {}
            _ if label.is_empty() => label.extend(character.to_uppercase()),
            _ if has_small && is_in_a_row => label.push(character),
            _ => label.extend(character.to_lowercase()),
        }
    }
    let trimmed = label.trim_end();
    if trimmed.is_empty() { name.to_owned() } else { trimmed.to_owned() }
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
        coefficient => format!("{coefficient} × {power}"),
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
