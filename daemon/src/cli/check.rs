//! `tanggap check`: says what is wrong with the configuration, or what will happen with it. Starts nothing.

use std::path::Path;

use serde_json::json;
use tanggap_rules::form::{Fault, Faults};

use super::Format;
use super::table::Table;
use crate::config::{
    After, Config, ConfigError, Doubt, MailboxSettings, OsticketSettings, PostSettings,
    ReceiptSettings, Secrets, Security, Server, Source, StoreSettings, Trust,
};
use crate::house::StartError;
use crate::rulebook::{self, RulebookError};
use crate::tongue::{say, spoken, word};

/// Reads everything that `run` would read, as far as it can be reached from here.
pub fn check(file: &Path, format: Format) -> anyhow::Result<()> {
    let config = match Config::load(file, Secrets::Reachable) {
        Ok(config) => config,
        Err(ConfigError::Faulty(faults)) if format == Format::Json => return Err(tell(&faults)),
        Err(error) => return Err(error.into()),
    };
    match rulebook::proved(config.rules.folder.as_deref(), &config.site) {
        Ok(_) => report(&config, format),
        Err(RulebookError::Faulty(faults)) if format == Format::Json => return Err(tell(&faults)),
        Err(error) => return Err(StartError::Rules(error).into()),
    }
    Ok(())
}

/// Every fault, for a program.
pub(super) fn tell(faults: &Faults) -> anyhow::Error {
    let faults: Vec<_> = faults.iter().map(fault).collect();
    println!("{}", json!({ "sound": false, "faults": faults }));
    super::Told(super::EX_CONFIG).into()
}

/// One fault and its place.
pub(super) fn fault(fault: &Fault) -> serde_json::Value {
    let Fault {
        file,
        line,
        column,
        width,
        what,
        instead,
        ..
    } = fault;
    json!({ "file": file, "line": line, "column": column, "width": width, "what": what.told(spoken()), "instead": instead.told(spoken()) })
}

fn report(config: &Config, format: Format) {
    let lines = what_will_happen(config);
    if format == Format::Json {
        let settings: serde_json::Map<_, _> = lines
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        println!("{}", json!({ "sound": true, "settings": settings }));
        return;
    }
    let mut table = Table::new(&[
        word("Bagian", "Part"),
        word("Yang akan terjadi", "What will happen"),
    ]);
    for (name, value) in lines {
        table.row(vec![name.to_owned(), value]);
    }
    println!("{table}");
    println!("{}", say!("konfigurasi baik", "the configuration is sound"));
}

fn what_will_happen(config: &Config) -> Vec<(&'static str, String)> {
    let mut lines = vec![(
        word("tim", "team"),
        say!(
            "{} <{}>, nomor register {}-…",
            "{} <{}>, register number {}-…",
            config.team.name,
            config.team.address,
            config.team.register_prefix
        ),
    )];
    lines.push(("penyimpanan", store(&config.store)));
    lines.extend(
        config
            .mailboxes
            .iter()
            .map(|mailbox| (word("kotak surat", "mailbox"), mailbox_line(mailbox))),
    );
    lines.push(("osTicket", desk(&config.osticket)));
    lines.push((word("surat", "mail"), post(&config.post)));
    lines.push((word("tanda terima", "receipt"), receipt(&config.receipt)));
    let folder = config.rules.folder.as_ref();
    lines.push((
        word("aturan", "rules"),
        folder.map_or("bawaan".to_owned(), |folder| {
            say!("bawaan dan {}", "shipped, and {}", folder.display())
        }),
    ));
    lines.push((
        word("surel terbesar", "largest mail"),
        format!("{} KiB", config.limits.mail_size >> 10),
    ));
    if std::env::var_os("CREDENTIALS_DIRECTORY").is_none() {
        lines.push((
            "kredensial",
            word(
                "diberikan systemd saat dijalankan; tidak diperiksa di sini",
                "given by systemd at run time; not looked at here",
            )
            .to_owned(),
        ));
    }
    lines
}

fn store(settings: &StoreSettings) -> String {
    match settings {
        StoreSettings::Sqlite { path } => {
            say!("SQLite, berkas {}", "SQLite, file {}", path.display())
        }
        StoreSettings::Postgres { url, .. } => format!("PostgreSQL, {url}"),
    }
}

fn mailbox_line(mailbox: &MailboxSettings) -> String {
    let (place, folders) = match &mailbox.source {
        Source::Imap {
            server,
            user,
            folders,
            ..
        } => (
            say!("{user} di {}", "{user} at {}", server_line(server)),
            folders,
        ),
        Source::Maildir { path, folders } => (format!("Maildir {}", path.display()), folders),
    };
    let after = match &mailbox.after {
        After::Keep => word("surel dibiarkan di server", "mail stays on the server").to_owned(),
        After::Mark => word("surel yang tersimpan ditandai", "stored mail is marked").to_owned(),
        After::Move { folder } => say!(
            "surel yang tersimpan dipindah ke {folder}",
            "stored mail is moved to {folder}"
        ),
    };
    let seconds = mailbox.poll.as_secs_f32();
    say!(
        "{}: {place}; folder {}; dilihat tiap {seconds} detik; {after}",
        "{}: {place}; folders {}; looked at every {seconds} s; {after}",
        mailbox.name,
        folders.join(", ")
    )
}

fn server_line(server: &Server) -> String {
    let how = match server.security {
        Security::Tls => "TLS",
        Security::StartTls => "STARTTLS",
        Security::Plain => word("TANPA enkripsi", "NO encryption"),
    };
    format!("{}:{} ({how})", server.host, server.port)
}

fn desk(settings: &OsticketSettings) -> String {
    let OsticketSettings {
        url,
        timeout,
        fence,
        at_once,
        ..
    } = settings;
    say!(
        "{url}; batas {} detik, pagar {} detik, paling banyak {at_once} permintaan serentak",
        "{url}; timeout {} s, fence {} s, at most {at_once} requests at once",
        timeout.as_secs(),
        fence.as_secs()
    )
}

fn post(settings: &PostSettings) -> String {
    match settings {
        PostSettings::Smtp {
            server,
            user: Some(user),
            ..
        } => say!("{user} di {}", "{user} at {}", server_line(server)),
        PostSettings::Smtp {
            server, user: None, ..
        } => server_line(server),
        PostSettings::Directory { path } => say!(
            "ditulis ke folder {}",
            "written to folder {}",
            path.display()
        ),
    }
}

fn receipt(settings: &ReceiptSettings) -> String {
    if !settings.enabled {
        return word("tidak dikirim", "not sent").to_owned();
    }
    let trust = match settings.trust {
        Trust::Authenticated => word(
            "hanya kepada surel yang terbukti asli",
            "only to mail whose sender is verified",
        ),
        Trust::ReturnPath => word(
            "kepada surel yang Return-Path dan From-nya satu domain",
            "to mail whose Return-Path and From share a domain",
        ),
    };
    let doubt = match settings.doubt {
        Doubt::Hold => word("bila ragu, tunggu manusia", "in doubt, a human decides"),
        Doubt::ResendOnce => word("bila ragu, kirim sekali lagi", "in doubt, sent once more"),
    };
    let ReceiptSettings {
        per_sender_day,
        per_domain_hour,
        in_all_hour,
        ..
    } = settings;
    say!(
        "{trust}; {doubt}; paling banyak {per_sender_day} per pengirim per hari, {per_domain_hour} per domain per jam, {in_all_hour} semuanya per jam",
        "{trust}; {doubt}; at most {per_sender_day} per sender a day, {per_domain_hour} per domain an hour, {in_all_hour} in all an hour"
    )
}
