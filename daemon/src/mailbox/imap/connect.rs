//! From nothing to a session: TCP, TLS as the configuration asks for it and nothing less, LOGIN.
//!
//! Until the login the server is read byte by byte: nothing is ever taken in ahead, so nothing that came before TLS is heard after.

use std::io;
use std::time::Duration;

use async_imap::{Authenticator, Client, Session};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::guard::{Guard, Line, Wire};
use super::talk::Talk;
use super::{Imap, Offers, REFUSALS, REFUSED_WAIT};
use crate::config::{Secret, Security};
use crate::mailbox::MailboxError;
use crate::tongue::word;
use crate::{tls, wire};

const CONNECT: Duration = Duration::from_secs(30);
/// The longest line, and the most lines, that a server may say before the login.
const PRELUDE_LINE: usize = 8 << 10;
const PRELUDE_LINES: usize = 64;
/// A refusal with one of these codes (RFC 5530) says nothing about our password.
const NOT_OUR_FAULT: [&str; 4] = ["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"];

impl Imap {
    /// The session that stands, or a new one.
    pub(super) async fn talk(&mut self) -> Result<&mut Talk, MailboxError> {
        if !self.talk.as_ref().is_some_and(Talk::is_usable) {
            self.disconnect();
            let talk = timeout(CONNECT, self.connect()).await;
            self.talk = Some(talk.map_err(|_| MailboxError::Silent(CONNECT))??);
        }
        self.talk.as_mut().ok_or(MailboxError::Silent(CONNECT))
    }

    async fn connect(&mut self) -> Result<Talk, MailboxError> {
        if self.knock_again.is_some_and(|at| self.clock.steady() < at) {
            let why = word(
                "dicoba lagi nanti, agar akun tidak terkunci",
                "tried again later, so that the account is not locked",
            );
            return Err(MailboxError::Refused(why.to_owned()));
        }
        let mut wire = self.open().await?;
        let offered = capabilities(&mut wire).await?;
        let mut session = self.log_in(wire, &offered).await?;
        let offered = session
            .capabilities()
            .await
            .map_err(|error| MailboxError::Protocol(error.to_string()))?;
        self.offers = Offers {
            idle: offered.has_str("IDLE"),
            mv: offered.has_str("MOVE"),
            expunge_by_uid: offered.has_str("UIDPLUS"),
        };
        Ok(Talk::new(session))
    }

    async fn open(&self) -> Result<Wire, MailboxError> {
        let server = &self.server;
        let mut tcp = wire::connect(server)
            .await
            .map_err(|source| self.unreachable(source))?;
        if server.security == Security::StartTls {
            greeting(&mut tcp).await?;
            start_tls(&mut tcp).await?;
            return self.secured(tcp).await;
        }
        let mut wire: Wire = if server.security == Security::Tls {
            self.secured(tcp).await?
        } else {
            Box::new(tcp)
        };
        greeting(&mut wire).await?;
        Ok(wire)
    }

    async fn secured(&self, tcp: TcpStream) -> Result<Wire, MailboxError> {
        let connector = tls::connector(&self.server)?;
        let stream = connector.connect(tls::name(&self.server)?, tcp).await;
        Ok(Box::new(stream.map_err(|source| self.unreachable(source))?))
    }

    fn unreachable(&self, source: io::Error) -> MailboxError {
        let place = format!("{}:{}", self.server.host, self.server.port);
        MailboxError::Unreachable { place, source }
    }

    /// LOGIN, or AUTHENTICATE PLAIN where LOGIN is forbidden (RFC 3501 section 6.2.3) or cannot carry the password.
    async fn log_in(
        &mut self,
        wire: Wire,
        offered: &[String],
    ) -> Result<Session<Guard>, MailboxError> {
        let offers = |name: &str| offered.iter().any(|one| one.eq_ignore_ascii_case(name));
        let (user, password) = (self.user.clone(), self.password.clone());
        let client = Client::new(Guard::new(wire));
        let by_login = !offers("LOGINDISABLED") && user.is_ascii() && password.expose().is_ascii();
        let entered = if by_login {
            client.login(&user, password.expose()).await
        } else if offers("AUTH=PLAIN") {
            client.authenticate("PLAIN", Plain { user, password }).await
        } else {
            let why = word(
                "LOGINDISABLED: server tidak menerima kata sandi di sambungan ini",
                "LOGINDISABLED: the server takes no password on this connection",
            );
            return Err(MailboxError::Protocol(why.to_owned()));
        };
        match entered {
            Ok(session) => {
                (self.refusals, self.knock_again) = (0, None);
                Ok(session)
            }
            Err((async_imap::error::Error::No(said), _)) => Err(self.refused(said)),
            Err((error, _)) => Err(MailboxError::Protocol(error.to_string())),
        }
    }

    fn refused(&mut self, said: String) -> MailboxError {
        if NOT_OUR_FAULT.iter().any(|code| said.contains(code)) {
            return MailboxError::Protocol(said);
        }
        self.refusals += 1;
        if self.refusals >= REFUSALS {
            self.knock_again = Some(self.clock.steady() + self.clock.jittered(REFUSED_WAIT));
        }
        MailboxError::Refused(said)
    }
}

/// SASL PLAIN (RFC 4616).
struct Plain {
    user: String,
    password: Secret,
}

impl Authenticator for Plain {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        format!("\0{}\0{}", self.user, self.password.expose())
    }
}

/// The server speaks first; a session that is open already (PREAUTH) would go around TLS and login.
async fn greeting(wire: &mut impl Line) -> Result<(), MailboxError> {
    let said = line(wire).await?;
    if said.to_ascii_uppercase().starts_with("* OK") {
        Ok(())
    } else {
        Err(MailboxError::Protocol(said))
    }
}

/// STARTTLS, or nothing (I17).
async fn start_tls(tcp: &mut TcpStream) -> Result<(), MailboxError> {
    let offered = capabilities(tcp).await?;
    if !offered
        .iter()
        .any(|one| one.eq_ignore_ascii_case("STARTTLS"))
    {
        let why = word(
            "STARTTLS tidak ditawarkan, surel tidak diambil tanpa enkripsi",
            "STARTTLS is not offered; mail is not fetched without encryption",
        );
        return Err(MailboxError::Protocol(why.to_owned()));
    }
    ask(tcp, "STARTTLS").await.map(drop)
}

async fn capabilities(wire: &mut impl Line) -> Result<Vec<String>, MailboxError> {
    let said = ask(wire, "CAPABILITY").await?;
    let listed = said
        .iter()
        .filter_map(|line| line.strip_prefix("* CAPABILITY "));
    Ok(listed
        .flat_map(|list| list.split(' ').map(str::to_owned))
        .collect())
}

/// Says one command and hears its untagged answers.
async fn ask(wire: &mut impl Line, command: &str) -> Result<Vec<String>, MailboxError> {
    let lost = |error: io::Error| MailboxError::Protocol(error.to_string());
    let said = format!("P {command}\r\n");
    wire.write_all(said.as_bytes()).await.map_err(lost)?;
    wire.flush().await.map_err(lost)?;
    let mut heard = Vec::new();
    while heard.len() < PRELUDE_LINES {
        let line = line(wire).await?;
        match line.strip_prefix("P ") {
            Some(end) if end.to_ascii_uppercase().starts_with("OK") => return Ok(heard),
            Some(end) => return Err(MailboxError::Protocol(format!("{command}: {end}"))),
            None => heard.push(line),
        }
    }
    Err(MailboxError::Protocol(format!(
        "{command}: an answer without end"
    )))
}

async fn line(wire: &mut impl Line) -> Result<String, MailboxError> {
    let mut line = Vec::new();
    while line.len() < PRELUDE_LINE {
        let byte = wire.read_u8().await;
        match byte.map_err(|error| MailboxError::Protocol(error.to_string()))? {
            b'\n' => return Ok(String::from_utf8_lossy(&line).trim_end().to_owned()),
            byte => line.push(byte),
        }
    }
    Err(MailboxError::Protocol("a line without end".to_owned()))
}
