//! Opens a connection to the mail server: without Nagle's delay, protected as configured and never less, logged in.

use std::fmt::Display;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::starttls;
use super::verdict::{Failure, Stage, Trouble};
use crate::config::{Secret, Security, Server};
use crate::letter::post::tls::Wrapped;
use crate::letter::post::{Patience, PostError};
use crate::{tls, wire};

/// Knows the way to the mail server.
pub struct Dialler {
    server: Server,
    account: Option<(String, Secret)>,
    /// `None` for plain text, which the configuration allows to loopback or in so many words.
    tls: Option<(TlsConnector, ServerName<'static>)>,
    hello: ClientId,
    patience: Patience,
}

impl Dialler {
    pub fn new(
        server: &Server,
        account: Option<(String, Secret)>,
        patience: Patience,
    ) -> Result<Self, PostError> {
        let tls = match server.security {
            Security::Plain => None,
            Security::Tls | Security::StartTls => {
                Some((tls::connector(server)?, tls::name(server)?))
            }
        };
        Ok(Self {
            server: server.clone(),
            account,
            tls,
            hello: ClientId::default(),
            patience,
        })
    }

    pub(super) fn patience(&self) -> Patience {
        self.patience
    }

    /// A connection ready for letters.
    pub(super) async fn dial(&self) -> Result<AsyncSmtpConnection, Failure> {
        let dialled = timeout(self.patience.connect, self.dial_patiently());
        dialled
            .await
            .unwrap_or_else(|_| Err(Failure::at(Stage::Connect, Trouble::Silent)))
    }

    async fn dial_patiently(&self) -> Result<AsyncSmtpConnection, Failure> {
        let lost = |error| failed(Stage::Connect, &error);
        let tcp = wire::connect(&self.server).await.map_err(lost)?;
        let stream = self.protect(tcp).await?;
        let greeted = AsyncSmtpConnection::connect_with_transport(stream, &self.hello).await;
        let mut connection =
            greeted.map_err(|error| Failure::at(Stage::Connect, Trouble::from(&error)))?;
        self.log_in(&mut connection).await?;
        Ok(connection)
    }

    /// TLS where it was asked for, and nothing less: a server that does not offer STARTTLS gets no letter (I17, S7).
    async fn protect(&self, mut tcp: TcpStream) -> Result<Box<dyn AsyncTokioStream>, Failure> {
        let Some((connector, name)) = &self.tls else {
            return Ok(Box::new(tcp));
        };
        let upgraded = self.server.security == Security::StartTls;
        if upgraded {
            starttls::ask(&mut tcp, &self.hello)
                .await
                .map_err(|error| failed(Stage::Secure, &error))?;
        }
        let stream = connector.connect(name.clone(), tcp).await;
        let stream = stream.map_err(|error| failed(Stage::Secure, &error))?;
        Ok(Box::new(if upgraded {
            Wrapped::greeted(stream)
        } else {
            Wrapped::new(stream)
        }))
    }

    async fn log_in(&self, connection: &mut AsyncSmtpConnection) -> Result<(), Failure> {
        let Some((user, password)) = &self.account else {
            return Ok(());
        };
        let credentials = Credentials::new(user.clone(), password.expose().to_owned());
        let entered = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
        match entered.await {
            Ok(_) => Ok(()),
            Err(error) => Err(Failure::at(Stage::Login, Trouble::from(&error))),
        }
    }
}

fn failed(stage: Stage, error: &dyn Display) -> Failure {
    Failure::at(stage, Trouble::Lost(error.to_string()))
}
