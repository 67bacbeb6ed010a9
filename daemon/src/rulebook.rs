//! The rules in force: the shipped book and the site's own files, read at the start, on SIGHUP, and when a file changes.

mod changes;
mod files;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tanggap_rules::form::{Fault, Faults};
use tanggap_rules::{RuleSet, Site, Trial};
use tokio::sync::{Mutex, watch};

pub use changes::Changes;
use changes::Looks;
pub use files::files;

use crate::lifecycle::Reload;
use crate::pace::Chain;

/// Why there is no rule set.
#[derive(Debug, thiserror::Error)]
pub enum RulebookError {
    #[error("{} tidak dapat dibaca: {why}", path.display())]
    Unreadable { path: PathBuf, why: String },
    #[error("{0}")]
    Faulty(Faults),
    /// They can be read, and do not do what the tests beside them want.
    #[error(
        "{failed} dari {all} uji aturan gagal, yang pertama uji aturan `{rule}` ({place}): {amiss}. Semuanya: tanggap rules test"
    )]
    Failing {
        failed: usize,
        all: usize,
        rule: String,
        place: String,
        amiss: String,
    },
    #[error("program berhenti saat membaca aturan")]
    Stopped(#[source] tokio::task::JoinError),
}

/// Reads the shipped book and every `*.toml` of the site's folder, in the order of their names.
pub fn read(folder: Option<&Path>) -> Result<RuleSet, RulebookError> {
    let files = files(folder)?;
    let refused = |faults: Vec<Fault>| RulebookError::Faulty(faults.into_iter().collect());
    RuleSet::compile(&files.book).map_err(refused)
}

/// The same, and does every test that stands beside the rules: a set that fails its own tests is not meant.
pub fn proved(folder: Option<&Path>, site: &Site) -> Result<RuleSet, RulebookError> {
    let rules = read(folder)?;
    prove(&rules, site)?;
    Ok(rules)
}

fn prove(rules: &RuleSet, site: &Site) -> Result<(), RulebookError> {
    let trials = rules.trials(site, &mail_beside);
    let mut failing = trials.iter().filter(|trial| !trial.amiss.is_empty());
    let Some(Trial {
        rule, place, amiss, ..
    }) = failing.next()
    else {
        return Ok(());
    };
    Err(RulebookError::Failing {
        failed: 1 + failing.count(),
        all: trials.len(),
        rule: rule.clone(),
        place: place.clone(),
        amiss: amiss.join("; "),
    })
}

/// The mail file that a test asks for, beside the rule file that the test stands in (`file:line`).
pub fn mail_beside(place: &str, name: &str) -> Result<Vec<u8>, String> {
    let rules = place.rsplit_once(':').map_or(place, |(file, _)| file);
    let path = Path::new(rules).with_file_name(name);
    std::fs::read(&path).map_err(|error| {
        format!(
            "surel {} tidak dapat dibaca ({error}): letakkan di samping berkas aturannya",
            path.display()
        )
    })
}

/// How the rules stand, for whoever asks after the daemon's health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Of the set in force.
    pub digest: String,
    /// Why the newest files are not in force, or not sound; `None` where all is well.
    pub trouble: Option<String>,
}

/// Where the rules come from, and who is told when they change.
pub struct Rulebook {
    folder: Option<PathBuf>,
    /// As the folder looked just before it was read at the start.
    at_start: Looks,
    site: Site,
    in_force: watch::Sender<Arc<RuleSet>>,
    standing: watch::Sender<Standing>,
    /// SIGHUP and a changed file may come together: the later reading is the one that counts.
    reading: Mutex<()>,
}

impl Rulebook {
    /// At the start there is no older set to keep: one that fails its tests is better than no answer to anybody, and is told.
    pub fn open(folder: Option<PathBuf>, site: &Site) -> Result<Self, RulebookError> {
        let at_start = folder.as_deref().map(changes::looks).unwrap_or_default();
        let rules = read(folder.as_deref())?;
        let failing = prove(&rules, site).err();
        if let Some(error) = &failing {
            tracing::error!(error = %Chain(error), "the rules fail their own tests; they are in force all the same, since there are no older ones");
        }
        let standing = Standing {
            digest: rules.digest().to_owned(),
            trouble: failing.map(|error| Chain(&error).to_string()),
        };
        Ok(Self {
            folder,
            at_start,
            site: site.clone(),
            in_force: watch::channel(Arc::new(rules)).0,
            standing: watch::channel(standing).0,
            reading: Mutex::new(()),
        })
    }

    /// The rules in force, now and after every reload.
    pub fn in_force(&self) -> watch::Receiver<Arc<RuleSet>> {
        self.in_force.subscribe()
    }

    /// How they stand, now and after every reload.
    pub fn standing(&self) -> watch::Receiver<Standing> {
        self.standing.subscribe()
    }

    async fn read_again(&self) -> Result<RuleSet, RulebookError> {
        let (folder, site) = (self.folder.clone(), self.site.clone());
        let work = tokio::task::spawn_blocking(move || proved(folder.as_deref(), &site));
        work.await.map_err(RulebookError::Stopped)?
    }

    fn put_in_force(&self, rules: RuleSet) {
        let digest = rules.digest().to_owned();
        tracing::info!(digest, "rules read again; the new ones are in force");
        self.in_force.send_replace(Arc::new(rules));
        self.standing.send_replace(Standing {
            digest,
            trouble: None,
        });
    }
}

impl Reload for Rulebook {
    /// A set that is faulty or fails its tests is refused as a whole: the old one stays in force.
    async fn reload(&self) {
        let _alone = self.reading.lock().await;
        match self.read_again().await {
            Ok(rules) => self.put_in_force(rules),
            Err(error) => {
                let why = Chain(&error).to_string();
                tracing::error!(error = %why, "the new rules are refused; the old ones stay in force");
                let trouble = format!("aturan baru DITOLAK, yang lama tetap berlaku: {why}");
                self.standing
                    .send_modify(|standing| standing.trouble = Some(trouble));
            }
        }
    }
}
