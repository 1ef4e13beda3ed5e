//! What a value comes to: amounts, scale rules and images.

use std::borrow::Cow;

use task_api_core::quantity::{Quantity, bytes_in, human_bytes};
use task_api_core::scale::{Law, Mode, ScaleRule, Target};
use task_api_core::template::has_expression;
use task_api_core::{image, model};
use task_api_json::{Kind as NodeKind, Node};

use crate::markdown::code;
use crate::typed::Typed;

/// Sizes by which a law is shown.
const SIZES: [u64; 3] = [1 << 20, 100 << 20, 1 << 30];

/// How an entry of `limits` or `requests` is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Bytes,
    Cores,
    Pieces,
}

pub(crate) fn unit_of(resource: &str) -> Unit {
    match resource {
        "cpu" => Unit::Cores,
        "memory" | "ephemeral-storage" => Unit::Bytes,
        other if other.starts_with("hugepages-") => Unit::Bytes,
        _ => Unit::Pieces,
    }
}

/// A quantity as it is written, a string or a number.
pub(crate) fn quantity_text(node: Node<'_>) -> Option<Cow<'_, str>> {
    let text = if node.kind() == NodeKind::Number { Cow::Borrowed(node.source()) } else { node.as_str()? };
    (!has_expression(&text)).then_some(text)
}

pub(super) fn quantity(typed: Typed<'_>) -> Option<String> {
    let name = typed.key()?.as_str()?;
    let text = quantity_text(typed.node)?;
    let quantity = Quantity::parse(&text).ok()?;
    let written = code(&text);
    Some(match unit_of(&name) {
        Unit::Bytes => {
            let bytes = quantity.ceil();
            let amounts = [human_bytes(bytes), decimal_bytes(bytes)];
            let plural = if bytes == 1 { "byte" } else { "bytes" };
            format!("{written} = {} {plural} = {} = {}", grouped(bytes), amounts[0], amounts[1])
        }
        Unit::Cores => format!("{written} = {}", cores(quantity)),
        Unit::Pieces => format!("{written} = {}", grouped(quantity.ceil())),
    })
}

/// `0.5 cores`
pub(crate) fn cores(quantity: Quantity) -> String {
    let nanos = quantity.nanos();
    let whole = nanos / 1_000_000_000;
    let fraction = format!("{:09}", nanos % 1_000_000_000);
    let fraction = fraction.trim_end_matches('0');
    let noun = if nanos == 1_000_000_000 { "core" } else { "cores" };
    if fraction.is_empty() { format!("{} {noun}", grouped(whole)) } else { format!("{whole}.{fraction} {noun}") }
}

/// Bytes in powers of a thousand: `2.1 GB`.
pub(crate) fn decimal_bytes(bytes: u64) -> String {
    bytes_in(bytes, 1000, ["kB", "MB", "GB", "TB", "PB", "EB"])
}

/// `2 147 483 648`
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

/// The law of a rule, where the rule lacks something else.
pub(crate) fn law_of(rule: Node<'_>) -> Option<Law> {
    match (rule.get("scale_factor"), rule.get("complexity")) {
        (Some(factor), _) if factor.is_integer() => Law::of_factor(factor),
        (_, Some(complexity)) => Law::parse(&complexity.as_str()?),
        _ => None,
    }
}

pub(super) fn scale_rule(rule: Typed<'_>, is_on_output: bool) -> Option<String> {
    let law = law_of(rule.node)?;
    let read = model::ScaleRule::read(rule.node).and_then(|rule| ScaleRule::read(&rule));
    let what = match read.as_ref().map(|rule| rule.target) {
        Some(Target::Limit) => "Memory limit",
        Some(Target::Request) => "Memory request",
        None => "Memory",
    };
    let size = read.as_ref().map_or_else(|| "the size of the data".to_owned(), size_in_words);
    let mut text = format!("{what} of at least {}, where `n` is {size}, in bytes.", law_in_words(law));
    if is_on_output {
        text.push_str(" On an output, the rule has no effect.");
    }
    text.push_str("\n\n| n | memory |\n|--:|--:|\n");
    let rows: Vec<String> =
        SIZES.iter().map(|&size| format!("| {} | {} |", human_bytes(size), human_bytes(law.apply(size)))).collect();
    text.push_str(&rows.join("\n"));
    Some(text)
}

fn law_in_words(law: Law) -> String {
    let power = match law.exponent {
        0 => return format!("{} bytes, whatever the data", law.factor()),
        1 => "`n`".to_owned(),
        2 => "the square of `n`".to_owned(),
        3 => "the cube of `n`".to_owned(),
        other => format!("`n` to the power of {other}"),
    };
    let formula = code(&law.to_string());
    if law.coefficient < 0.0 {
        return format!("nothing (`n` times {} is negative)", law.factor());
    }
    if law.coefficient == 1.0 {
        format!("{power} ({formula})")
    } else {
        format!("{} times {power} ({formula})", law.factor())
    }
}

fn size_in_words(rule: &ScaleRule) -> String {
    let size = match rule.mode {
        Mode::Sum => "the total size of the files",
        Mode::MaxFileSize => "the size of the largest of the files",
        Mode::MaxItemSum => "the largest total size of one item's files",
    };
    let conditions = conditions(rule);
    if conditions.is_empty() { size.to_owned() } else { format!("{size} {}", conditions.join(", ")) }
}

/// Which files of a channel a rule counts.
pub(crate) fn conditions(rule: &ScaleRule) -> Vec<String> {
    let mut conditions = Vec::new();
    if !matches!(rule.target_dir.trim_matches('/'), "" | ".") {
        conditions.push(format!("below {}", code(&rule.target_dir)));
    }
    if rule.target_glob != "*" {
        conditions.push(format!("named like {}", code(&rule.target_glob)));
    }
    if rule.target_regex != ".*" {
        conditions.push(format!("whose path matches {}", code(&rule.target_regex)));
    }
    conditions
}

pub(super) fn image(typed: Typed<'_>) -> Option<String> {
    let text = typed.node.as_str()?;
    if has_expression(&text) {
        return None;
    }
    let parts = image::parse(&text).ok()?;
    let mut lines = vec![match parts.registry {
        Some(registry) => format!("- Registry: {}", code(registry)),
        None => "- Registry: `docker.io`, as none is named".to_owned(),
    }];
    lines.push(format!("- Repository: {}", code(parts.repository)));
    match (parts.tag, parts.digest) {
        (Some(tag), _) => lines.push(format!("- Tag: {}", code(tag))),
        (None, None) => lines.push("- Tag: `latest`, as none is given: a later run may use another program".to_owned()),
        (None, Some(_)) => {}
    }
    if let Some(digest) = parts.digest {
        lines.push(format!("- Digest: {}", code(digest)));
    }
    Some(lines.join("\n"))
}
