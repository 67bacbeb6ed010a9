//! `tanggap case escalate`: the decision for BSSN, and the packet that a person looks at, signs for and releases.

mod packet;

use std::path::{Path, PathBuf};

use clap::Args;
use sha2::{Digest, Sha256};
use tanggap_rules::Report;

use super::Format;
use super::staff::{On, act, known, operator, said, with_skips};
use crate::case::{Act, Event, Sheet, Way};
use crate::clock::Clock;
use crate::config::Config;
use crate::letter::{Kind, PacketFacts};
use crate::pgp;
use crate::register::hex;
use crate::secretary::sheet_of;
use crate::showing::Typed;
use crate::store::{CaseView, Drafted, LetterWork, PaperFile, Store, StoreError};
use crate::tongue::{say, spoken};

pub const EXAMPLES: &str = "\
Contoh:
  tanggap case escalate INS-2026-0042 --reason \"di luar kemampuan\" --system simpus.batangkab.go.id --owner \"Dinas Kesehatan\"
  tanggap case escalate INS-2026-0042 --help-wanted \"analisis malware\" --out /srv/paket

Yang terjadi: keputusan dicatat (bila belum), paket ditulis ke folder, surat ke BSSN disiapkan dengan paket sebagai lampiran.
Tidak ada yang terkirim sebelum surat diterbitkan, ditandatangani, dan dilepas: tanggap letter list";

#[derive(Debug, Args)]
pub struct Escalate {
    #[command(flatten)]
    on: On,
    /// Mengapa dieskalasi; wajib bila belum diputuskan
    #[arg(long, value_name = "ALASAN", value_parser = said)]
    reason: Option<String>,
    /// Sistem terdampak: nama, URL, IP, fungsi
    #[arg(long, value_name = "ISI", default_value = "")]
    system: String,
    /// OPD pemilik sistem
    #[arg(long, value_name = "NAMA", default_value = "")]
    owner: String,
    /// Dampak: layanan, jumlah pengguna atau data
    #[arg(long, value_name = "ISI", default_value = "")]
    impact: String,
    /// Juga mohon bantuan tanggap insiden: bantuan apa
    #[arg(long, value_name = "ISI", default_value = "")]
    help_wanted: String,
    /// Folder tempat paket ditulis
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,
}

/// The packet, ready to be attached.
struct Packed {
    name: String,
    bytes: Vec<u8>,
}

impl Escalate {
    pub async fn act(
        &self,
        (store, clock): (&Store, &Clock),
        config: &Config,
        format: Format,
    ) -> anyhow::Result<()> {
        // Before anything is decided or written: an expired key must stop all of it.
        if let Some(key) = &config.bssn.key {
            pgp::check(key, clock)?;
        }
        let operator = operator(self.on.by.as_ref())?;
        let case = known(store, &self.on.register).await?;
        let read = packet::mails(store, config, &store.events(case.id).await?).await?;
        let case = self
            .decide((store, clock), (&case, read.0.first()), (config, &operator))
            .await?;
        let events = store.events(case.id).await?;
        let facts = self.facts(config, (&case, &events), read);
        let folder = self.out.join(format!("{}-bssn", case.register));
        let packed = packet::write(&folder, &facts, (config, clock))?;
        let letters = self
            .letters((store, clock), &case, (&packed, &operator))
            .await?;
        tell(&facts, (&folder, &packed), &letters, format);
        Ok(())
    }

    /// The decision of step 3, where it was not taken yet, and what is hit: the letter says it as the packet does.
    async fn decide(
        &self,
        (store, clock): (&Store, &Clock),
        (case, report): (&CaseView, Option<&Report>),
        (config, operator): (&Config, &str),
    ) -> Result<CaseView, StoreError> {
        let mut events = Vec::new();
        if !case.progress.escalated {
            let Some(reason) = &self.reason else {
                return Err(StoreError::Refused(say!(
                    "{} belum diputuskan untuk BSSN; sebut alasannya: --reason ALASAN",
                    "{} is not decided for BSSN yet; say why: --reason REASON",
                    case.register
                )));
            };
            let decided = Act::Decided {
                way: Way::Bssn,
                reason: reason.clone(),
            };
            events = with_skips(case, decided, self.on.skip.as_deref())?;
        }
        let told = store.events(case.id).await?;
        events.extend(self.affected(&sheet_of(&told), report).map(Event::Acted));
        if events.is_empty() {
            return Ok(case.clone());
        }
        let typed = || {
            let events = events.clone();
            vec![Typed {
                case: case.id,
                events,
            }]
        };
        act((store, clock), &config.osticket, typed, operator).await?;
        known(store, &self.on.register).await
    }

    /// What is said here of the system, its owner and the impact, where it is news; the owner that the report names, where nobody
    /// told another.
    fn affected(&self, sheet: &Sheet, report: Option<&Report>) -> Option<Act> {
        let news = |said: &str, known: &str| if said == known { "" } else { said }.to_owned();
        let named = report.and_then(|report| report.office.clone());
        let owner = match self.owner.as_str() {
            "" if sheet.office.is_empty() => named.unwrap_or_default(),
            told => told.to_owned(),
        };
        let (system, impact) = (
            news(&self.system, &sheet.system),
            news(&self.impact, &sheet.impact),
        );
        let office = news(&owner, &sheet.office);
        let any = [&system, &office, &impact]
            .iter()
            .any(|said| !said.is_empty());
        any.then_some(Act::Affected {
            system,
            office,
            impact,
        })
    }

    /// One draft a kind that waits for number, signature and release, with the packet beside it: a newer packet takes the older one's
    /// place. What has its number already is not touched, and no second letter is drafted beside it.
    async fn letters(
        &self,
        (store, clock): (&Store, &Clock),
        case: &CaseView,
        (packed, operator): (&Packed, &str),
    ) -> Result<Vec<Drafting>, StoreError> {
        let mut kinds = vec![(Kind::BssnReport, String::new())];
        if !self.help_wanted.is_empty() {
            kinds.push((Kind::BssnHelp, self.help_wanted.clone()));
        }
        let mut drafted = Vec::new();
        for (kind, note) in kinds {
            let work = LetterWork {
                case: case.id,
                letter: None,
                kind,
                note,
                deeds: Vec::new(),
                files: vec![(
                    PaperFile::Enclosure,
                    packed.name.clone(),
                    packed.bytes.clone(),
                )],
                mail: None,
            };
            let done = store.draft_once(&work, operator, clock.now()).await?;
            drafted.push(Drafting::of(&case.register, kind, done));
        }
        Ok(drafted)
    }
}

/// What became of one kind of letter.
struct Drafting {
    name: String,
    kind: Kind,
    came: Drafted,
}

impl Drafting {
    fn of(register: &str, kind: Kind, came: Drafted) -> Self {
        let (Drafted::New(letter) | Drafted::Renewed(letter) | Drafted::Standing(letter, _)) = came;
        Self {
            name: format!("{register}/letter/{letter}"),
            kind,
            came,
        }
    }

    /// For programs: what was drafted or renewed.
    fn is_waiting(&self) -> bool {
        !matches!(self.came, Drafted::Standing(..))
    }

    fn in_words(&self) -> String {
        let (name, kind) = (&self.name, self.kind.name());
        match self.came {
            Drafted::New(_) => {
                say!(
                    "disiapkan: {name} ({kind}); terbitkan dengan nomor, tandatangani, lalu lepas",
                    "prepared: {name} ({kind}); issue it with a number, sign it, then release it"
                )
            }
            Drafted::Renewed(_) => {
                say!(
                    "diperbarui: {name} ({kind}), konsep yang sama dengan paket yang baru",
                    "renewed: {name} ({kind}), the same draft with the new packet"
                )
            }
            Drafted::Standing(_, state) => say!(
                "TIDAK disiapkan lagi: {name} ({kind}) sudah {}; lampirannya tetap yang dahulu. Bila surat lain memang perlu: tanggap letter draft {kind} {}",
                "NOT prepared again: {name} ({kind}) is: {}; it keeps the packet of then. If another letter is needed: tanggap letter draft {kind} {}",
                state.in_words(spoken()),
                name.split('/').next().unwrap_or_default()
            ),
        }
    }
}

fn tell(
    facts: &PacketFacts,
    (folder, packed): (&Path, &Packed),
    letters: &[Drafting],
    format: Format,
) {
    let missing = facts.missing();
    let names = |waiting: bool| -> Vec<String> {
        let those = letters
            .iter()
            .filter(|letter| letter.is_waiting() == waiting);
        those
            .map(|letter| format!("{} ({})", letter.name, letter.kind.name()))
            .collect()
    };
    if format == Format::Json {
        println!(
            "{}",
            serde_json::json!({
                "register": facts.register, "folder": folder.display().to_string(), "packet": packed.name,
                "sha256": hex(&Sha256::digest(&packed.bytes)), "missing": missing,
                "letters": names(true), "standing": names(false),
            })
        );
        return;
    }
    println!(
        "{}",
        say!(
            "{}: paket ditulis ke {}",
            "{}: packet written to {}",
            facts.register,
            folder.display()
        )
    );
    println!(
        "{}",
        say!(
            "lampiran {}, sha256 {}",
            "attachment {}, sha256 {}",
            packed.name,
            hex(&Sha256::digest(&packed.bytes))
        )
    );
    for what in &missing {
        println!("{}", say!("BELUM ADA: {what}", "MISSING: {what}"));
    }
    for letter in letters {
        println!("{}", letter.in_words());
    }
}
