//! Decimal fractions as floating-point numbers.
//!
//! The standard library reads numbers of any length, with a table of 10 kB that does not compress: 4% of the npm package's
//! form. A factor of a law has a few digits; of longer ones, the nineteen that count.

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::parse;

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
        fn longer_ones_nearly(whole in "[1-9][0-9]{0,30}", fraction in "[0-9]{1,40}") {
            let text = format!("{whole}.{fraction}");
            let expected = text.parse::<f64>().unwrap();
            prop_assert!((parse(&text) - expected).abs() <= expected * 4.0 * f64::EPSILON, "{}", text);
        }
    }
}
