//! Numbers as text: their value where it is an integer, without rounding.

/// Whether a JSON number is mathematically an integer: `1.0` and `10e-1` are, `15e-1` is not.
pub(crate) fn is_integer(text: &str) -> bool {
    decompose(text).is_some_and(|(_, exponent)| exponent >= 0)
}

/// Whether a JSON number is more than zero, however little.
pub(crate) fn is_positive(text: &str) -> bool {
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
    !text.starts_with('-') && mantissa.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
}

pub(crate) fn as_integer(text: &str) -> Option<i64> {
    if let Ok(value) = text.parse() {
        return Some(value);
    }
    let (digits, exponent) = decompose(text)?;
    if digits.is_empty() {
        return Some(0);
    }
    if !(0..=18).contains(&exponent) || digits.len() > 20 {
        return None;
    }
    let mut literal = if text.starts_with('-') { String::from("-") } else { String::new() };
    literal.push_str(&digits);
    literal.extend(std::iter::repeat_n('0', exponent as usize));
    literal.parse().ok()
}

/// `digits * 10^exponent` with neither leading nor trailing zeros in `digits`; zero has no digits.
fn decompose(text: &str) -> Option<(String, i64)> {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], saturating_exponent(&text[at + 1..])?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some((String::new(), 0));
    }
    let dropped = (digits.len() - significant.len()) as i64;
    let exponent = exponent.saturating_sub(fraction.len() as i64).saturating_add(dropped);
    Some((significant.trim_start_matches('0').to_owned(), exponent))
}

fn saturating_exponent(text: &str) -> Option<i64> {
    let digits = text.trim_start_matches(['+', '-']);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let magnitude: i64 = digits.parse().unwrap_or(i64::MAX / 2);
    Some(if text.starts_with('-') { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_judged_by_value() {
        for text in ["0", "-0", "0.0", "0e-5", "1", "1.0", "1e2", "100e-2", "1.50e1", "1e400"] {
            assert!(is_integer(text), "{text}");
        }
        for text in ["0.5", "1e-1", "15e-1", "1.05e1"] {
            assert!(!is_integer(text), "{text}");
        }
        for (text, expected) in
            [("1", true), ("0.01e-3", true), ("0", false), ("-1", false), ("0.0e7", false), ("-0", false)]
        {
            assert_eq!(is_positive(text), expected, "{text}");
        }
        assert_eq!(as_integer("1.50e1"), Some(15));
        assert_eq!(as_integer("-100e-2"), Some(-1));
        assert_eq!(as_integer("-0.0"), Some(0));
        assert_eq!(as_integer("1e400"), None);
        assert_eq!(as_integer("9223372036854775807"), Some(i64::MAX));
    }
}
