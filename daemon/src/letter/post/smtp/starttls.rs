//! STARTTLS (RFC 3207) by hand: what was sent before the handshake must not be believed after it, and a client that
//! reads ahead would believe it.

use std::io;

use lettre::transport::smtp::extension::ClientId;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::tongue::{say, word};

/// Bytes of one answer, at most.
const ANSWER: u64 = 16 << 10;

/// Speaks plainly up to the server's consent. Afterwards the next byte on the wire belongs to the TLS handshake.
pub(super) async fn ask(tcp: &mut TcpStream, hello: &ClientId) -> io::Result<()> {
    let mut wire = BufReader::new(tcp);
    expect(&read(&mut wire).await?, "220")?;
    wire.write_all(format!("EHLO {hello}\r\n").as_bytes())
        .await?;
    let offered = read(&mut wire).await?;
    expect(&offered, "250")?;
    if !offers(&offered) {
        return Err(io::Error::other(word(
            "server tidak menawarkan STARTTLS",
            "the server does not offer STARTTLS",
        )));
    }
    wire.write_all(b"STARTTLS\r\n").await?;
    expect(&read(&mut wire).await?, "220")?;
    if wire.buffer().is_empty() {
        return Ok(());
    }
    Err(io::Error::other(word(
        "server mengirim sesuatu setelah jawaban STARTTLS, sebelum enkripsi dimulai",
        "the server sent something after its answer to STARTTLS, before encryption began",
    )))
}

fn offers(lines: &[String]) -> bool {
    let keyword = |line: &String| {
        line.get(4..)
            .and_then(|rest| rest.split_whitespace().next())
            .is_some_and(|word| word.eq_ignore_ascii_case("STARTTLS"))
    };
    lines.iter().skip(1).any(keyword)
}

/// The lines of one answer (RFC 5321 section 4.2.1).
async fn read(wire: &mut BufReader<&mut TcpStream>) -> io::Result<Vec<String>> {
    let mut bounded = wire.take(ANSWER);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        bounded.read_line(&mut line).await?;
        if !line.ends_with('\n') {
            return Err(io::Error::other(word(
                "jawaban server terputus",
                "the server's answer was cut off",
            )));
        }
        let more = line.as_bytes().get(3) == Some(&b'-');
        lines.push(line);
        if !more {
            return Ok(lines);
        }
    }
}

fn expect(lines: &[String], code: &str) -> io::Result<()> {
    match lines.last() {
        Some(line) if line.starts_with(code) => Ok(()),
        Some(line) => Err(io::Error::other(say!(
            "server menjawab {}",
            "the server answered {}",
            line.trim()
        ))),
        None => Err(io::Error::other(word(
            "server tidak menjawab",
            "the server does not answer",
        ))),
    }
}
