//! Kubernetes quantities: `500m`, `2`, `1.5`, `129e6`, `129M`, `123Mi`.

use std::fmt;

/// An amount in billionths, which is as fine as Kubernetes counts. What is finer is rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity {
    nanos: i128,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuantityError {
    Empty,
    NoNumber,
    /// The unit, and the one that was probably meant.
    UnknownUnit(String, Option<&'static str>),
    Negative,
}

const NANOS: i128 = 1_000_000_000;

/// Units with their power of ten.
const DECIMAL: [(&str, i32); 10] =
    [("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];

/// Units with their power of two.
const BINARY: [(&str, u32); 6] = [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];

impl Quantity {
    pub fn parse(text: &str) -> Result<Quantity, QuantityError> {
        if text.is_empty() {
            return Err(QuantityError::Empty);
        }
        if text.starts_with('-') {
            return Err(QuantityError::Negative);
        }
        let unsigned = text.strip_prefix('+').unwrap_or(text);
        let digits_end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
        let (number, unit) = unsigned.split_at(digits_end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return Err(QuantityError::NoNumber);
        }
        if let Some(&(_, power)) = BINARY.iter().find(|(name, _)| *name == unit) {
            return Ok(Quantity { nanos: scaled(whole, fraction, 9).saturating_mul(1 << power) });
        }
        let power = match DECIMAL.iter().find(|(name, _)| *name == unit) {
            Some(&(_, power)) => power,
            None => exponent(unit).ok_or_else(|| QuantityError::UnknownUnit(unit.to_owned(), meant_unit(unit)))?,
        };
        Ok(Quantity { nanos: scaled(whole, fraction, power.saturating_add(9)) })
    }

    /// The amount as a whole number, rounded up: bytes, or pieces.
    pub fn ceil(self) -> u64 {
        let whole = self.nanos.saturating_add(NANOS - 1) / NANOS;
        u64::try_from(whole.max(0)).unwrap_or(u64::MAX)
    }

    /// Billionths, as the engine counts processors.
    pub fn nanos(self) -> u64 {
        u64::try_from(self.nanos.max(0)).unwrap_or(u64::MAX)
    }
}

/// The number of a quantity and its unit, as written; `None` for what is no quantity. An exponent is part of the number.
pub fn parts(text: &str) -> Option<(&str, &str)> {
    Quantity::parse(text).ok()?;
    let digits_end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '+')).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits_end);
    let is_unit = BINARY.iter().any(|(name, _)| *name == unit) || DECIMAL.iter().any(|(name, _)| *name == unit);
    Some(if is_unit { (number, unit) } else { (text, "") })
}

/// Bytes for people: `1.5 GiB`.
pub fn human_bytes(bytes: u64) -> String {
    bytes_in(bytes, 1024, ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"])
}

/// Bytes in the largest of the units that `base` and its powers are, to a tenth.
pub fn bytes_in(bytes: u64, base: u64, units: [&str; 6]) -> String {
    if bytes < base {
        return format!("{bytes} B");
    }
    let mut size = 1;
    let mut shown = (0, "");
    for unit in units {
        size *= base;
        shown = (tenths(bytes, size), unit);
        if shown.0 < base * 10 {
            break;
        }
    }
    let (tenths, unit) = shown;
    match tenths % 10 {
        0 => format!("{} {unit}", tenths / 10),
        tenth => format!("{}.{tenth} {unit}", tenths / 10),
    }
}

/// To the nearest, and to the even one of two that are as near.
fn tenths(bytes: u64, size: u64) -> u64 {
    // Ten times a rest of the largest unit is a `u64`.
    let rest = bytes % size * 10;
    let tenths = bytes / size * 10 + rest / size;
    let left = rest % size * 2;
    tenths + u64::from(left > size || left == size && !tenths.is_multiple_of(2))
}

/// Of so many digits, every number is a `u64`.
const FEW: usize = 20;

/// `whole.fraction * 10^power`, rounded up, without overflow.
fn scaled(whole: &str, fraction: &str, power: i32) -> i128 {
    let kept = (power.max(0) as usize).min(fraction.len());
    let zeros = (power.max(0) as usize).saturating_sub(fraction.len());
    let digits = format!("{whole}{}", &fraction[..kept]);
    let rest = &fraction[kept..];
    let mut value: i128 = if digits.len() + zeros < FEW {
        // As nearly always: a 64-bit machine has this at once.
        let value = digits.bytes().fold(0u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        (value * 10u64.pow(zeros as u32)).into()
    } else {
        let digit = |sum: i128, digit: i128| sum.saturating_mul(10).saturating_add(digit);
        let value = digits.bytes().map(|byte| i128::from(byte - b'0')).fold(0, digit);
        std::iter::repeat_n(0, zeros.min(40)).fold(value, digit)
    };
    let mut inexact = rest.bytes().any(|digit| digit != b'0');
    for _ in 0..power.min(0).unsigned_abs().min(60) {
        inexact |= value % 10 != 0;
        value /= 10;
    }
    value.saturating_add(i128::from(inexact))
}

fn exponent(unit: &str) -> Option<i32> {
    let digits = unit.strip_prefix(['e', 'E'])?;
    let value: i32 = digits.strip_prefix('+').unwrap_or(digits).parse().ok()?;
    Some(value.clamp(-1000, 1000))
}

fn meant_unit(unit: &str) -> Option<&'static str> {
    let folded = unit.trim().to_ascii_lowercase();
    Some(match folded.as_str() {
        "b" | "byte" | "bytes" => "",
        "k" | "kb" => "k",
        "ki" | "kib" => "Ki",
        "m" | "mb" => "M",
        "mi" | "mib" => "Mi",
        "g" | "gb" => "G",
        "gi" | "gib" => "Gi",
        "t" | "tb" => "T",
        "ti" | "tib" => "Ti",
        "p" | "pb" => "P",
        "pi" | "pib" => "Pi",
        "e" | "eb" => "E",
        "ei" | "eib" => "Ei",
        _ => return None,
    })
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            QuantityError::Empty => f.write_str("it is empty"),
            QuantityError::NoNumber => f.write_str("it does not begin with a number"),
            QuantityError::Negative => f.write_str("it is negative"),
            QuantityError::UnknownUnit(unit, Some("")) => write!(f, "bytes are written without the unit `{unit}`"),
            QuantityError::UnknownUnit(unit, Some(meant)) => write!(f, "the unit `{unit}` is written `{meant}`"),
            QuantityError::UnknownUnit(unit, None) => write!(f, "`{unit}` is no unit"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_is_a_number_and_a_unit() {
        assert_eq!(parts("1.5Gi"), Some(("1.5", "Gi")));
        assert_eq!(parts("500m"), Some(("500", "m")));
        assert_eq!(parts("2"), Some(("2", "")));
        assert_eq!(parts("129e6"), Some(("129e6", "")));
        assert_eq!(parts("1E"), Some(("1", "E")));
        assert_eq!(parts("500MB"), None);
    }

    #[track_caller]
    fn bytes(text: &str) -> u64 {
        Quantity::parse(text).unwrap().ceil()
    }

    #[test]
    fn every_form_of_the_kubernetes_documentation() {
        assert_eq!(Quantity::parse("500m").unwrap().nanos(), 500_000_000);
        assert_eq!(Quantity::parse("0.5").unwrap().nanos(), 500_000_000);
        assert_eq!(bytes("128974848"), 128_974_848);
        assert_eq!(bytes("129e6"), 129_000_000);
        assert_eq!(bytes("129M"), 129_000_000);
        assert_eq!(bytes("128974848000m"), 128_974_848);
        assert_eq!(bytes("123Mi"), 123 << 20);
        assert_eq!(bytes("1.5Gi"), 3 << 29);
        assert_eq!(bytes("1E"), 1_000_000_000_000_000_000);
        assert_eq!(bytes("1E3"), 1000);
        assert_eq!(bytes("+.5k"), 500);
        assert_eq!(bytes("5."), 5);
    }

    #[test]
    fn what_is_finer_than_one_is_rounded_up_and_what_is_huge_saturates() {
        assert_eq!(bytes("1m"), 1);
        assert_eq!(bytes("0.0000000001"), 1);
        assert_eq!(bytes("1e-30"), 1);
        assert_eq!(bytes("0e9"), 0);
        assert_eq!(bytes("99999999999999999999999999999999999999999Ei"), u64::MAX);
        assert_eq!(bytes("1e999999"), u64::MAX);
    }

    #[test]
    fn few_digits_and_many_are_the_same_number() {
        assert_eq!(bytes("9999999999"), 9_999_999_999);
        assert_eq!(bytes("99999999999"), 99_999_999_999);
        assert_eq!(bytes("0000000000000000000000001"), 1);
        assert_eq!(bytes("12345678901234567"), 12_345_678_901_234_567);
        assert_eq!(Quantity::parse("1234567890.5").unwrap().nanos(), 1_234_567_890_500_000_000);
        assert_eq!(Quantity::parse("12345678901.5").unwrap().nanos(), 12_345_678_901_500_000_000);
    }

    #[test]
    fn errors_name_the_unit_that_was_meant() {
        let error = |text: &str| Quantity::parse(text).unwrap_err().to_string();
        assert_eq!(error("500MB"), "the unit `MB` is written `M`");
        assert_eq!(error("4gi"), "the unit `gi` is written `Gi`");
        assert_eq!(error("10B"), "bytes are written without the unit `B`");
        assert_eq!(error("-5Mi"), "it is negative");
        assert_eq!(error("lots"), "it does not begin with a number");
        assert_eq!(error("1.2.3"), "it does not begin with a number");
        assert_eq!(error("5 apples"), "` apples` is no unit");
        assert_eq!(error(""), "it is empty");
    }

    proptest::proptest! {
        #[test]
        fn bytes_for_people_are_as_many_to_a_tenth_of_their_unit(bytes in 0_u64.., shift in 0..60) {
            let bytes = bytes >> shift;
            let text = human_bytes(bytes);
            let (number, unit) = text.split_once(' ').unwrap();
            let size = BINARY.iter().find(|(name, _)| unit.strip_suffix('B') == Some(name)).map_or(1, |(_, size)| 1_u64 << size);
            let found = number.parse::<f64>().unwrap();
            let off = (found - bytes as f64 / size as f64).abs();
            proptest::prop_assert!(off < 0.050_001 && found < 1024.0, "{} {}", bytes, text);
        }
    }

    #[test]
    fn bytes_for_people() {
        assert_eq!(human_bytes(1023), "1023 B");
        assert_eq!(human_bytes(1536), "1.5 KiB");
        assert_eq!(human_bytes(4 << 30), "4 GiB");
        assert_eq!(human_bytes(u64::MAX), "16 EiB");
        assert_eq!(human_bytes((1 << 20) - 1), "1 MiB");
        assert_eq!(human_bytes(1_048_524), "1023.9 KiB");
        assert_eq!(human_bytes(1_048_525), "1 MiB");
        assert_eq!(human_bytes(1280), "1.2 KiB");
        assert_eq!(human_bytes(1792), "1.8 KiB");
    }
}
