//! Durations and times as users type them.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// `90`, `90s`, `5m`, `2h`, `1h30m`, `500ms`, `1.5h`, `7d`; a bare number is seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    const HOW: &str = "write it as a number of seconds, or with units as 90s, 5m, 2h, 1h30m or 7d";
    if let Some(duration) = text.parse().ok().and_then(|seconds: f64| Duration::try_from_secs_f64(seconds).ok()) {
        return Ok(duration);
    }
    let mut rest = text;
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(HOW)?;
        let (number, behind) = rest.split_at(number);
        let unit = behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(unit);
        let length = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86400.0,
            _ => return Err(HOW.to_owned()),
        };
        seconds += number.parse::<f64>().map_err(|_| HOW)? * length;
        rest = behind;
    }
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if !text.is_empty() => Ok(duration),
        _ => Err(HOW.to_owned()),
    }
}

/// A duration that something can take.
pub(crate) fn positive_duration(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("there must be some time in it; without the option there is no limit".to_owned()),
        duration => Ok(duration),
    }
}

/// How long ago, or when: as `docker logs` understands it, where a bare number is seconds since
/// 1970. A time without its zone is in UTC, as all times that we print.
pub(crate) fn since(text: &str) -> Result<Timestamp, String> {
    const HOW: &str = "write a time as 2026-01-02T03:04:05Z, a date as 2026-01-02, or how long ago as 90s, 5m or 2h";
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let in_utc = |time: jiff::civil::DateTime| jiff::tz::Offset::UTC.to_timestamp(time).map_err(|_| HOW.to_owned());
    if let Some((seconds, fraction)) = seconds_since_1970(text) {
        return Timestamp::new(seconds, fraction).map_err(|_| HOW.to_owned());
    }
    if let Ok(time) = text.parse::<jiff::civil::DateTime>() {
        return in_utc(time);
    }
    let ago = duration(text).map_err(|_| HOW)?;
    let ago = SignedDuration::try_from(ago).map_err(|_| HOW)?;
    Ok(Timestamp::now().checked_sub(ago).unwrap_or(Timestamp::UNIX_EPOCH))
}

fn seconds_since_1970(text: &str) -> Option<(i64, i32)> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if seconds.is_empty() || fraction.len() > 9 || !is_number(seconds) || !is_number(fraction) {
        return None;
    }
    Some((seconds.parse().ok()?, format!("{fraction:0<9}").parse().ok()?))
}

/// As short as it can be typed.
pub(crate) fn in_words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (duration.subsec_millis(), seconds) {
        (0, 3600..) if seconds.is_multiple_of(3600) => format!("{} h", seconds / 3600),
        (0, 60..) if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        (0, _) => format!("{seconds} s"),
        _ => format!("{} s", duration.as_secs_f64()),
    }
}

/// How long ago that was; nothing if the clock was set back since.
pub(crate) fn age(time: Timestamp) -> Duration {
    Duration::try_from(Timestamp::now().duration_since(time)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, millis) in [
            ("90", 90_000),
            ("90s", 90_000),
            ("5m", 300_000),
            ("2h", 7_200_000),
            ("1h30m", 5_400_000),
            ("500ms", 500),
            ("1.5s", 1500),
            ("0.25", 250),
            ("7d", 604_800_000),
            ("0", 0),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "s", "-5", "5 m", "5x", "m5", "1h30", "1..5s", "-1m", "inf", "nan", "1e300h", "５m"] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert!(positive_duration("0s").is_err());
    }

    #[test]
    fn times() {
        let at = |text: &str| since(text).map(|time| time.to_string());
        for (text, time) in [
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05.25+01:00", "2026-01-02T02:04:05.25Z"),
            ("2026-01-02T03:04:05", "2026-01-02T03:04:05Z"),
            ("2026-01-02", "2026-01-02T00:00:00Z"),
            ("1136073600", "2006-01-01T00:00:00Z"),
            ("1136073600.000000001", "2006-01-01T00:00:00.000000001Z"),
        ] {
            assert_eq!(at(text).as_deref(), Ok(time), "{text}");
        }
        let ago = age(since("5m").unwrap());
        assert!((299..310).contains(&ago.as_secs()), "{ago:?}");
        for text in ["", "yesterday", "2026-13-01", "-5m", "1.2.3", "99999999999999999"] {
            assert!(since(text).is_err(), "{text}");
        }
    }

    #[test]
    fn words() {
        let words = [90, 300, 7200, 0, 3660].map(|seconds| in_words(Duration::from_secs(seconds)));
        assert_eq!(words, ["90 s", "5 min", "2 h", "0 s", "61 min"]);
        assert_eq!(in_words(Duration::from_millis(1500)), "1.5 s");
    }

    #[test]
    fn a_time_to_come_has_no_age() {
        let future = Timestamp::now().checked_add(SignedDuration::from_hours(1)).unwrap();
        assert_eq!(age(future), Duration::ZERO);
    }
}
