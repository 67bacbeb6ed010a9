//! The bare loop that draining is compared with: FETCH the same mails, insert the raw bytes in batches of 100, nothing else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::TryStreamExt;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use tanggap_tests::world::dovecot::{Dovecot, PASSWORD};
use tokio::net::TcpStream;

const BATCH: usize = 100;

pub async fn drain(dovecot: &Dovecot, user: &str, count: usize) -> Duration {
    let home = tempfile::tempdir().unwrap();
    let mut database = open(&format!(
        "sqlite://{}?mode=rwc",
        home.path().join("bare.db").display()
    ))
    .await;
    let start = Instant::now();
    let mut session = connect(dovecot, user).await;
    session.examine("INBOX").await.unwrap();
    let mut uids: Vec<u32> = session
        .uid_search("ALL")
        .await
        .unwrap()
        .into_iter()
        .collect();
    uids.sort_unstable();
    assert_eq!(uids.len(), count);
    for group in uids.chunks(BATCH) {
        let set = format!("{}:{}", group[0], group[group.len() - 1]);
        let mails: Vec<_> = session
            .uid_fetch(set, "(UID BODY.PEEK[])")
            .await
            .unwrap()
            .try_collect()
            .await
            .unwrap();
        insert(&mut database, mails.iter().map(|mail| mail.body().unwrap())).await;
    }
    start.elapsed()
}

async fn insert<'a>(
    database: &mut SqliteConnection,
    mails: impl ExactSizeIterator<Item = &'a [u8]>,
) {
    let values = vec!["(?)"; mails.len()].join(",");
    let mut query = sqlx::query(AssertSqlSafe(format!(
        "INSERT INTO mail (raw) VALUES {values}"
    )));
    for raw in mails {
        query = query.bind(raw.to_vec());
    }
    query.execute(database).await.unwrap();
}

async fn open(url: &str) -> SqliteConnection {
    let mut database = SqliteConnection::connect(url).await.unwrap();
    for statement in [
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "CREATE TABLE mail (id INTEGER PRIMARY KEY, raw BLOB)",
    ] {
        sqlx::query(statement).execute(&mut database).await.unwrap();
    }
    database
}

async fn connect(
    dovecot: &Dovecot,
    user: &str,
) -> async_imap::Session<tokio_rustls::client::TlsStream<TcpStream>> {
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(dovecot.ca_file()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(
        config.with_root_certificates(roots).with_no_client_auth(),
    ));
    let tcp = TcpStream::connect(("127.0.0.1", dovecot.imaps))
        .await
        .unwrap();
    let stream = connector
        .connect(ServerName::try_from("localhost").unwrap(), tcp)
        .await
        .unwrap();
    let mut client = async_imap::Client::new(stream);
    client.read_response().await.unwrap();
    client
        .login(user, PASSWORD)
        .await
        .map_err(|(error, _)| error)
        .unwrap()
}
