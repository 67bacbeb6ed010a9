//! `tanggap rules misfires`: where staff overrode the rules, grouped by rule. Suggestions only; the admin decides.

mod blame;

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use serde_json::{Value, json};
use tanggap_rules::{Classification, defang};

use super::outcome::{Outcome, Staff, was_for_human};
use super::refuse;
use crate::case::Sheet;
use crate::cli::books::sheet;
use crate::cli::explain::Bench;
use crate::cli::table::Table;
use crate::cli::{Format, dates};
use crate::clock::{Clock, Timestamp};
use crate::store::{EntryId, PastMail, Role, Store, StoreError};
use crate::tongue::{say, word};
use blame::{Blamed, Record};

pub const EXAMPLES: &str = "\
Contoh:
  tanggap rules misfires                       semua koreksi petugas, menurut aturannya
  tanggap rules misfires --since 01-10-2026
  tanggap rules misfires --format json         untuk program

Tidak mengubah apa pun. Setelah mengubah aturan, lihat akibatnya dengan: tanggap rules backtest --rules FOLDER";

/// Mails read at once.
const PAGE: i64 = 500;

/// Where staff overrode the rules.
#[derive(Debug, Args)]
pub struct Misfires {
    /// Hanya surel yang diterima sejak tanggal ini: 23-11-2026
    #[arg(long, value_name = "TANGGAL", value_parser = dates::typed)]
    since: Option<Timestamp>,
}

impl Misfires {
    pub fn act(&self, config: Option<&Path>, format: Format) -> anyhow::Result<ExitCode> {
        let bench = match Bench::set_up(config, None) {
            Ok(bench) => bench,
            Err(error) => return refuse(error, format),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let record = runtime.block_on(self.record(&bench))?;
        match format {
            Format::Json => println!("{}", as_json(&record)),
            Format::Table => show(&record),
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn record(&self, bench: &Bench) -> anyhow::Result<Record> {
        let Some(config) = &bench.config else {
            bail!(
                "{}",
                say!(
                    "koreksi petugas ada di basis data, dan letaknya ada di konfigurasi: sebutkan --config BERKAS",
                    "staff's corrections are in the database, which the configuration names: give --config FILE"
                )
            );
        };
        let store = Store::open(&config.store, Role::Visitor, &Clock::default()).await?;
        let since = self.since.unwrap_or(Timestamp(i64::MIN));
        let mut record = Record::default();
        let mut after = EntryId(0);
        loop {
            let page = store.past(after, since, PAGE).await?;
            let Some(last) = page.last() else {
                break;
            };
            after = last.entry;
            for (mail, sheet) in opened(&store, page).await? {
                judge(&mut record, bench, &mail, &sheet);
            }
        }
        store.close().await;
        Ok(record)
    }
}

/// The mails that opened a case, with what its events say.
async fn opened(store: &Store, page: Vec<PastMail>) -> Result<Vec<(PastMail, Sheet)>, StoreError> {
    let mut mails = page;
    mails.retain(|mail| mail.fate == "opened" && !mail.by_hand);
    let case = |mail: &PastMail| mail.case.as_ref().map(|case| case.id);
    let cases: Vec<_> = mails.iter().filter_map(case).collect();
    let mut events = store.events_of(&cases).await?;
    let with_sheet = mails.into_iter().filter_map(|mail| {
        let told = events.remove(&case(&mail)?)?;
        Some((mail, sheet(&told)))
    });
    Ok(with_sheet.collect())
}

fn judge(record: &mut Record, bench: &Bench, mail: &PastMail, sheet: &Sheet) {
    let then: Result<Classification, _> = serde_json::from_str(&mail.judgement);
    let (Ok(then), Some(case)) = (then, &mail.case) else {
        return;
    };
    let Some(staff) = Staff::of(case, sheet) else {
        return;
    };
    let was = Outcome::of(&then, &mail.fate, was_for_human(&then, &mail.fate));
    record.count(&bench.rules, (&then, &was), &staff, &case.register);
}

fn show(record: &Record) {
    let mut table = Table::new(&[
        word("Aturan", "Rule"),
        word("Dikoreksi", "Corrected"),
        word("Dibenarkan", "Confirmed"),
        word("Koreksi", "Correction"),
        word("Kata-kata", "Words"),
        word("Kasus", "Cases"),
        word("Saran", "Proposal"),
    ]);
    let blamed = record.blamed();
    for (name, rule) in &blamed {
        table.row(vec![
            (*name).to_owned(),
            rule.overridden.to_string(),
            rule.upheld.to_string(),
            listed(&rule.turns()),
            defang(&listed(&rule.most_words())),
            rule.cases.join(", "),
            rule.suggestion(),
        ]);
    }
    if !blamed.is_empty() {
        println!("{table}\n");
    }
    println!(
        "{}",
        say!(
            "{} kasus sudah diputuskan petugas, {} di antaranya berbeda dari penilaian aturan.",
            "Staff decided {} cases, {} of them other than the rules judged.",
            record.decided,
            record.overridden
        )
    );
    if !blamed.is_empty() {
        println!(
            "{}",
            say!(
                "Ini saran saja. Ubah aturan, lalu lihat akibatnya: tanggap rules backtest --rules FOLDER",
                "These are proposals only. Change the rules, then see what it does: tanggap rules backtest --rules FOLDER"
            )
        );
    }
}

/// `high → low (3), medium → low (1)`
fn listed(counted: &[(String, usize)]) -> String {
    let told = counted
        .iter()
        .map(|(what, count)| format!("{what} ({count})"));
    told.collect::<Vec<_>>().join(", ")
}

fn as_json(record: &Record) -> Value {
    let rule = |(name, rule): (&str, &Blamed)| {
        json!({
            "rule": name, "overridden": rule.overridden, "upheld": rule.upheld, "turns": rule.turns(),
            "words": rule.most_words(), "cases": rule.cases, "reasons": rule.reasons, "suggestion": rule.suggestion(),
        })
    };
    let rules: Vec<Value> = record.blamed().into_iter().map(rule).collect();
    json!({ "decided": record.decided, "overridden": record.overridden, "rules": rules })
}
