//! A container's output straight from the engine's socket. A client for any request takes each line
//! through several hands; this one reads what is there and takes it apart where it lies.
//!
//! It knows the one answer that it asks for. Whatever else comes is left to the usual client, which
//! can then ask again: [`LogStream::open`] says `None`.

use std::{io, ops::Range, time::Duration};

use tokio::{io::AsyncWriteExt, net::UnixStream};

use crate::{engine::Engine, logs::LogSource};

pub(crate) struct LogStream {
    socket: UnixStream,
    /// What was read, and of it what was not taken apart yet.
    read: Vec<u8>,
    unread: Range<usize>,
    chunk: Chunk,
    /// The bodies of chunks, put together.
    body: Vec<u8>,
    taken: usize,
}

/// The next part of an answer that is there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next<'a> {
    Piece(LogSource, &'a [u8]),
    /// There is nothing for the moment.
    Nothing,
    /// The engine said that there is no more.
    End,
    /// Why there is no more although the engine did not say so.
    Broken(String),
}

/// Where in the chunks of HTTP the bytes to come are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chunk {
    /// Digits of a size come.
    Size {
        so_far: usize,
    },
    /// The rest of the line with the size comes.
    SizeEnd {
        size: usize,
    },
    Inside {
        left: usize,
    },
    /// The line end after a chunk comes.
    After,
    Over,
    Broken,
}

enum Frame {
    Whole { kind: u8, payload: Range<usize> },
    Incomplete,
    Odd,
}

const BUFFER: usize = 128 * 1024;
const LONGEST_HEAD: usize = 16 * 1024;
const HEADER: usize = 8;
const ENGINE_MESSAGE: u8 = 3;
const LONGEST_WAIT_FOR_HEAD: Duration = Duration::from_secs(120);

impl LogStream {
    /// Asks for all the output that there is, without times.
    pub(crate) async fn open(engine: &Engine, container: &str) -> Option<LogStream> {
        if !container.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)) {
            return None;
        }
        let mut socket = UnixStream::connect(engine.identity.address.strip_prefix("unix://")?).await.ok()?;
        let request = format!(
            "GET /containers/{container}/logs?stdout=true&stderr=true HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        );
        let opened = async {
            socket.write_all(request.as_bytes()).await.ok()?;
            let (read, head) = read_head(&socket).await?;
            has_chunks_of_output(&read[..head]).then(|| LogStream::of(socket, read, head))
        };
        tokio::time::timeout(LONGEST_WAIT_FOR_HEAD, opened).await.ok()?
    }

    fn of(socket: UnixStream, mut read: Vec<u8>, head: usize) -> LogStream {
        let unread = head..read.len();
        read.resize(BUFFER.max(read.len()), 0);
        LogStream { socket, read, unread, chunk: Chunk::Size { so_far: 0 }, body: Vec::new(), taken: 0 }
    }

    /// Does not wait. A piece that is not there to its end is none yet.
    pub(crate) fn next(&mut self) -> Next<'_> {
        loop {
            match frame(&self.body[self.taken..]) {
                Frame::Whole { kind, payload } => {
                    let payload = payload.start + self.taken..payload.end + self.taken;
                    self.taken = payload.end;
                    let bytes = &self.body[payload];
                    return match kind {
                        1 => Next::Piece(LogSource::Stdout, bytes),
                        2 => Next::Piece(LogSource::Stderr, bytes),
                        ENGINE_MESSAGE => Next::Broken(String::from_utf8_lossy(bytes).trim().to_owned()),
                        _ => Next::Broken("it sent output of no stream".to_owned()),
                    };
                }
                Frame::Odd => return Next::Broken("it sent output of no stream".to_owned()),
                Frame::Incomplete => {}
            }
            if self.unread.is_empty() {
                match self.chunk {
                    Chunk::Over if self.taken == self.body.len() => return Next::End,
                    Chunk::Over => return Next::Broken("it ended its answer inside of a piece".to_owned()),
                    _ => {}
                }
                match self.socket.try_read(&mut self.read) {
                    Ok(0) => return Next::Broken("it closed the connection".to_owned()),
                    Ok(count) => self.unread = 0..count,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Next::Nothing,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => return Next::Broken(error.to_string()),
                }
            }
            // At most one piece is incomplete, so there is little to move.
            self.body.drain(..std::mem::take(&mut self.taken));
            self.chunk = unchunk(self.chunk, &self.read[self.unread.clone()], &mut self.body);
            self.unread = 0..0;
            if self.chunk == Chunk::Broken {
                return Next::Broken("its answer is not HTTP".to_owned());
            }
        }
    }

    /// Waits until there may be something.
    pub(crate) async fn readable(&self) {
        // An error is found by the read that follows.
        let _ = self.socket.readable().await;
    }
}

/// What came first, and how much of it is the head of the answer.
async fn read_head(socket: &UnixStream) -> Option<(Vec<u8>, usize)> {
    let mut read = Vec::new();
    let mut buffer = vec![0; LONGEST_HEAD];
    loop {
        socket.readable().await.ok()?;
        match socket.try_read(&mut buffer) {
            Ok(0) => return None,
            Ok(count) => read.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(_) => return None,
        }
        if let Some(end) = read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            return Some((read, end + 4));
        }
        if read.len() > LONGEST_HEAD {
            return None;
        }
    }
}

fn has_chunks_of_output(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let mut lines = head.lines();
    let is_success = lines.next().is_some_and(|line| line.starts_with("http/1.1 200 "));
    let is_chunked = lines
        .filter_map(|line| line.split_once(':'))
        .any(|(name, value)| name == "transfer-encoding" && value.trim() == "chunked");
    is_success && is_chunked
}

/// Appends what is inside of chunks to `body`.
fn unchunk(mut chunk: Chunk, mut bytes: &[u8], body: &mut Vec<u8>) -> Chunk {
    while let Some((first, rest)) = bytes.split_first() {
        chunk = match chunk {
            Chunk::Inside { left } => {
                let (inside, rest) = bytes.split_at(left.min(bytes.len()));
                body.extend_from_slice(inside);
                bytes = rest;
                chunk = if inside.len() == left { Chunk::After } else { Chunk::Inside { left: left - inside.len() } };
                continue;
            }
            Chunk::Size { so_far } => match (char::from(*first).to_digit(16), so_far.checked_mul(16)) {
                (Some(digit), Some(size)) => Chunk::Size { so_far: size | digit as usize },
                (None, _) if matches!(first, b'\r' | b';' | b' ') => Chunk::SizeEnd { size: so_far },
                _ => Chunk::Broken,
            },
            Chunk::SizeEnd { size } if *first != b'\n' => Chunk::SizeEnd { size },
            Chunk::SizeEnd { size: 0 } => Chunk::Over,
            Chunk::SizeEnd { size } => Chunk::Inside { left: size },
            Chunk::After if *first == b'\r' => Chunk::After,
            Chunk::After if *first == b'\n' => Chunk::Size { so_far: 0 },
            Chunk::After => Chunk::Broken,
            Chunk::Over | Chunk::Broken => return chunk,
        };
        bytes = rest;
    }
    chunk
}

/// The first of the pieces that both streams are cut into.
fn frame(bytes: &[u8]) -> Frame {
    let Some(([kind, 0, 0, 0, length @ ..], _)) = bytes.split_first_chunk::<HEADER>() else {
        return if bytes.len() < HEADER { Frame::Incomplete } else { Frame::Odd };
    };
    let end = HEADER.saturating_add(u32::from_be_bytes(*length) as usize);
    if bytes.len() < end {
        return Frame::Incomplete;
    }
    Frame::Whole { kind: *kind, payload: HEADER..end }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body_of(answer: &[u8], piece: usize) -> (Chunk, Vec<u8>) {
        let mut body = Vec::new();
        let chunk =
            answer.chunks(piece).fold(Chunk::Size { so_far: 0 }, |chunk, bytes| unchunk(chunk, bytes, &mut body));
        (chunk, body)
    }

    #[test]
    fn chunks_come_apart_wherever_they_are_cut() {
        let answer = b"3\r\nabc\r\n1A;odd=1\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n";
        for piece in 1..=answer.len() {
            assert_eq!(body_of(answer, piece), (Chunk::Over, b"abcabcdefghijklmnopqrstuvwxyz".to_vec()), "{piece}");
            for end in 0..answer.len() - 3 {
                assert_ne!(body_of(&answer[..end], piece).0, Chunk::Over, "{piece} {end}");
            }
        }
        for broken in [&b"x\r\n"[..], b"3\r\nabcd\r\n", b"fffffffffffffffff\r\n"] {
            assert_eq!(body_of(broken, 1).0, Chunk::Broken);
        }
    }

    #[test]
    fn a_frame_is_whole_or_none() {
        let framed = b"\x02\0\0\0\0\0\0\x03abc";
        for end in 0..framed.len() {
            assert!(matches!(frame(&framed[..end]), Frame::Incomplete), "{end}");
        }
        assert!(matches!(frame(framed), Frame::Whole { kind: 2, payload } if framed[payload.clone()] == *b"abc"));
        assert!(matches!(frame(b"\x01\0\0\0\0\0\0\0"), Frame::Whole { kind: 1, payload } if payload.is_empty()));
        // A terminal's output has no frames.
        assert!(matches!(frame(b"some text"), Frame::Odd));
    }

    #[test]
    fn only_the_answer_that_was_asked_for_is_taken() {
        assert!(has_chunks_of_output(b"HTTP/1.1 200 OK\r\nServer: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
        assert!(!has_chunks_of_output(b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n"));
        assert!(!has_chunks_of_output(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"));
    }
}
