//! A byte-level TCP proxy before a server: cuts, stalls, drips and swallows, and knows nothing of what passes.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What becomes of the bytes that the server sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Everything passes.
    Fair,
    /// After so many bytes from the server a connection ends.
    Cut(u64),
    /// After so many bytes from the server a connection is reset (RST).
    Reset(u64),
    /// One byte at a time, with such a pause between.
    Drip(Duration),
    /// Nothing passes in either direction of the first so many connections, and nobody is told.
    Swallow(u64),
}

/// A proxy on a port of its own; it ends with this value.
pub struct Proxy {
    pub port: u16,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    server: SocketAddr,
    weather: Mutex<Weather>,
    connections: AtomicU64,
    /// Bytes from the server that passed, in all.
    passed: AtomicU64,
}

impl Shared {
    /// The weather over this connection.
    fn weather(&self, number: u64) -> Weather {
        match *self.weather.lock().unwrap_or_else(PoisonError::into_inner) {
            Weather::Swallow(first) if number > first => Weather::Fair,
            weather => weather,
        }
    }
}

impl Proxy {
    pub async fn before(port: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let shared = Arc::new(Shared {
            server: SocketAddr::from(([127, 0, 0, 1], port)),
            weather: Mutex::new(Weather::Fair),
            connections: AtomicU64::new(0),
            passed: AtomicU64::new(0),
        });
        let port = listener.local_addr()?.port();
        let task = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Ok(Self { port, shared, task })
    }

    /// Holds for connections that stand, and for new ones.
    pub fn set(&self, weather: Weather) {
        *self
            .shared
            .weather
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = weather;
    }

    /// How many connections there were.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// How many bytes came from the server.
    pub fn passed(&self) -> u64 {
        self.shared.passed.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        let number = shared.connections.fetch_add(1, Ordering::Relaxed) + 1;
        let Ok(server) = TcpStream::connect(shared.server).await else {
            continue;
        };
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let up = tokio::spawn(pump_up(
            (from_client, to_server),
            number,
            Arc::clone(&shared),
        ));
        let down = pump_down((from_server, to_client), number, Arc::clone(&shared));
        tokio::spawn(async move {
            down.await;
            up.abort();
        });
    }
}

/// Where bytes of one direction come from, and where they go.
type Halves = (OwnedReadHalf, OwnedWriteHalf);

/// What the client says goes on to the server, but for bytes swallowed.
async fn pump_up((mut from, mut to): Halves, number: u64, shared: Arc<Shared>) {
    let mut buffer = vec![0; 16 << 10];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        if matches!(shared.weather(number), Weather::Swallow(_)) {
            continue;
        }
        let piece = buffer.get(..count).unwrap_or_default();
        if to.write_all(piece).await.is_err() {
            return;
        }
    }
}

/// What the server says meets the weather.
async fn pump_down((mut from, mut to): Halves, number: u64, shared: Arc<Shared>) {
    let mut buffer = vec![0; 16 << 10];
    let mut total = 0;
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let piece = buffer.get(..count).unwrap_or_default();
        if !pass(piece, &mut to, &mut total, (number, &shared)).await {
            return;
        }
    }
}

/// Whether the connection goes on.
async fn pass(
    piece: &[u8],
    to: &mut OwnedWriteHalf,
    total: &mut u64,
    (number, shared): (u64, &Shared),
) -> bool {
    let length = piece.len() as u64;
    match shared.weather(number) {
        Weather::Fair => {
            *total += length;
            shared.passed.fetch_add(length, Ordering::Relaxed);
            to.write_all(piece).await.is_ok()
        }
        Weather::Swallow(_) => true,
        Weather::Drip(pause) => {
            for byte in piece {
                tokio::time::sleep(pause).await;
                if to.write_all(&[*byte]).await.is_err() {
                    return false;
                }
            }
            true
        }
        weather @ (Weather::Cut(limit) | Weather::Reset(limit)) => {
            let room = usize::try_from(limit.saturating_sub(*total)).unwrap_or(usize::MAX);
            let part = piece.get(..room.min(piece.len())).unwrap_or_default();
            *total += part.len() as u64;
            let well = to.write_all(part).await.is_ok() && part.len() == piece.len();
            if !well && matches!(weather, Weather::Reset(_)) {
                // Closing with a linger of zero sends RST instead of FIN.
                let _ = to.as_ref().set_zero_linger();
            }
            well
        }
    }
}
