//! From nothing to a session: TCP, TLS as the configuration asks for it and nothing less, LOGIN.

use std::fmt;
use std::io;
use std::time::Duration;

use async_imap::{Client, Session};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::{Imap, MailboxError, REFUSALS, REFUSED_WAIT, answered};
use crate::config::Security;
use crate::tls;

const CONNECT: Duration = Duration::from_secs(30);

/// A connection, protected or not.
pub(super) trait Line: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug> Line for T {}

pub(super) type Wire = Box<dyn Line>;

impl Imap {
    /// The session that stands, or a new one.
    pub(super) async fn session(&mut self) -> Result<&mut Session<Wire>, MailboxError> {
        if self.session.is_none() {
            self.session = Some(self.connect().await?);
        }
        self.session.as_mut().ok_or(MailboxError::Silent(CONNECT))
    }

    async fn connect(&mut self) -> Result<Session<Wire>, MailboxError> {
        if let Some(at) = self.knock_again
            && Instant::now() < at
        {
            return Err(MailboxError::Refused(
                "dicoba lagi nanti, agar akun tidak terkunci".to_owned(),
            ));
        }
        let opened = timeout(CONNECT, self.open())
            .await
            .map_err(|_| MailboxError::Silent(CONNECT))?;
        let mut session = self.log_in(opened?).await?;
        let offered = answered(session.capabilities()).await?;
        self.can_idle = offered.has_str("IDLE");
        self.can_move = offered.has_str("MOVE");
        Ok(session)
    }

    async fn open(&self) -> Result<Client<Wire>, MailboxError> {
        let server = &self.server;
        let place = format!("{}:{}", server.host, server.port);
        let unreachable = |source| MailboxError::Unreachable {
            place: place.clone(),
            source,
        };
        let tcp = TcpStream::connect((server.host.as_str(), server.port))
            .await
            .map_err(unreachable)?;
        tcp.set_nodelay(true).map_err(unreachable)?;
        match server.security {
            Security::Plain => greeted(Box::new(tcp)).await,
            Security::Tls => greeted(self.secured(tcp).await?).await,
            Security::StartTls => Ok(Client::new(self.secured(start_tls(tcp).await?).await?)),
        }
    }

    async fn secured(&self, tcp: TcpStream) -> Result<Wire, MailboxError> {
        let connector = tls::connector(&self.server)?;
        let place = format!("{}:{}", self.server.host, self.server.port);
        let stream = connector.connect(tls::name(&self.server)?, tcp).await;
        Ok(Box::new(stream.map_err(|source| {
            MailboxError::Unreachable { place, source }
        })?))
    }

    async fn log_in(&mut self, client: Client<Wire>) -> Result<Session<Wire>, MailboxError> {
        let entering = timeout(CONNECT, client.login(&self.user, self.password.expose()));
        match entering.await.map_err(|_| MailboxError::Silent(CONNECT))? {
            Ok(session) => {
                self.refusals = 0;
                self.knock_again = None;
                Ok(session)
            }
            Err((async_imap::error::Error::No(said), _)) => Err(self.refused(said)),
            Err((error, _)) => Err(MailboxError::Protocol(error.to_string())),
        }
    }

    fn refused(&mut self, said: String) -> MailboxError {
        self.refusals += 1;
        self.knock_again = (self.refusals >= REFUSALS).then(|| Instant::now() + REFUSED_WAIT);
        MailboxError::Refused(said)
    }
}

/// The server speaks first.
async fn greeted(wire: Wire) -> Result<Client<Wire>, MailboxError> {
    let mut client = Client::new(wire);
    greeting(&mut client).await?;
    Ok(client)
}

/// STARTTLS, or nothing. Whatever the server, or somebody between, sent before TLS stands is dropped with the plain client's
/// buffer (I17).
async fn start_tls(tcp: TcpStream) -> Result<TcpStream, MailboxError> {
    let mut client = Client::new(tcp);
    greeting(&mut client).await?;
    let begun = client.run_command_and_check_ok("STARTTLS", None).await;
    begun.map_err(|error| {
        MailboxError::Protocol(format!(
            "STARTTLS tidak tersedia, surel tidak diambil tanpa enkripsi: {error}"
        ))
    })?;
    Ok(client.into_inner())
}

async fn greeting<T: Line>(client: &mut Client<T>) -> Result<(), MailboxError> {
    let closed = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let read = client
        .read_response()
        .await
        .and_then(|response| response.ok_or_else(closed));
    read.map(drop)
        .map_err(|error| MailboxError::Protocol(format!("tidak ada salam dari server: {error}")))
}
