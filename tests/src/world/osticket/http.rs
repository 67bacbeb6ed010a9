//! As much HTTP/1.1 as one request needs, by hand, so that every way of failing is ours to choose.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One request, whole.
pub(super) struct Request {
    pub method: String,
    pub path: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A question for our plugin is no request that a fault is meant for; a write through it is.
    pub fn is_api(&self) -> bool {
        let asks = self.method == "GET" && self.path.starts_with("/api/tickets/tanggap/");
        self.path.starts_with("/api/") && !asks
    }
}

pub(super) async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 || bytes.len() > 1 << 20 {
            return None;
        }
    };
    let mut body = bytes.split_off(head_end + 4);
    let mut request = head(&String::from_utf8_lossy(&bytes))?;
    let length: usize = request
        .header("content-length")
        .and_then(|value| value.parse().ok())
        .unwrap_or(0);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    request.body = body;
    Some(request)
}

fn head(text: &str) -> Option<Request> {
    let mut lines = text.lines();
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let header = |line: &str| {
        line.split_once(':')
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    Some(Request {
        method,
        path,
        headers: lines.filter_map(header).collect(),
        body: Vec::new(),
    })
}

pub(super) async fn answer(stream: &mut TcpStream, status: u16, body: &str, header: &str) {
    let extra = if header.is_empty() {
        String::new()
    } else {
        format!("{header}\r\n")
    };
    let head = format!(
        "HTTP/1.1 {status} Status\r\nContent-Type: text/html; charset=UTF-8\r\nSet-Cookie: OSTSESSID=uji; path=/\r\n{extra}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(body.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// Goes on answering until the client has had enough, or 10 s.
pub(super) async fn endless(stream: &mut TcpStream) {
    let _ = stream
        .write_all(b"HTTP/1.1 201 Created\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n")
        .await;
    for _ in 0..1000 {
        if stream.write_all(&[b'9'; 4096]).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A RST instead of a FIN.
pub(super) fn reset(stream: &TcpStream) {
    let _ = stream.set_zero_linger();
}
