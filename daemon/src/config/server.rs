//! Where a server is, and the law that nothing goes in plain text over a wire unless somebody says so.

use tanggap_rules::form::Table;

use super::words::{host, is_loopback};
use super::{Security, Server, Surroundings};
use crate::tongue::{Words, words};

/// The port of each way to connect: TLS from the start, STARTTLS, plain.
pub(super) struct Ports {
    pub tls: u16,
    pub starttls: u16,
    pub plain: u16,
}

/// Reads `host`, `port`, `security`, `accept_plain_text` and `ca_file`.
pub(super) fn read(table: &Table<'_>, ports: &Ports, around: &Surroundings) -> Option<Server> {
    let host = table.need("host").parsed(host);
    let port = table.maybe("port").integer(1..=65535);
    let choices = [
        ("tls", Security::Tls),
        ("starttls", Security::StartTls),
        ("plain", Security::Plain),
    ];
    let written = table.maybe("security");
    let security = if written.is_present() {
        written.one_of(&choices)
    } else {
        Some(Security::Tls)
    };
    let ca_file = ca_file(table, around);
    let accepted = accepts_plain_text(table);
    if security == Some(Security::Plain) && !accepted && !host.as_deref().is_none_or(is_loopback) {
        written.fault(
            words!(
                "kata sandi dan laporan akan terbaca di jaringan",
                "password and reports could be read on the network"
            ),
            plain(),
        );
    }
    let usual = match security? {
        Security::Tls => ports.tls,
        Security::StartTls => ports.starttls,
        Security::Plain => ports.plain,
    };
    let port = port
        .and_then(|port| u16::try_from(port).ok())
        .unwrap_or(usual);
    Some(Server {
        host: host?,
        port,
        security: security?,
        ca_file,
    })
}

/// What to write instead of an unprotected connection.
fn plain() -> Words {
    words!(
        "\"tls\" atau \"starttls\"; bila sungguh-sungguh, tambahkan accept_plain_text = true",
        "\"tls\" or \"starttls\"; if you really mean it, add accept_plain_text = true"
    )
}

/// Whether the table says, in so many words, that plain text is accepted.
pub(super) fn accepts_plain_text(table: &Table<'_>) -> bool {
    table.maybe("accept_plain_text").flag().unwrap_or(false)
}

fn ca_file(table: &Table<'_>, around: &Surroundings) -> Option<std::path::PathBuf> {
    let field = table.maybe("ca_file");
    let path = around.path(&field.text()?);
    match crate::tls::authorities(&path) {
        Ok(1..) => return Some(path),
        Ok(0) => field.fault(
            words!(
                "{} tidak memuat sertifikat PEM yang utuh",
                "{} has no whole PEM certificate",
                path.display()
            ),
            words!(
                "berkas PEM: -----BEGIN CERTIFICATE----- … -----END CERTIFICATE-----",
                "a PEM file: -----BEGIN CERTIFICATE----- … -----END CERTIFICATE-----"
            ),
        ),
        Err(error) => field.fault(
            words!(
                "{} tidak dapat dibaca: {error}",
                "{} cannot be read: {error}",
                path.display()
            ),
            words!(
                "letak berkas sertifikat (PEM) yang dapat dibaca",
                "the place of a certificate file (PEM) that can be read"
            ),
        ),
    }
    None
}
