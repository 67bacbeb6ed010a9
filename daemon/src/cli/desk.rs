//! `tanggap doctor` and `tanggap sync audit`: how this house and osTicket stand to each other, in words.

mod checks;

use std::path::Path;
use std::sync::Arc;

use clap::Subcommand;
use serde_json::{Value, json};
use tanggap_bridge::{Desk, ReadError};

use super::Format;
use super::table::Table;
use crate::clock::Clock;
use crate::config::{Config, Secrets};
use crate::house;
use crate::pace::Chain;
use crate::rulebook;
use crate::store::{Role, Store};
use crate::sync::{Drift, Walk};
use crate::tongue::{say, word};

/// Compares both sides.
#[derive(Debug, Subcommand)]
pub enum SyncVerb {
    /// Sebut semua perbedaan antara kasus di sini dan tiket di osTicket
    Audit {
        /// Samakan menurut osTicket; disebut dahulu apa yang akan dilakukan
        #[arg(long)]
        repair: bool,
    },
}

impl SyncVerb {
    pub fn act(&self, file: &Path, format: Format) -> anyhow::Result<()> {
        let Self::Audit { repair } = self;
        let config = Config::load(file, Secrets::All)?;
        runtime()?.block_on(audit(config, format, *repair))
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

async fn audit(config: Config, format: Format, repair: bool) -> anyhow::Result<()> {
    let clock = Clock::default();
    let store = Store::open(&config.store, Role::Visitor, &clock).await?;
    let desk = house::desk(&config).await?;
    let walk = Walk {
        store: store.clone(),
        clock,
        desk,
        config: Arc::new(config),
    };
    let (found, _) = walk.look().await?;
    print_drift(&found, format);
    if repair && !found.is_empty() {
        let mended = walk.repair(found).await?;
        if format == Format::Table {
            println!(
                "{}",
                say!(
                    "{mended} perbedaan dicatat pada kasusnya, menurut osTicket.",
                    "{mended} differences recorded in their cases, as osTicket has them."
                )
            );
        }
    }
    store.close().await;
    Ok(())
}

fn print_drift(found: &[Drift], format: Format) {
    let rows: Vec<[String; 3]> = found.iter().map(in_words).collect();
    if format == Format::Json {
        let row = |[ticket, what, will]: &[String; 3]| json!({ "ticket": ticket, "drift": what, "repair": will });
        let drift: Vec<Value> = rows.iter().map(row).collect();
        println!("{}", json!({ "drift": drift }));
        return;
    }
    if rows.is_empty() {
        println!(
            "{}",
            say!(
                "Kasus di sini dan tiket di osTicket sama.",
                "Cases here and tickets in osTicket agree."
            )
        );
        return;
    }
    let mut table = Table::new(&[
        word("Tiket", "Ticket"),
        word("Perbedaan", "Difference"),
        word("Yang dilakukan --repair", "What --repair does"),
    ]);
    for row in rows {
        table.row(row.to_vec());
    }
    println!("{table}");
}

/// The ticket, what differs, and what `--repair` does about it.
fn in_words(drift: &Drift) -> [String; 3] {
    let (ticket, what, will) = match drift {
        Drift::Differs {
            ticket,
            field: (field, was, is),
        } => (
            &ticket.number,
            say!(
                "{field}: di sini \"{was}\", di osTicket \"{is}\"",
                "{field}: \"{was}\" here, \"{is}\" in osTicket"
            ),
            word("dicatat pada kasus", "recorded in the case"),
        ),
        Drift::Renumbered { ticket, number } => (
            &ticket.number,
            say!(
                "nomornya di osTicket sekarang {number}",
                "its number in osTicket is now {number}"
            ),
            word("nomor baru dicatat", "the new number is recorded"),
        ),
        Drift::Merged { ticket, into } => (
            &ticket.number,
            say!(
                "digabung di osTicket ke tiket ber-id {}",
                "merged in osTicket into the ticket with id {}",
                into.0
            ),
            word(
                "dicatat pada kasus; susulan masuk ke tiket itu",
                "recorded in the case; follow-ups go into that ticket",
            ),
        ),
        Drift::Gone { ticket } => (
            &ticket.number,
            word("tidak ada lagi di osTicket", "no longer in osTicket").to_owned(),
            word(
                "dicatat terhapus; tidak dibuat lagi",
                "recorded as deleted; not made anew",
            ),
        ),
        Drift::Unlinked { snapshot, .. } => (
            &snapshot.number.0,
            word(
                "milik kasus di sini, belum tertaut",
                "belongs to a case here, not linked yet",
            )
            .to_owned(),
            "ditautkan",
        ),
        Drift::Stranger { snapshot } => (
            &snapshot.number.0,
            word(
                "bertanda seperti dari tanggap, tetapi tidak ada kasus yang menunggunya",
                "marked as ours, and no case waits for it",
            )
            .to_owned(),
            word(
                "tidak ada: periksa sendiri (tiket ganda, tanggap lain, atau basis data lama)",
                "nothing: look yourself (a double ticket, another tanggap, or an old database)",
            ),
        ),
    };
    [ticket.clone(), what, will.to_owned()]
}

/// One finding of the doctor.
struct Check {
    sound: bool,
    what: &'static str,
    words: String,
}

/// Says which way into osTicket is used, what it cannot do, how to get more, and what is wrong there. Ends with 1 where something is.
pub fn doctor(file: &Path, format: Format) -> anyhow::Result<()> {
    let config = Config::load(file, Secrets::All)?;
    let checks = runtime()?.block_on(examine(&config))?;
    if format == Format::Json {
        let check = |check: &Check| json!({ "sound": check.sound, "what": check.what, "words": check.words });
        println!(
            "{}",
            json!({ "checks": checks.iter().map(check).collect::<Vec<_>>() })
        );
    } else {
        let mut table = Table::new(&["", word("Bagian", "Part"), word("Keadaan", "State")]);
        for check in &checks {
            let mark = if check.sound {
                word("baik", "good")
            } else {
                word("PERIKSA", "CHECK")
            };
            table.row(vec![
                mark.to_owned(),
                check.what.to_owned(),
                check.words.clone(),
            ]);
        }
        println!("{table}");
    }
    if checks.iter().all(|check| check.sound) {
        return Ok(());
    }
    Err(super::Told(1).into())
}

async fn examine(config: &Config) -> anyhow::Result<Vec<Check>> {
    let desk = house::desk(config).await?;
    let mut found = vec![rules(config), way(&desk)];
    match desk.facts().await {
        Ok(facts) => found.extend(checks::facts_in_words(&facts, config)),
        Err(ReadError::Unable { why }) if !desk.capabilities().reads => {
            found.push(good(word("keadaan osTicket", "osTicket itself"), why));
        }
        Err(error) => {
            found.push(bad(
                word("keadaan osTicket", "osTicket itself"),
                error.to_string(),
            ));
            return Ok(found);
        }
    }
    if let Ok(catalogue) = desk.catalogue().await {
        found.extend(checks::named_in_the_configuration(config, &catalogue));
    }
    Ok(found)
}

/// The rules as they lie in their files: what a reload would make of them.
fn rules(config: &Config) -> Check {
    match rulebook::proved(config.rules.folder.as_deref(), &config.site) {
        Ok(rules) => good(
            word("aturan", "rules"),
            say!(
                "{} aturan, sidik {:.12}, semua ujinya lulus",
                "{} rules, hash {:.12}, all their tests pass",
                rules.count(),
                rules.digest()
            ),
        ),
        Err(error) => bad(
            word("aturan", "rules"),
            say!(
                "{}. Yang sedang berlaku tetap dipakai sampai ini dibetulkan",
                "{}. The rules in force stay so until this is mended",
                Chain(&error)
            ),
        ),
    }
}

fn way(desk: &Desk) -> Check {
    let words = match desk {
        Desk::Plugin(plugin, _) if !plugin.signs() => {
            return bad(
                word("jalan ke osTicket", "way into osTicket"),
                word("plugin tanggap terpasang tanpa agen, jadi catatan, status, dan prioritas akan ditolak. Isi nama pengguna agen pada konfigurasi \
                 plugin di Admin Panel > Manage > Plugins", "the tanggap plugin is there without an agent, so notes, statuses and priorities will be refused. Name an agent in the plugin's configuration: Admin Panel > Manage > Plugins")
                    .to_owned(),
            );
        }
        Desk::Plugin(plugin, database) if !plugin.is_whole() => {
            return bad(
                word("jalan ke osTicket", "way into osTicket"),
                old_plugin(plugin.version(), database.is_some()),
            );
        }
        Desk::Plugin(plugin, _) => {
            return good(
                word("jalan ke osTicket", "way into osTicket"),
                say!(
                    "plugin tanggap {}: setiap tulisan sekali saja dan dapat diulang; susulan, lampiran, catatan, status, dan prioritas tampil di \
                     tiket, dan yang dikerjakan petugas sampai ke kasus. Akun basis data tidak diperlukan",
                    "tanggap plugin {}: whatever is written is written once and can be repeated; follow-ups, files, notes, statuses and priorities show in the ticket, and what staff do there reaches the case. No database account is needed",
                    plugin.version()
                ),
            );
        }
        Desk::Waiting { why, .. } => {
            return bad(
                word("jalan ke osTicket", "way into osTicket"),
                say!(
                    "osTicket belum dapat ditanyai: {why}. Surel tetap diambil dan tanda terima tetap dikirim; tiket, susulan, dan catatan \
                     menunggu. Periksa [osticket] url, jaringan, dan kunci API",
                    "osTicket could not be asked yet: {why}. Mail is still taken and receipts are still sent; tickets, follow-ups and notes wait. Check [osticket] url, the network, and the API key"
                ),
            );
        }
        Desk::Stock(_) => word(
            "API bawaan saja: tiket dibuka; jawaban yang hilang menunggu manusia, yang dikerjakan petugas tidak sampai ke kasus, \
             dan kasus yang ditutup di sini tidak menutup tiketnya. Untuk itu beri akun MySQL yang hanya dapat membaca: [osticket.database]",
            "stock API only: tickets are opened; a lost answer waits for a human, what staff do does not reach the case, and a case closed here does not close its ticket. For that, give a MySQL account that may only read: [osticket.database]",
        ),
        Desk::StockDatabase(..) => word(
            "API bawaan dan basis data (hanya baca): tiket dibuka, jawaban yang hilang diperiksa, yang dikerjakan petugas sampai ke kasus. \
             Susulan, catatan, status, dan prioritas tidak dapat ditulis ke tiket (kasus yang ditutup di sini tidak menutup tiketnya); itu \
             tercatat pada kasusnya. Untuk itu pasang plugin tanggap",
            "stock API and database (read only): tickets are opened, a lost answer is looked up, what staff do reaches the case. Follow-ups, notes, statuses and priorities cannot be written to the ticket (a case closed here does not close its ticket); they stay in the case. For that, install the tanggap plugin",
        ),
    };
    good(word("jalan ke osTicket", "way into osTicket"), words)
}

fn old_plugin(version: &str, reads: bool) -> String {
    let rest = if reads {
        word(
            "yang dikerjakan petugas dibaca dari basis data",
            "what staff do is read from the database",
        )
    } else {
        word(
            "yang dikerjakan petugas tidak sampai ke kasus",
            "what staff do does not reach the case",
        )
    };
    say!(
        "plugin tanggap {version} lebih tua daripada program ini: tiket, susulan, catatan, dan prioritas dapat ditulis, status tidak, dan {rest}. \
         Salin folder bridge/plugin/tanggap yang baru ke include/plugins/ osTicket, lalu jalankan ulang tanggap",
        "tanggap plugin {version} is older than this program: tickets, follow-ups, notes and priorities can be written, statuses cannot, and {rest}. Copy the new folder bridge/plugin/tanggap into osTicket's include/plugins/, then restart tanggap"
    )
}

fn good(what: &'static str, words: impl Into<String>) -> Check {
    Check {
        sound: true,
        what,
        words: words.into(),
    }
}

fn bad(what: &'static str, words: impl Into<String>) -> Check {
    Check {
        sound: false,
        what,
        words: words.into(),
    }
}
