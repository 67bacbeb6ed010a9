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
            println!("{mended} perbedaan dicatat pada kasusnya, menurut osTicket.");
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
        println!("Kasus di sini dan tiket di osTicket sama.");
        return;
    }
    let mut table = Table::new(&["Tiket", "Perbedaan", "Yang dilakukan --repair"]);
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
            format!("{field}: di sini \"{was}\", di osTicket \"{is}\""),
            "dicatat pada kasus",
        ),
        Drift::Renumbered { ticket, number } => (
            &ticket.number,
            format!("nomornya di osTicket sekarang {number}"),
            "nomor baru dicatat",
        ),
        Drift::Merged { ticket, into } => (
            &ticket.number,
            format!("digabung di osTicket ke tiket ber-id {}", into.0),
            "dicatat pada kasus; susulan masuk ke tiket itu",
        ),
        Drift::Gone { ticket } => (
            &ticket.number,
            "tidak ada lagi di osTicket".to_owned(),
            "dicatat terhapus; tidak dibuat lagi",
        ),
        Drift::Unlinked { snapshot, .. } => (
            &snapshot.number.0,
            "milik kasus di sini, belum tertaut".to_owned(),
            "ditautkan",
        ),
        Drift::Stranger { snapshot } => (
            &snapshot.number.0,
            "bertanda seperti dari tanggap, tetapi tidak ada kasus yang menunggunya".to_owned(),
            "tidak ada: periksa sendiri (tiket ganda, tanggap lain, atau basis data lama)",
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
        let mut table = Table::new(&["", "Bagian", "Keadaan"]);
        for check in &checks {
            let mark = if check.sound { "baik" } else { "PERIKSA" };
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
            found.push(good("keadaan osTicket", why));
        }
        Err(error) => {
            found.push(bad("keadaan osTicket", error.to_string()));
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
            "aturan",
            format!(
                "{} aturan, sidik {:.12}, semua ujinya lulus",
                rules.count(),
                rules.digest()
            ),
        ),
        Err(error) => bad(
            "aturan",
            format!(
                "{}. Yang sedang berlaku tetap dipakai sampai ini dibetulkan",
                Chain(&error)
            ),
        ),
    }
}

fn way(desk: &Desk) -> Check {
    let words = match desk {
        Desk::Plugin(plugin, _) if !plugin.signs() => {
            return bad(
                "jalan ke osTicket",
                "plugin tanggap terpasang tanpa agen, jadi catatan, status, dan prioritas akan ditolak. Isi nama pengguna agen pada konfigurasi \
                 plugin di Admin Panel > Manage > Plugins"
                    .to_owned(),
            );
        }
        Desk::Plugin(plugin, database) if !plugin.is_whole() => {
            return bad(
                "jalan ke osTicket",
                old_plugin(plugin.version(), database.is_some()),
            );
        }
        Desk::Plugin(plugin, _) => {
            return good(
                "jalan ke osTicket",
                format!(
                    "plugin tanggap {}: setiap tulisan sekali saja dan dapat diulang; susulan, lampiran, catatan, status, dan prioritas tampil di \
                     tiket, dan yang dikerjakan petugas sampai ke kasus. Akun basis data tidak diperlukan",
                    plugin.version()
                ),
            );
        }
        Desk::Waiting { why, .. } => {
            return bad(
                "jalan ke osTicket",
                format!(
                    "osTicket belum dapat ditanyai: {why}. Surel tetap diambil dan tanda terima tetap dikirim; tiket, susulan, dan catatan \
                     menunggu. Periksa [osticket] url, jaringan, dan kunci API"
                ),
            );
        }
        Desk::Stock(_) => {
            "API bawaan saja: tiket dibuka; jawaban yang hilang menunggu manusia, yang dikerjakan petugas tidak sampai ke kasus, \
             dan kasus yang ditutup di sini tidak menutup tiketnya. Untuk itu beri akun MySQL yang hanya dapat membaca: [osticket.database]"
        }
        Desk::StockDatabase(..) => {
            "API bawaan dan basis data (hanya baca): tiket dibuka, jawaban yang hilang diperiksa, yang dikerjakan petugas sampai ke kasus. \
             Susulan, catatan, status, dan prioritas tidak dapat ditulis ke tiket (kasus yang ditutup di sini tidak menutup tiketnya); itu \
             tercatat pada kasusnya. Untuk itu pasang plugin tanggap"
        }
    };
    good("jalan ke osTicket", words)
}

fn old_plugin(version: &str, reads: bool) -> String {
    let rest = if reads {
        "yang dikerjakan petugas dibaca dari basis data"
    } else {
        "yang dikerjakan petugas tidak sampai ke kasus"
    };
    format!(
        "plugin tanggap {version} lebih tua daripada program ini: tiket, susulan, catatan, dan prioritas dapat ditulis, status tidak, dan {rest}. \
         Salin folder bridge/plugin/tanggap yang baru ke include/plugins/ osTicket, lalu jalankan ulang tanggap"
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
