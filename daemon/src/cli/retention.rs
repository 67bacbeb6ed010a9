//! `tanggap retention`: raw mail whose time is over is listed, and removed with `--apply`; the books say what was removed.

mod plan;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::staff::{known, operator, said};
use super::table::Table;
use super::{Format, dates};
use crate::case::{Act, Event};
use crate::clock::Clock;
use crate::config::Config;
use crate::store::{Store, StoreError};
use crate::tongue::{say, word};
use plan::{Lot, Plan};

pub const EXAMPLES: &str = "\
Contoh:
  tanggap retention                                 apa yang akan dihapus, dan mengapa; tidak ada yang berubah
  tanggap retention --apply --by Rini               hapus; dicatat di buku pemusnahan
  tanggap retention --apply --compact               sekaligus tulis ulang basis data, di luar jam sibuk
  tanggap retention hold INS-2026-0042 --reason \"penyidikan Polda\"
                                                    surel asli kasus ini tidak dihapus
  tanggap retention lift INS-2026-0042 --reason \"penyidikan selesai\"
  tanggap books retention                           apa yang sudah dihapus";

#[derive(Debug, Args)]
pub struct Retention {
    #[command(subcommand)]
    what: Option<Hold>,
    /// Hapus sungguh-sungguh; tanpa ini hanya rencana
    #[arg(long)]
    apply: bool,
    /// Sesudahnya tulis ulang basis data, agar tidak ada sisa isi lama; selama itu tanggap lain menunggu
    #[arg(long, requires = "apply")]
    compact: bool,
    /// Siapa yang menghapus [bila kosong: $TANGGAP_OPERATOR, lalu nama pengguna sistem]
    #[arg(long, value_name = "NAMA")]
    by: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Hold {
    /// Tahan surel asli sebuah kasus dari penghapusan, misalnya untuk penyidikan
    Hold(Held),
    /// Lepaskan penahanan
    Lift(Held),
}

#[derive(Debug, Args)]
struct Held {
    #[arg(value_name = "REGISTER")]
    register: String,
    #[arg(long, value_name = "ALASAN", value_parser = said)]
    reason: String,
    /// Siapa yang memutuskan
    #[arg(long, value_name = "NAMA")]
    by: Option<String>,
}

impl Retention {
    pub async fn act(
        &self,
        at: (&Store, &Clock),
        config: &Config,
        format: Format,
    ) -> anyhow::Result<()> {
        match &self.what {
            Some(Hold::Hold(held)) => return Ok(held.record(at, true).await?),
            Some(Hold::Lift(held)) => return Ok(held.record(at, false).await?),
            None => {}
        }
        let plan = plan::plan(at, config).await?;
        if !self.apply {
            told(&plan, format);
            return Ok(());
        }
        let operator = operator(self.by.as_ref())?;
        self.carry_out(at, plan, (&operator, format)).await
    }

    /// Lot by lot, each whole; what has changed meanwhile is left for the next time.
    async fn carry_out(
        &self,
        (store, clock): (&Store, &Clock),
        plan: Plan,
        (operator, format): (&str, Format),
    ) -> anyhow::Result<()> {
        let (mut numbers, mut mails, mut bytes, mut left) = (Vec::new(), 0, 0, Vec::new());
        for lot in plan.lots {
            let (name, count, size) = (lot.name().to_owned(), lot.mails.len(), lot.bytes());
            match store.dispose(lot.disposal(), operator, clock.now()).await? {
                Some(number) => {
                    numbers.push(number);
                    mails += count;
                    bytes += size;
                }
                None => left.push(name),
            }
        }
        if self.compact {
            store.compact().await?;
        } else {
            store.forget_log().await?;
        }
        if format == Format::Json {
            println!(
                "{}",
                json!({ "applied": true, "mails": mails, "bytes": bytes, "rows": numbers, "left": left, "compacted": self.compact })
            );
            return Ok(());
        }
        println!(
            "{}",
            say!(
                "{mails} surel asli ({bytes} bita) dihapus atas nama {operator}; dicatat di buku pemusnahan (tanggap books retention), {} baris.",
                "{mails} original mails ({bytes} bytes) removed in the name of {operator}; recorded in the book of removals (tanggap books retention), {} rows.",
                numbers.len()
            )
        );
        if mails > 0 && !self.compact {
            println!(
                "{}",
                say!(
                    "Salinan lama dari isi yang besar mungkin masih ada di bagian kosong berkas basis data; --compact menulisnya ulang. Cadangan dan log PostgreSQL mempunyai masa simpan sendiri.",
                    "Old copies of large content may still be in free parts of the database file; --compact writes it anew. Backups and PostgreSQL's logs have retention times of their own."
                )
            );
        }
        if !left.is_empty() {
            println!(
                "{}",
                say!(
                    "Ditunda, karena kasusnya berubah atau masih ada perintah yang menunggu (tanggap queue): {}.",
                    "Put off, because the case changed or orders of it still wait (tanggap queue): {}.",
                    left.join(", ")
                )
            );
        }
        Ok(())
    }
}

impl Held {
    async fn record(&self, (store, clock): (&Store, &Clock), held: bool) -> Result<(), StoreError> {
        let operator = operator(self.by.as_ref())?;
        let case = known(store, &self.register).await?;
        let act = Act::Preserved {
            held,
            reason: self.reason.clone(),
        };
        store
            .act(&[(case.id, Event::Acted(act))], &operator, clock.now())
            .await?;
        let what = if held {
            word("ditahan dari penghapusan", "kept from removal")
        } else {
            word("tidak lagi ditahan", "no longer kept")
        };
        println!(
            "{}",
            say!(
                "{}: surel asli {what}, atas nama {operator}.",
                "{}: original mails {what}, in the name of {operator}.",
                case.register
            )
        );
        Ok(())
    }
}

fn told(plan: &Plan, format: Format) {
    if format == Format::Json {
        println!("{}", as_json(plan));
        return;
    }
    let mut table = Table::new(&[
        "Register",
        word("Dihitung sejak", "Counted from"),
        word("Surel", "Mails"),
        word("Bita", "Bytes"),
        word("Dasar", "Basis"),
    ]);
    for lot in &plan.lots {
        table.row(vec![
            lot.name().to_owned(),
            dates::short(lot.since),
            lot.mails.len().to_string(),
            lot.bytes().to_string(),
            lot.basis.clone(),
        ]);
    }
    println!(
        "{}",
        say!(
            "RENCANA PENGHAPUSAN SUREL ASLI  ·  TERBATAS\n\n{table}\n",
            "PLAN FOR THE REMOVAL OF ORIGINAL MAILS  ·  RESTRICTED\n\n{table}\n"
        )
    );
    let mails: usize = plan.lots.iter().map(|lot| lot.mails.len()).sum();
    println!(
        "{}",
        say!(
            "{mails} surel akan dihapus. Belum waktunya: {}; ditahan: {}; kasus induknya masih terbuka: {}.",
            "{mails} mails will be removed. Not yet due: {}; kept: {}; case they belong to still open: {}.",
            plan.early,
            plan.held,
            plan.bound
        )
    );
    println!(
        "{}",
        say!(
            "Tidak ada yang dihapus. Hapus dengan --apply; buku, sidik SHA-256, tanggal dan penilaian tetap ada.",
            "Nothing is removed. Remove with --apply; books, SHA-256 hashes, dates and judgements stay."
        )
    );
}

fn as_json(plan: &Plan) -> Value {
    let lot = |lot: &Lot| {
        json!({
            "register": lot.name(), "since": lot.since.wib().to_rfc3339(), "basis": lot.basis, "bytes": lot.bytes(),
            "mails": lot.mails.iter().map(|mail| mail.entry.0).collect::<Vec<_>>(),
        })
    };
    json!({
        "applied": false, "lots": plan.lots.iter().map(lot).collect::<Vec<_>>(),
        "early": plan.early, "held": plan.held, "bound": plan.bound,
    })
}
