//! `tanggap case analysis` and `tanggap case publication`: a case's analysis report (SOP step 7), and what may be published of it
//! (step 9).

mod analysis;
mod publication;

use serde_json::json;
use tanggap_rules::Report;

pub use analysis::Analysis;
pub use publication::Publication;

use super::books::sheet;
use super::case;
use super::report::PAGE;
use super::staff::known;
use crate::case::Sheet;
use crate::clock::Timestamp;
use crate::config::Config;
use crate::judge::reading::readable;
use crate::letter::{Press, Shelf, sample, unspeakable, wording};
use crate::register::{ANALYSIS_TABLES, Book, CaseFile, Ledger};
use crate::store::{BookRow, CaseMail, CaseView, Store, StoreError};

pub const EXAMPLES: &str = "\
Contoh:
  tanggap case analysis INS-2026-0042                           di layar
  tanggap case analysis INS-2026-0042 --out analisis.pdf        kerangka laporan analisis, untuk dilengkapi
  tanggap case publication INS-2026-0042 --out draf.pdf         draf tanpa nama, alamat, URL; bertanda DRAF
  tanggap case publication INS-2026-0042 --out berita.pdf --release
                                                                dirilis: langkah 9 dicatat pada kasus";

/// The wording of an analysis report.
pub const ANALYSIS: &str = "analisis";
/// The wording of a publication.
pub const PUBLICATION: &str = "publikasi";

/// A case with all that was read of it.
struct Dossier {
    case: CaseView,
    sheet: Sheet,
    history: Vec<(Timestamp, String, String)>,
    register: Option<BookRow>,
    agenda: Option<BookRow>,
    mails: Vec<(CaseMail, Option<Report>)>,
    participants: Vec<String>,
}

async fn gather(store: &Store, config: &Config, register: &str) -> Result<Dossier, StoreError> {
    let case = known(store, register).await?;
    let events = store.events(case.id).await?;
    let history = events
        .iter()
        .map(|event| (event.at, event.actor.clone(), case::in_words(event)));
    let mut first = store.first_rows(Book::Register, &[case.id]).await?;
    let mut agenda = store.first_rows(Book::AgendaIn, &[case.id]).await?;
    let mut mails = Vec::new();
    for mail in store.mails_of(case.id).await? {
        let report = read_again(store, config, &mail).await?;
        mails.push((mail, report));
    }
    Ok(Dossier {
        sheet: sheet(&events),
        history: history.collect(),
        register: first.remove(&case.id),
        agenda: agenda.remove(&case.id),
        mails,
        participants: store.participants(case.id).await?,
        case,
    })
}

/// One mail at a time is in memory; a larger one than the site reads is listed by its digest only.
async fn read_again(
    store: &Store,
    config: &Config,
    mail: &CaseMail,
) -> Result<Option<Report>, StoreError> {
    if mail.removed.is_some() || mail.size.unsigned_abs() > config.limits.mail_size {
        return Ok(None);
    }
    let raw = store.raw(mail.entry, config.limits.mail_size).await?;
    Ok(readable(&config.site, &raw))
}

impl Dossier {
    fn cell(&self, key: &str) -> String {
        let cells = self.register.as_ref().map(|row| &row.cells);
        cells
            .and_then(|cells| cells.get(key))
            .cloned()
            .unwrap_or_default()
    }

    fn tables(&self) -> Vec<(&'static str, Ledger)> {
        let office = Some(self.sheet.office.clone())
            .filter(|office| !office.is_empty())
            .unwrap_or_else(|| self.cell("office"));
        crate::register::analysis(&CaseFile {
            case: &self.case,
            sheet: &self.sheet,
            office,
            agenda: self
                .agenda
                .as_ref()
                .map(|row| row.number.to_string())
                .unwrap_or_default(),
            history: self.history.clone(),
            mails: self.mails.clone(),
        })
    }

    fn unspeakable(&self) -> Vec<String> {
        let mut others = self.participants.clone();
        others.extend(["reporter", "office", "subject"].map(|key| self.cell(key)));
        let reports: Vec<Report> = self
            .mails
            .iter()
            .filter_map(|(_, report)| report.clone())
            .collect();
        unspeakable(&self.case, &self.sheet, &others, &reports)
    }
}

/// How many templates these are.
pub const TEMPLATES: usize = 2;

/// The faults of both templates, tried on a made-up case.
pub fn faults(config: &Config, shelf: &Shelf, press: &Press) -> Vec<(String, String)> {
    let now = Timestamp(1_795_392_000_000);
    let ledgers = ANALYSIS_TABLES.map(|key| (key, Ledger::default()));
    let analysed = || -> anyhow::Result<Vec<u8>> {
        let words = wording(shelf, ANALYSIS, &sample())?;
        let page = analysis::page(config, shelf, (&words, "INS-2026-0042", now), &ledgers)?;
        Ok(press.pdf(PAGE, &page)?)
    };
    let published = || -> anyhow::Result<Vec<u8>> {
        let data = json!({
            "team": { "name": config.team.name, "address": config.team.address },
            "publication": { "incident": "kerentanan", "class": "vulnerable", "month": "November 2026", "recovered": "ya", "note": "" },
        });
        let words = wording(shelf, PUBLICATION, &data)?;
        Ok(press.pdf(
            PAGE,
            &publication::page(config, shelf, &words, (false, now))?,
        )?)
    };
    let tried = [(ANALYSIS, analysed()), (PUBLICATION, published())];
    let faulty = tried
        .into_iter()
        .filter_map(|(name, made)| Some((name.to_owned(), format!("{:#}", made.err()?))));
    faulty.collect()
}
