//! Decimal fractions as floating-point numbers.
//!
//! The standard library reads numbers of any length, with a table of 10 kB that does not compress: 4% of the npm package's
//! form, and what writes them is 2% of the whole. A factor of a law has a few digits; of longer ones, the nineteen that
//! count are read.

/// Powers of ten up to here are floating-point numbers without loss.
const EXACT_POWERS: i32 = 22;
/// Integers up to here are.
const EXACT_INTEGERS: u64 = 1 << 53;
/// So many digits fit.
const DIGITS: u32 = 19;

/// Reads digits with at most one point among them; the nearest number, if no more than nineteen digits count.
pub(super) fn parse(text: &str) -> f64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut mantissa: u64 = 0;
    let mut digits = 0;
    let mut power: i32 = 0;
    let places =
        whole.bytes().map(|digit| (digit, 0)).chain(fraction.trim_end_matches('0').bytes().map(|digit| (digit, 1)));
    for (digit, behind_point) in places {
        if digits < DIGITS {
            mantissa = mantissa * 10 + u64::from(digit.wrapping_sub(b'0'));
            digits += u32::from(mantissa > 0);
            power -= behind_point;
        } else {
            power += 1 - behind_point;
        }
    }
    match power {
        ..0 if mantissa > EXACT_INTEGERS && -power <= DIGITS as i32 => {
            divided(mantissa, 10_u64.pow(power.unsigned_abs()))
        }
        ..0 => {
            let exact = power.max(-EXACT_POWERS);
            mantissa as f64 / 10_f64.powi(-exact) / 10_f64.powi(exact - power)
        }
        _ => mantissa as f64 * 10_f64.powi(power),
    }
}

/// The number nearest to a fraction.
fn divided(numerator: u64, denominator: u64) -> f64 {
    let shift = u128::from(numerator).leading_zeros();
    let shifted = u128::from(numerator) << shift;
    let denominator = u128::from(denominator);
    // More digits than a floating-point number has; the last one says whether there would be more.
    let quotient = (shifted / denominator) | u128::from(!shifted.is_multiple_of(denominator));
    quotient as f64 / 2_f64.powi(shift as i32)
}

/// Writes a number: a whole one as it is, and of others the fewest digits that come to it. The sixteenth is rounded away if
/// it says little, so that what was written with fifteen or less is written as it was.
pub(super) fn written(number: f64) -> String {
    let sign = if number.is_sign_negative() { "-" } else { "" };
    let size = number.abs();
    if !size.is_finite() {
        return format!("{sign}inf");
    }
    if size as u64 as f64 == size {
        return format!("{sign}{}", size as u64);
    }
    let Some((digits, places)) = shortest(size) else { return format!("{sign}0") };
    let zeros = "0".repeat(usize::try_from(-places).unwrap_or_default());
    let places = usize::try_from(places).unwrap_or_default();
    let digits = format!("{digits:0>width$}{zeros}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

/// A number as digits, and how many of them stand behind the point; `None` for what is too near to zero.
fn shortest(size: f64) -> Option<(u64, i32)> {
    /// How far the last of sixteen digits may be off, after some roundings.
    const OFF: u64 = 4;
    let mut places = 0;
    let mut scaled = size;
    while scaled < 1e15 && places < 300 {
        scaled *= 10.0;
        places += 1;
    }
    while scaled >= 1e16 {
        scaled /= 10.0;
        places -= 1;
    }
    // At once, as each step has rounded.
    let scaled = match places {
        ..0 => size / 10_f64.powi(-places),
        _ => size * 10_f64.powi(places),
    };
    let digits = (scaled + 0.5) as u64;
    let rounded = |step: u64| (digits + step / 2) / step * step;
    let mut of_some_digits = (0..16).rev().map(|power| rounded(10_u64.pow(power)));
    let shortest = of_some_digits.find(|rounded| rounded.abs_diff(digits) <= OFF)?;
    (shortest > 0).then_some((shortest, places))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{parse, written};

    #[test]
    fn numbers_are_written_as_people_write_them() {
        for text in [
            "0",
            "-0",
            "1",
            "-1",
            "0.1",
            "1.5",
            "-2.25",
            "100",
            "0.3",
            "1024",
            "123456.789",
            "0.000000001",
            "9007199254740993",
            "18446744073709549568",
            "9223372036854775807",
            "0.00000000000000000000000000123",
            "-0.1",
            "99999999999999.9",
            "0.999999999999999",
        ] {
            let number: f64 = text.parse().unwrap();
            let expected = if number.abs() >= 1e15 { format!("{number:.0}") } else { number.to_string() };
            assert_eq!(written(number), expected, "{text}");
        }
        assert_eq!(written(0.1 + 0.2), "0.3");
        assert_eq!(written(1.0 / 3.0), "0.333333333333333");
        assert_eq!(written(1e30), format!("1{}", "0".repeat(30)));
        assert_eq!((&*written(f64::INFINITY), &*written(f64::NEG_INFINITY)), ("inf", "-inf"));
        assert_eq!(written(f64::MIN_POSITIVE), "0");
    }

    #[test]
    fn numbers_as_people_write_them() {
        for text in
            ["0", "1", "1.5", ".5", "0.1", "0.30000000000000004", "9007199254740993", "1152921504606846977", "007.50"]
        {
            assert_eq!(parse(text), text.parse::<f64>().unwrap(), "{text}");
        }
        assert_eq!(parse(&"9".repeat(400)), f64::INFINITY);
        assert_eq!(parse(&format!("0.{}1", "0".repeat(400))), 0.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn up_to_nineteen_digits_the_nearest(whole in "[0-9]{0,9}", fraction in "[0-9]{0,10}") {
            let text = format!("{whole}.{fraction}");
            let expected = text.parse::<f64>().unwrap_or_default();
            prop_assert_eq!(parse(&text), expected);
        }

        #[test]
        fn what_has_fifteen_digits_is_written_as_it_was(digits in 1_u64..1_000_000_000_000_000, places in 0..30) {
            let number: f64 = format!("{digits}e-{places}").parse().unwrap();
            prop_assert_eq!(written(number), number.to_string());
            prop_assert_eq!(written(-number), (-number).to_string());
        }

        #[test]
        fn what_is_written_is_nearly_the_number(digits in 1_u64.., power in -250..250) {
            let number: f64 = format!("{digits}e{power}").parse().unwrap();
            let text = written(number);
            let found: f64 = text.parse().unwrap();
            prop_assert!((found - number).abs() <= number * 1e-14, "{} {}", number, text);
        }

        #[test]
        fn longer_ones_nearly(whole in "[1-9][0-9]{0,30}", fraction in "[0-9]{1,40}") {
            let text = format!("{whole}.{fraction}");
            let expected = text.parse::<f64>().unwrap();
            prop_assert!((parse(&text) - expected).abs() <= expected * 4.0 * f64::EPSILON, "{}", text);
        }
    }
}
