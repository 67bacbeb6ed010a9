//! A mail server that plays what it is told, and remembers what it was sent.

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// What the server does at a command.
#[derive(Debug, Clone)]
pub enum Reply {
    /// These lines, CRLF included.
    Say(&'static str),
    /// These lines, and then the connection ends.
    SayAndCut(&'static str),
    Cut,
    Silence,
}

/// How the server behaves; empty, it takes everything.
#[derive(Clone, Default)]
pub struct Play {
    /// What EHLO announces.
    pub offers: &'static [&'static str],
    /// The first whose command matches; `CONNECT` is the greeting, `TEXT` the first bytes after DATA, `.` the final dot.
    pub replies: Vec<(&'static str, Reply)>,
    /// The certificate, and whether TLS begins with the first byte.
    pub tls: Option<(TlsAcceptor, bool)>,
    /// The connection ends after so many letters.
    pub letters_a_line: Option<usize>,
}

/// What the server remembers.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    pub connections: usize,
    /// Every command line.
    pub commands: Vec<String>,
    /// The texts that were answered with 250, as they came over the wire and with the stuffed dots taken out.
    pub letters: Vec<String>,
}

/// A running server; it ends with this value.
pub struct Scripted {
    pub port: u16,
    heard: Arc<Mutex<Heard>>,
    task: JoinHandle<()>,
}

impl Scripted {
    pub async fn start(play: Play) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let heard: Arc<Mutex<Heard>> = Arc::default();
        let memory = Arc::clone(&heard);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let stage = Stage {
                    play: play.clone(),
                    heard: Arc::clone(&memory),
                };
                stage.note(|heard| heard.connections += 1);
                tokio::spawn(async move {
                    let _ = stage.receive(stream).await;
                });
            }
        });
        Ok(Self { port, heard, task })
    }

    pub fn heard(&self) -> Heard {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Scripted {
    /// Whether a letter with these words was answered with 250.
    pub fn has_taken(&self, words: &str) -> bool {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.letters.iter().any(|letter| letter.contains(words))
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// How a conversation goes on.
#[derive(PartialEq, Eq)]
enum Next {
    On,
    Encrypt,
    End,
}

struct Stage {
    play: Play,
    heard: Arc<Mutex<Heard>>,
}

impl Stage {
    fn note(&self, what: impl FnOnce(&mut Heard)) {
        what(&mut self.heard.lock().unwrap_or_else(PoisonError::into_inner));
    }

    async fn receive(&self, stream: TcpStream) -> Result<()> {
        stream.set_nodelay(true)?;
        if let Some((acceptor, true)) = &self.play.tls {
            let mut wire = BufReader::new(acceptor.accept(stream).await?);
            self.say(&mut wire, "CONNECT", "220 scripted ESMTP\r\n")
                .await?;
            self.converse(&mut wire).await?;
            return Ok(());
        }
        let mut wire = BufReader::new(stream);
        if self
            .say(&mut wire, "CONNECT", "220 scripted ESMTP\r\n")
            .await?
            == Next::End
        {
            return Ok(());
        }
        if self.converse(&mut wire).await? == Next::Encrypt
            && let Some((acceptor, _)) = &self.play.tls
        {
            let mut wire = BufReader::new(acceptor.accept(wire.into_inner()).await?);
            self.converse(&mut wire).await?;
        }
        Ok(())
    }

    async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        wire: &mut BufReader<S>,
    ) -> Result<Next> {
        let mut letters = 0;
        loop {
            let mut line = String::new();
            if wire.read_line(&mut line).await? == 0 {
                return Ok(Next::End);
            }
            let line = line.trim_end().to_owned();
            let word = line.split([' ', ':']).next().unwrap_or_default();
            let word = word.to_ascii_uppercase();
            self.note(|heard| heard.commands.push(line.clone()));
            let mut next = match word.as_str() {
                "EHLO" => self.say(wire, "EHLO", &self.offered()).await?,
                "DATA" => self.data(wire).await?,
                "AUTH" => self.say(wire, "AUTH", "235 2.7.0 ok\r\n").await?,
                "STARTTLS" => {
                    let said = self.say(wire, "STARTTLS", "220 go ahead\r\n").await?;
                    if said == Next::On {
                        Next::Encrypt
                    } else {
                        said
                    }
                }
                "QUIT" => {
                    self.say(wire, "QUIT", "221 bye\r\n").await?;
                    Next::End
                }
                other => self.say(wire, other, "250 2.0.0 ok\r\n").await?,
            };
            letters += usize::from(word == "DATA");
            if self.play.letters_a_line.is_some_and(|most| letters >= most) {
                next = Next::End;
            }
            if next != Next::On {
                return Ok(next);
            }
        }
    }

    fn offered(&self) -> String {
        let line = |text: String, offer: &&str| format!("{text}250-{offer}\r\n");
        let offers = self.play.offers.iter().fold(String::new(), line);
        format!("250-scripted\r\n{offers}250 8BITMIME\r\n")
    }

    async fn data<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        wire: &mut BufReader<S>,
    ) -> Result<Next> {
        let before = self.heard_letters();
        let next = self.say(wire, "DATA", "354 go on\r\n").await?;
        let refused = self.planned("DATA").is_some();
        if refused || next != Next::On {
            return Ok(next);
        }
        if let Some(Reply::Cut) = self.planned("TEXT") {
            let _ = wire.read_u8().await?;
            return Ok(Next::End);
        }
        let mut text = String::new();
        loop {
            let mut line = String::new();
            if wire.read_line(&mut line).await? == 0 {
                return Ok(Next::End);
            }
            if line == ".\r\n" {
                break;
            }
            text.push_str(line.strip_prefix('.').unwrap_or(&line));
        }
        let taken = self.planned(".").is_none();
        if taken {
            self.note(|heard| heard.letters.push(text));
        }
        self.say(wire, ".", &format!("250 2.0.0 Ok: queued as S{before}\r\n"))
            .await
    }

    fn heard_letters(&self) -> usize {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .letters
            .len()
    }

    fn planned(&self, command: &str) -> Option<&Reply> {
        let mut replies = self.play.replies.iter();
        replies
            .find(|(planned, _)| *planned == command)
            .map(|(_, reply)| reply)
    }

    async fn say<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        wire: &mut BufReader<S>,
        command: &str,
        usual: &str,
    ) -> Result<Next> {
        let (words, next) = match self.planned(command) {
            None => (usual, Next::On),
            Some(Reply::Say(words)) => (*words, Next::On),
            Some(Reply::SayAndCut(words)) => (*words, Next::End),
            Some(Reply::Cut) => ("", Next::End),
            Some(Reply::Silence) => std::future::pending().await,
        };
        wire.write_all(words.as_bytes()).await?;
        wire.flush().await?;
        Ok(next)
    }
}

/// A certificate authority of a test's own, and a server certificate for `localhost`.
pub struct Authority {
    folder: TempDir,
}

impl Authority {
    pub fn new() -> Result<Self> {
        let authority = Self {
            folder: tempfile::Builder::new().prefix("tanggap-ca").tempdir()?,
        };
        authority.openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=tanggap-test-ca -addext basicConstraints=critical,CA:TRUE")?;
        authority.openssl("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr -subj /CN=localhost")?;
        std::fs::write(
            authority.folder.path().join("ext"),
            "subjectAltName=DNS:localhost\n",
        )?;
        authority.openssl("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 30 -extfile ext")?;
        Ok(authority)
    }

    /// The authority's own certificate.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    pub fn acceptor(&self) -> Result<TlsAcceptor> {
        let folder = self.folder.path();
        let chain =
            CertificateDer::pem_file_iter(folder.join("server.pem"))?.collect::<Result<_, _>>()?;
        let key = PrivateKeyDer::from_pem_file(folder.join("server.key"))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    fn openssl(&self, words: &str) -> Result<()> {
        let output = Command::new("openssl")
            .args(words.split(' '))
            .current_dir(self.folder.path())
            .output()
            .context("running openssl")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "openssl {words}: {said}");
        Ok(())
    }
}
