//! TCP as every mail connection here has it: nothing waits in a buffer, and a peer that is gone is noticed.

use std::io;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

use crate::config::Server;

/// A connection that is silent for so long is asked whether the other side is there ...
const QUIET: Duration = Duration::from_secs(30);
/// ... and again after so long, and again.
const AGAIN: Duration = Duration::from_secs(15);
/// Neither that nor anything else was acknowledged for so long: the connection is dead (RFC 5482). A dead connection may go
/// unnoticed for 90 s (I10).
const UNACKNOWLEDGED: Duration = Duration::from_mins(1);

/// Connects, without Nagle's delay, and lets the system watch over the connection.
pub async fn connect(server: &Server) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((server.host.as_str(), server.port)).await?;
    stream.set_nodelay(true)?;
    let watched = TcpKeepalive::new().with_time(QUIET).with_interval(AGAIN);
    let socket = SockRef::from(&stream);
    socket.set_tcp_keepalive(&watched)?;
    socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED))?;
    Ok(stream)
}
