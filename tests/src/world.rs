//! Servers and fakes, each state behind a real socket.

pub mod dovecot;
pub mod home;
pub mod imap_fake;
pub mod osticket;
pub mod postfix;
pub mod postgres;
pub mod proxy;
pub mod smtp_sink;

use std::net::TcpListener;

/// A port on loopback that nobody used a moment ago.
pub fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
