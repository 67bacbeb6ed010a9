//! `[[mailbox]]`: where reports arrive.

use std::time::Duration;

use tanggap_rules::form::{Field, Table};

use super::secret::{self, Wanted};
use super::server::{self, Ports};
use super::{After, MailboxSettings, Source, Surroundings, words};
use crate::tongue::words;

const PORTS: Ports = Ports {
    tls: 993,
    starttls: 143,
    plain: 143,
};
/// A dead IDLE must be noticed within 90 s, so a look is due at least every minute.
const LONGEST_POLL: Duration = Duration::from_mins(1);

#[derive(Clone, Copy)]
enum Kind {
    Imap,
    Maildir,
}

pub(super) fn read_all(field: &Field<'_>, around: &Surroundings) -> Vec<MailboxSettings> {
    let tables = field.tables();
    if field.is_present() && tables.is_empty() {
        field.fault(
            words!(
                "tanpa kotak surat tidak ada yang dapat dikerjakan",
                "without a mailbox there is nothing to do"
            ),
            "[[mailbox]]",
        );
    }
    let mut mailboxes: Vec<MailboxSettings> = Vec::new();
    for table in &tables {
        let Some(mailbox) = read(table, around) else {
            continue;
        };
        if mailboxes.iter().any(|other| other.name == mailbox.name) {
            let what = words!(
                "nama kotak surat \"{}\" dipakai dua kali",
                "the mailbox name \"{}\" is used twice",
                mailbox.name
            );
            table.maybe("name").fault(
                what,
                words!(
                    "nama lain: catatan surel dibedakan menurut nama ini",
                    "another name: records of mail are told apart by it"
                ),
            );
        }
        mailboxes.push(mailbox);
    }
    mailboxes
}

fn read(table: &Table<'_>, around: &Surroundings) -> Option<MailboxSettings> {
    let name = table.need("name").parsed(words::name);
    let kind = table
        .need("kind")
        .one_of(&[("imap", Kind::Imap), ("maildir", Kind::Maildir)]);
    let folders = folders(&table.maybe("folders"));
    let after = after(table, &folders);
    let poll = poll(&table.maybe("poll"));
    let source = match kind {
        Some(Kind::Imap) => imap(table, folders, around),
        Some(Kind::Maildir) => maildir(table, folders, around),
        None => {
            table.entries();
            None
        }
    };
    Some(MailboxSettings {
        name: name?,
        source: source?,
        after: after?,
        poll,
    })
}

fn imap(table: &Table<'_>, folders: Vec<String>, around: &Surroundings) -> Option<Source> {
    let server = server::read(table, &PORTS, around);
    let user = table.need("user").text();
    let password = secret::read(table, "password", Wanted::Always, around);
    table.maybe("path").refuse(
        words!(
            "`path` hanya untuk kind = \"maildir\"",
            "`path` is only for kind = \"maildir\""
        ),
        "host = \"…\"",
    );
    Some(Source::Imap {
        server: server?,
        user: user?,
        password: password?,
        folders,
    })
}

fn maildir(table: &Table<'_>, folders: Vec<String>, around: &Surroundings) -> Option<Source> {
    let path = table.need("path").text().map(|path| around.path(&path));
    for key in [
        "host",
        "port",
        "security",
        "user",
        "password_file",
        "password_credential",
        "ca_file",
        "accept_plain_text",
    ] {
        table.maybe(key).refuse(
            words!(
                "`{key}` hanya untuk kind = \"imap\"",
                "`{key}` is only for kind = \"imap\""
            ),
            words!("hapus kunci ini", "take this key out"),
        );
    }
    Some(Source::Maildir {
        path: path?,
        folders,
    })
}

fn folders(field: &Field<'_>) -> Vec<String> {
    let mut folders: Vec<String> = Vec::new();
    for folder in field.texts().unwrap_or_default() {
        if folders.contains(&folder.value) {
            field.fault(
                words!(
                    "folder \"{}\" ditulis dua kali",
                    "the folder \"{}\" is written twice",
                    folder.value
                ),
                words!("tiap folder sekali saja", "each folder only once"),
            );
        }
        folders.push(folder.value);
    }
    if folders.is_empty() {
        vec!["INBOX".to_owned()]
    } else {
        folders
    }
}

fn poll(field: &Field<'_>) -> Duration {
    field
        .duration(Duration::from_millis(100)..=LONGEST_POLL)
        .unwrap_or(LONGEST_POLL)
}

/// What to do with a mail on the server once it is durable here.
fn after(table: &Table<'_>, folders: &[String]) -> Option<After> {
    let word = table.maybe("after");
    let folder = table.maybe("move_to");
    let choices = [
        ("keep", After::Keep),
        ("mark", After::Mark),
        (
            "move",
            After::Move {
                folder: String::new(),
            },
        ),
    ];
    let after = if word.is_present() {
        word.one_of(&choices)?
    } else {
        After::Keep
    };
    match after {
        After::Move { .. } => move_to(&table.need("move_to"), folders),
        other => {
            folder.refuse(
                words!(
                    "`move_to` hanya berguna dengan after = \"move\"",
                    "`move_to` is only of use with after = \"move\""
                ),
                words!(
                    "after = \"move\", atau hapus kunci ini",
                    "after = \"move\", or take this key out"
                ),
            );
            Some(other)
        }
    }
}

fn move_to(field: &Field<'_>, folders: &[String]) -> Option<After> {
    let folder = field.text()?;
    if folders.contains(&folder) {
        field.fault(
            words!(
                "folder \"{folder}\" juga dipantau: surel akan diambil terus-menerus",
                "the folder \"{folder}\" is watched too: mail would be fetched again and again"
            ),
            words!(
                "folder lain, misalnya \"Selesai\"",
                "another folder, such as \"Selesai\""
            ),
        );
        return None;
    }
    Some(After::Move { folder })
}
