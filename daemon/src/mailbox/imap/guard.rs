//! Watches the frame of what a server sends: a line without end or a literal too large is refused before anybody sets memory
//! aside for it (I2, I21). The IMAP crate itself believes claims up to 512 MiB.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The longest literal: a mail asked for as a whole is at most half as large, a larger one comes in pieces.
const LITERAL: u64 = 4 << 20;
/// The longest line, but for the one that lists UIDs.
const LINE: usize = 64 << 10;
/// Two million UIDs.
const SEARCH_LINE: usize = 16 << 20;
const SEARCH: &[u8] = b"* SEARCH";

/// A connection, protected or not.
pub(super) trait Line: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug> Line for T {}

pub(super) type Wire = Box<dyn Line>;

/// A connection whose incoming bytes are watched.
#[derive(Debug)]
pub(super) struct Guard {
    wire: Wire,
    frame: Frame,
}

impl Guard {
    pub(super) fn new(wire: Wire) -> Self {
        Self {
            wire,
            frame: Frame::default(),
        }
    }
}

/// Where in the protocol the last byte stood.
#[derive(Debug, Default)]
struct Frame {
    /// Bytes of the line so far.
    line: usize,
    /// How many bytes of the line are those of `* SEARCH`.
    search: usize,
    /// Inside `{…`: the number so far.
    claim: Option<u64>,
    /// After `…}`, until the line's end.
    closed: bool,
    /// Bytes of a literal still to come.
    literal: u64,
}

impl Frame {
    fn watch(&mut self, mut bytes: &[u8]) -> Result<(), &'static str> {
        while !bytes.is_empty() {
            let skipped = usize::try_from(self.literal)
                .unwrap_or(usize::MAX)
                .min(bytes.len());
            self.literal -= skipped as u64;
            bytes = bytes.get(skipped..).unwrap_or_default();
            if let Some((byte, rest)) = bytes.split_first() {
                self.step(*byte)?;
                bytes = rest;
            }
        }
        Ok(())
    }

    fn step(&mut self, byte: u8) -> Result<(), &'static str> {
        if byte == b'\n' {
            return self.end_of_line();
        }
        if SEARCH.get(self.line) == Some(&byte) && self.search == self.line {
            self.search += 1;
        }
        self.line += 1;
        let longest = if self.search == SEARCH.len() {
            SEARCH_LINE
        } else {
            LINE
        };
        if self.line > longest {
            return Err("the server sends a line without end");
        }
        match (byte, self.claim) {
            (b'{', _) => (self.claim, self.closed) = (Some(0), false),
            (b'0'..=b'9', Some(number)) if !self.closed => {
                let digit = u64::from(byte - b'0');
                self.claim = Some(number.saturating_mul(10).saturating_add(digit));
            }
            (b'}', Some(_)) => self.closed = true,
            (b'+' | b'\r', Some(_)) => {}
            _ => self.claim = None,
        }
        Ok(())
    }

    fn end_of_line(&mut self) -> Result<(), &'static str> {
        let claimed = self.claim.take().filter(|_| self.closed).unwrap_or(0);
        (self.line, self.search, self.closed) = (0, 0, false);
        self.literal = claimed;
        if claimed > LITERAL {
            return Err("the server announces a literal larger than was asked for");
        }
        Ok(())
    }
}

impl AsyncRead for Guard {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.wire).poll_read(cx, buffer);
        let came = buffer.filled().get(before..).unwrap_or_default();
        if let Err(why) = self.frame.watch(came) {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, why)));
        }
        polled
    }
}

impl AsyncWrite for Guard {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.wire).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::Frame;

    #[test]
    fn literals_are_skipped_and_claims_are_capped() {
        let mut frame = Frame::default();
        let honest = b"* 1 FETCH (UID 1 BODY[] {9}\r\n{99999999)\r\nA1 OK done {12}x\r\n";
        assert!(frame.watch(honest).is_ok());
        assert_eq!((frame.line, frame.literal), (0, 0));
        assert!(Frame::default().watch(b"x {4294967296}\r\n").is_err());
        assert!(
            Frame::default()
                .watch(b"x {99999999999999999999999}\r\n")
                .is_err()
        );
        assert!(Frame::default().watch(&vec![b'a'; 70_000]).is_err());
        let long = [&b"* SEARCH "[..], &vec![b'1'; 70_000]].concat();
        assert!(Frame::default().watch(&long).is_ok());
    }
}
