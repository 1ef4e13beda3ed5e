//! Messages of a language server in a stream, each behind its length.

use std::io::{self, BufRead, Write};

/// `None` at the end, and where no message can be told from what comes.
pub(crate) fn next_frame(output: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match (line.trim_end().split_once(": "), length) {
            (Some((name, value)), _) if name.eq_ignore_ascii_case("Content-Length") => length = value.parse().ok(),
            (Some(_), _) => {}
            (None, Some(length)) => {
                let mut body = vec![0; length];
                return output.read_exact(&mut body).ok().map(|()| body);
            }
            (None, None) => return None,
        }
    }
}

pub(crate) fn write_frame(output: &mut impl Write, body: &[u8]) -> io::Result<()> {
    write!(output, "Content-Length: {}\r\n\r\n", body.len())?;
    output.write_all(body)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_told_apart() {
        let stream =
            "Content-Length: 2\r\n\r\n{}Content-Type: x\r\ncontent-length: 3\r\n\r\n[1]Content-Length: 9\r\n\r\n{";
        let mut stream = stream.as_bytes();
        assert_eq!(next_frame(&mut stream).unwrap(), b"{}");
        assert_eq!(next_frame(&mut stream).unwrap(), b"[1]");
        assert_eq!(next_frame(&mut stream), None);
        assert_eq!(next_frame(&mut "\r\n".as_bytes()), None);
    }

    #[test]
    fn what_is_written_is_read() {
        let mut stream = Vec::new();
        write_frame(&mut stream, b"{}").unwrap();
        write_frame(&mut stream, "[\"\u{e4}\"]".as_bytes()).unwrap();
        let mut stream = stream.as_slice();
        assert_eq!(next_frame(&mut stream).unwrap(), b"{}");
        assert_eq!(next_frame(&mut stream).unwrap(), "[\"\u{e4}\"]".as_bytes());
    }
}
