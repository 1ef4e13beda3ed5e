//! Messages in a stream: headers, an empty line, the body. What is broken is left out, and reading goes on behind it.

use std::io::{self, BufRead, Read};

/// More than any text that the server takes.
const LONGEST_BODY: u64 = 1 << 30;
const LONGEST_LINE: u64 = 1 << 16;
const LENGTH: &[u8] = b"content-length:";

#[derive(Debug, PartialEq)]
pub(super) enum Frame {
    Message(String),
    /// Why something was left out.
    Broken(String),
    End,
}

/// Reads what comes next. Of headers, only the length matters. A line that is none is left out; a length is found
/// within such a line as well, for a body without a length ends somewhere in a line.
pub(super) fn read(input: &mut impl BufRead) -> Frame {
    let mut length = None;
    let mut strange = None;
    loop {
        let mut line = Vec::new();
        match input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return strange.map_or(Frame::End, Frame::Broken),
            Ok(_) => {}
        }
        let line = line.trim_ascii();
        if line.is_empty() {
            match length {
                Some(length) => return body(input, length, strange),
                // Between messages, empty lines do no harm.
                None if strange.is_none() => continue,
                None => return Frame::Broken(strange.unwrap_or_default()),
            }
        }
        match find_length(line) {
            Some((at, Some(value))) => {
                length = Some(value);
                if at > 0 {
                    strange = Some(format!("{at} bytes stand where a header is expected"));
                }
            }
            Some((_, None)) => strange = Some(format!("no length: {}", String::from_utf8_lossy(line))),
            None if is_header(line) => {}
            None => strange = Some(format!("{} bytes stand where a header is expected", line.len())),
        }
    }
}

fn body(input: &mut impl BufRead, length: u64, strange: Option<String>) -> Frame {
    if length > LONGEST_BODY {
        let skipped = io::copy(&mut input.by_ref().take(length), &mut io::sink());
        return Frame::Broken(format!("it is too long: {length} bytes, {} of them left out", skipped.unwrap_or(0)));
    }
    let mut body = Vec::new();
    match input.by_ref().take(length).read_to_end(&mut body) {
        Ok(read) if read as u64 == length => String::from_utf8(body)
            .map_or_else(|error| Frame::Broken(format!("it is not UTF-8: {error}")), Frame::Message),
        _ => Frame::Broken(strange.unwrap_or_else(|| format!("it ends after {} of {length} bytes", body.len()))),
    }
}

/// Where a line says a length, and which; `None` where that is no number.
fn find_length(line: &[u8]) -> Option<(usize, Option<u64>)> {
    let lower = line.to_ascii_lowercase();
    let at = lower.windows(LENGTH.len()).rposition(|window| window == LENGTH)?;
    let value = std::str::from_utf8(&line[at + LENGTH.len()..]).ok();
    Some((at, value.and_then(|value| value.trim().parse().ok())))
}

fn is_header(line: &[u8]) -> bool {
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    name.len() < line.len() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(stream: &str, expected: &[&str]) {
        let mut input = stream.as_bytes();
        let mut found = Vec::new();
        loop {
            match read(&mut input) {
                Frame::Message(body) => found.push(body),
                Frame::Broken(_) => found.push("broken".to_owned()),
                Frame::End => break,
            }
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn messages_are_told_apart() {
        check("Content-Length: 2\r\n\r\n{}Content-Length: 3\r\n\r\n[1]", &["{}", "[1]"]);
        check("content-length:2\n\n{}\r\n\r\nContent-Type: x\r\nContent-Length: 2\r\n\r\n[]", &["{}", "[]"]);
    }

    #[test]
    fn what_is_broken_is_left_out() {
        check("Content-Length: x\r\n\r\n{}Content-Length: 2\r\n\r\n[]", &["broken", "[]"]);
        check("Content-Type: y\r\nnonsense\r\n\r\n{}\r\nContent-Length: 2\r\n\r\n[]", &["broken", "[]"]);
        check("Content-Length: -1\r\n\r\n", &["broken"]);
        check("Content-Length: 9\r\n\r\n{}", &["broken"]);
        check("Content-Length: 99999999999\r\n\r\n{}", &["broken"]);
        check("\u{ff}\u{0}", &["broken"]);
        check("", &[]);
    }
}
