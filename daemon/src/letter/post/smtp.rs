//! Letters by SMTP (RFC 5321), over a few connections that stay open.
//!
//! lettre's own pool leaves Nagle's algorithm on and takes 44 ms a letter; so the connections are opened here, without it.
//! The commands are sent one by one, because what a failure means depends on how far the letter had got.

use std::sync::Arc;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::ServerName;
use tanggap_bridge::{Outcome, Scope};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use super::{PostError, PostId, tls};
use crate::config::{Secret, Security, Server};
use crate::letter::SealedLetter;

const CONNECT: Duration = Duration::from_secs(30);
/// Any answer but the last (RFC 5321 section 4.5.3.2 asks for 2 to 5 minutes).
const ANSWER: Duration = Duration::from_mins(5);
/// The answer to the final dot (RFC 5321 section 4.5.3.2.6).
const LAST_ANSWER: Duration = Duration::from_mins(10);
/// A connection that rested longer is asked whether it still lives before a letter is trusted to it.
const RESTED: Duration = Duration::from_secs(20);
/// Greylisting and the like: the first wait (S1).
const TRY_AGAIN: Duration = Duration::from_mins(5);

/// A mail server we hand letters to.
#[derive(Clone)]
pub struct Smtp {
    inside: Arc<Inside>,
}

struct Inside {
    server: Server,
    account: Option<(String, Secret)>,
    protection: Protection,
    places: Semaphore,
    resting: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

enum Protection {
    Plain,
    StartTls(TlsParameters),
    Tls(TlsConnector, ServerName<'static>),
}

/// How far a letter had got when something went wrong.
enum Failure {
    /// Not one byte of the letter was taken for delivery.
    Before(Error),
    /// The whole letter was sent; its answer decides.
    After(Error),
    /// Waited in vain before the letter was sent.
    Silence,
    /// Waited in vain for the last answer.
    LastSilence,
}

impl Smtp {
    pub(super) fn new(
        server: &Server,
        account: Option<(String, Secret)>,
        connections: usize,
    ) -> Result<Self, PostError> {
        let protection = match server.security {
            Security::Plain => Protection::Plain,
            Security::StartTls => Protection::StartTls(tls::parameters(server)?),
            Security::Tls => {
                Protection::Tls(crate::tls::connector(server)?, crate::tls::name(server)?)
            }
        };
        let places = Semaphore::new(connections.max(1));
        let inside = Inside {
            server: server.clone(),
            account,
            protection,
            places,
            resting: Mutex::default(),
        };
        Ok(Self {
            inside: Arc::new(inside),
        })
    }

    pub(super) async fn send(&self, letter: &SealedLetter) -> Outcome<PostId> {
        let Ok(to) = letter.to.parse::<Address>() else {
            return Outcome::Never {
                why: "alamat penerima tidak sah".to_owned(),
            };
        };
        let Ok(_place) = self.inside.places.acquire().await else {
            return channel_later("program sedang berhenti".to_owned());
        };
        let mut connection = match self.connection().await {
            Ok(connection) => connection,
            Err(why) => return channel_later(why),
        };
        let sent = converse(&mut connection, letter, to).await;
        if sent.is_ok() {
            self.inside
                .resting
                .lock()
                .await
                .push((connection, Instant::now()));
        } else {
            let _ = timeout(Duration::from_secs(5), connection.abort()).await;
        }
        sent.map_or_else(outcome, |answer| Outcome::Done(PostId(answer)))
    }

    /// A connection that rests and lives, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, String> {
        loop {
            let resting = self.inside.resting.lock().await.pop();
            let Some((mut connection, since)) = resting else {
                break;
            };
            if since.elapsed() < RESTED
                || timeout(CONNECT, connection.test_connected()).await == Ok(true)
            {
                return Ok(connection);
            }
        }
        let new = timeout(CONNECT, self.connect());
        new.await
            .unwrap_or_else(|_| Err("server surat tidak menjawab dalam 30 detik".to_owned()))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, String> {
        let server = &self.inside.server;
        let place = format!("{}:{}", server.host, server.port);
        let unreachable = |error: &dyn std::fmt::Display| {
            format!("server surat {place} tidak dapat dihubungi: {error}")
        };
        let tcp = TcpStream::connect((server.host.as_str(), server.port))
            .await
            .map_err(|error| unreachable(&error))?;
        tcp.set_nodelay(true).map_err(|error| unreachable(&error))?;
        let hello = ClientId::default();
        let stream: Box<dyn AsyncTokioStream> = match &self.inside.protection {
            Protection::Tls(connector, name) => {
                let stream = connector
                    .connect(name.clone(), tcp)
                    .await
                    .map_err(|error| unreachable(&error))?;
                Box::new(tls::Wrapped(stream))
            }
            Protection::Plain | Protection::StartTls(_) => Box::new(tcp),
        };
        let mut connection = AsyncSmtpConnection::connect_with_transport(stream, &hello)
            .await
            .map_err(|error| unreachable(&error))?;
        self.protect(&mut connection, &hello).await?;
        self.log_in(&mut connection).await?;
        Ok(connection)
    }

    /// STARTTLS where it was asked for, and nothing less: a server that does not offer it gets no letter (I17, S7).
    async fn protect(
        &self,
        connection: &mut AsyncSmtpConnection,
        hello: &ClientId,
    ) -> Result<(), String> {
        let Protection::StartTls(parameters) = &self.inside.protection else {
            return Ok(());
        };
        if !connection.can_starttls() {
            return Err("server surat tidak menawarkan STARTTLS; surat tidak dikirim tanpa enkripsi. Periksa [post] security".to_owned());
        }
        let secured = connection.starttls(parameters.clone(), hello).await;
        secured.map_err(|error| format!("STARTTLS ke server surat gagal: {error}"))
    }

    async fn log_in(&self, connection: &mut AsyncSmtpConnection) -> Result<(), String> {
        let Some((user, password)) = &self.inside.account else {
            return Ok(());
        };
        let credentials = Credentials::new(user.clone(), password.expose().to_owned());
        let entered = connection
            .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
            .await;
        entered.map(drop).map_err(|error| {
            let status = error.status().map(|code| code.to_string()).unwrap_or_default();
            format!("server surat menolak nama atau kata sandi ({status}). Periksa [post] user dan password")
        })
    }
}

/// The conversation for one letter. Everything up to the answer to DATA leaves the letter undelivered for certain.
async fn converse(
    connection: &mut AsyncSmtpConnection,
    letter: &SealedLetter,
    to: Address,
) -> Result<String, Failure> {
    let from = letter.from.as_deref().and_then(|from| from.parse().ok());
    before(connection.command(Mail::new(from, Vec::new()))).await?;
    before(connection.command(Rcpt::new(to, Vec::new()))).await?;
    before(connection.command(Data)).await?;
    // The client codec ends the letter with CRLF itself; two would add a blank line.
    let text = letter.text.strip_suffix("\r\n").unwrap_or(&letter.text);
    match timeout(LAST_ANSWER, connection.message(text.as_bytes())).await {
        Ok(Ok(answer)) => Ok(answer.message().collect::<Vec<_>>().join(" ")),
        Ok(Err(error)) => Err(Failure::After(error)),
        Err(_) => Err(Failure::LastSilence),
    }
}

async fn before<T>(command: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
    match timeout(ANSWER, command).await {
        Ok(result) => result.map_err(Failure::Before),
        Err(_) => Err(Failure::Silence),
    }
}

/// What a failure means for the letter (`faults.md` 2.4).
fn outcome(failure: Failure) -> Outcome<PostId> {
    match failure {
        Failure::Silence => channel_later("server surat diam; surat belum terkirim".to_owned()),
        Failure::LastSilence => Outcome::Unknown {
            why: "server surat tidak menjawab setelah surat dikirim".to_owned(),
        },
        Failure::Before(error) | Failure::After(error) if error.is_permanent() => Outcome::Never {
            why: format!("server surat menolak surat ini: {}", said(&error)),
        },
        Failure::Before(error) | Failure::After(error) if error.is_transient() => not_now(&error),
        Failure::Before(error) => channel_later(format!(
            "sambungan ke server surat putus sebelum surat terkirim: {error}"
        )),
        Failure::After(error) => Outcome::Unknown {
            why: format!("sambungan putus setelah surat dikirim, sebelum dijawab: {error}"),
        },
    }
}

/// A 4xx: greylisting concerns this letter; 421 concerns everybody (S1, S5).
fn not_now(error: &Error) -> Outcome<PostId> {
    let all = error.status().is_some_and(|code| code.to_string() == "421");
    Outcome::Later {
        why: format!("server surat belum mau menerima: {}", said(error)),
        after: (!all).then_some(TRY_AGAIN),
        scope: if all { Scope::Channel } else { Scope::Order },
    }
}

fn channel_later(why: String) -> Outcome<PostId> {
    Outcome::Later {
        why,
        after: None,
        scope: Scope::Channel,
    }
}

/// The server's own words, bounded: they end up in front of people.
fn said(error: &Error) -> String {
    error
        .to_string()
        .chars()
        .filter(|c| !c.is_control())
        .take(300)
        .collect()
}
