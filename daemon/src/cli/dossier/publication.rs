//! `tanggap case publication`: what may be told of a closed case (SOP step 9), released by flag only.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::report::PAGE;
use super::super::sheet::{ending, unknown_ending};
use super::super::staff::{operator, with_skips};
use super::{Dossier, PUBLICATION, gather};
use crate::case::{Act, Phase};
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::letter::{
    Cover, Head, Inserts, Press, Shelf, Wording, publication_data, report_page, spoken, wording,
};
use crate::register::hex;
use crate::store::{CaseView, Store, StoreError};
use crate::tongue::say;

#[derive(Debug, Args)]
pub struct Publication {
    #[arg(value_name = "REGISTER")]
    register: String,
    /// Berkas PDF
    #[arg(long, value_name = "BERKAS")]
    out: PathBuf,
    /// Kalimat tambahan; ditolak bila menyebut korban, alamat, atau pelapor kasus ini
    #[arg(long, value_name = "ISI", default_value = "")]
    note: String,
    /// Rilis: tanpa tanda DRAF, dan langkah 9 dicatat pada kasus
    #[arg(long)]
    release: bool,
    /// Siapa yang merilis [bila kosong: $TANGGAP_OPERATOR, lalu nama pengguna sistem]
    #[arg(long, value_name = "NAMA")]
    by: Option<String>,
}

impl Publication {
    pub async fn act(
        &self,
        (store, clock): (&Store, &Clock),
        config: &Config,
    ) -> anyhow::Result<()> {
        let dossier = gather(store, config, &self.register).await?;
        self.allowed(&dossier.case)?;
        let letters = &config.letters;
        let templates = Shelf::open(letters.folder.as_deref(), letters.emblem.as_deref())?;
        let words = self.worded(config, &templates, &dossier)?;
        let made = page(config, &templates, &words, (self.release, clock.now()))?;
        let bytes = Press::new(Arc::new(templates)).pdf(PAGE, &made)?;
        std::fs::write(&self.out, &bytes)?;
        if !self.release {
            println!(
                "{}",
                say!(
                    "{}: DRAF, belum dirilis. Rilis dengan --release.",
                    "{}: DRAFT, not released. Release it with --release.",
                    self.out.display()
                )
            );
            return Ok(());
        }
        self.record((store, clock), &dossier.case, hex(&Sha256::digest(&bytes)))
            .await?;
        Ok(())
    }

    /// The wording, which names nobody.
    fn worded(
        &self,
        config: &Config,
        templates: &Shelf,
        dossier: &Dossier,
    ) -> anyhow::Result<Wording> {
        let team = &config.team;
        let data = |note: &str| publication_data(team, &dossier.case, &dossier.sheet, note);
        let words = wording(templates, PUBLICATION, &data(&self.note))?;
        // A reporter may be called Sandi; what the shipped wording says of passwords (*kata sandi*) means nobody.
        let harmless = wording(&Shelf::open(None, None)?, PUBLICATION, &data(""))?;
        let mut names = dossier.unspeakable();
        while let Some(word) = spoken(&harmless, team, &names) {
            names.retain(|name| *name != word);
        }
        match spoken(&words, team, &names) {
            None => Ok(words),
            Some(name) => Err(StoreError::Refused(say!("draf ini menyebut \"{name}\" dari kasus {}; yang dipublikasikan tidak boleh memuat nama, alamat, atau sistem korban. Hapus dari --note atau dari templat publikasi.txt", "this draft names \"{name}\" of case {}; a publication must not name the victim, its addresses or its systems. Take it out of --note or of the template publikasi.txt",
                dossier.case.register
            ))
            .into()),
        }
    }

    fn allowed(&self, case: &CaseView) -> Result<(), StoreError> {
        if ending(&self.out) != "pdf" {
            return Err(unknown_ending(&self.out, ".pdf"));
        }
        if matches!(
            case.progress.phase,
            Phase::Closed | Phase::Drafted | Phase::Reported
        ) {
            return Ok(());
        }
        Err(StoreError::Refused(say!(
            "{}: publikasi dibuat sesudah kasus ditutup; tahap sekarang: {}",
            "{}: a publication is made after its case is closed; step now: {}",
            case.register,
            case.progress.phase.in_words(crate::tongue::spoken())
        )))
    }

    async fn record(
        &self,
        (store, clock): (&Store, &Clock),
        case: &CaseView,
        sha256: String,
    ) -> Result<(), StoreError> {
        let operator = operator(self.by.as_ref())?;
        let events = with_skips(
            case,
            Act::Drafted {
                sha256: sha256.clone(),
            },
            None,
        )?;
        let events: Vec<_> = events.into_iter().map(|event| (case.id, event)).collect();
        store.act(&events, &operator, clock.now()).await?;
        println!(
            "{}",
            say!(
                "{}: dirilis atas nama {operator}; langkah 9 dicatat.\nsha256 {sha256}",
                "{}: released in the name of {operator}; step 9 is recorded.\nsha256 {sha256}",
                self.out.display()
            )
        );
        Ok(())
    }
}

/// The page of a publication; until it is released it says that it is a draft.
pub fn page(
    config: &Config,
    templates: &Shelf,
    words: &Wording,
    (released, now): (bool, Timestamp),
) -> anyhow::Result<Value> {
    let head = Head {
        number: "",
        date: now,
        reference: "Informasi keamanan siber",
        to: "",
    };
    let inserts = Inserts {
        emblem: templates.emblem(),
        ..Inserts::default()
    };
    let security = if released {
        "BIASA"
    } else {
        "TERBATAS — DRAF, BELUM DIRILIS"
    };
    let cover = Cover {
        title: "Informasi Keamanan Siber".to_owned(),
        subtitle: if released {
            String::new()
        } else {
            "DRAF".to_owned()
        },
        security: security.to_owned(),
        signed: false,
    };
    Ok(report_page(
        &config.letters,
        words,
        (&head, &cover),
        &inserts,
    )?)
}
