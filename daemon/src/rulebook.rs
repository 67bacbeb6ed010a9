//! What mails are judged by: the rules in force (the shipped book and the site's own files) and the site's lists of assets and
//! offices, read at the start, on SIGHUP, and when a file changes.

mod changes;
mod files;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tanggap_rules::form::{Fault, Faults};
use tanggap_rules::{RuleSet, Site, Trial};
use tokio::sync::{Mutex, watch};

pub use changes::Changes;
use changes::Looks;
pub use files::{Files, files};

use crate::config::{Config, Lists};
use crate::lifecycle::Reload;
use crate::pace::Chain;
use crate::tongue::{say, spoken};

/// Why there is no rule set.
#[derive(Debug, thiserror::Error)]
pub enum RulebookError {
    #[error("{}", say!("{} tidak dapat dibaca: {why}", "{} cannot be read: {why}", path.display()))]
    Unreadable { path: PathBuf, why: String },
    #[error("{}", _0.told(spoken()))]
    Faulty(Faults),
    /// They can be read, and do not do what the tests beside them want.
    #[error(
        "{}", say!("{failed} dari {all} uji aturan gagal, yang pertama uji aturan `{rule}` ({place}): {amiss}. Semuanya: tanggap rules test", "{failed} of {all} rule tests failed, the first is a test of rule `{rule}` ({place}): {amiss}. All of them: tanggap rules test"))]
    Failing {
        failed: usize,
        all: usize,
        rule: String,
        place: String,
        amiss: String,
    },
    #[error("{}", say!("program berhenti saat membaca aturan", "the program stopped while reading the rules"))]
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
        say!(
            "surel {} tidak dapat dibaca ({error}): letakkan di samping berkas aturannya",
            "the mail {} cannot be read ({error}): put it beside its rule file",
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

/// Where the rules and the lists come from, and who is told when they change.
pub struct Rulebook {
    folder: Option<PathBuf>,
    lists: Lists,
    /// As the files looked just before they were read at the start.
    at_start: Looks,
    in_force: watch::Sender<Arc<RuleSet>>,
    site: watch::Sender<Arc<Site>>,
    standing: watch::Sender<Standing>,
    /// SIGHUP and a changed file may come together: the later reading is the one that counts.
    reading: Mutex<()>,
}

impl Rulebook {
    /// At the start there is no older set to keep: one that fails its tests is better than no answer to anybody, and is told.
    pub fn open(config: &Config) -> Result<Self, RulebookError> {
        let folder = config.rules.folder.clone();
        let at_start = changes::looks(folder.as_deref(), &config.lists);
        let rules = read(folder.as_deref())?;
        let failing = prove(&rules, &config.site).err();
        if let Some(error) = &failing {
            tracing::error!(error = %Chain(error), "the rules fail their own tests; they are in force all the same, since there are no older ones");
        }
        let standing = Standing {
            digest: rules.digest().to_owned(),
            trouble: failing.map(|error| Chain(&error).to_string()),
        };
        Ok(Self {
            folder,
            lists: config.lists.clone(),
            at_start,
            in_force: watch::channel(Arc::new(rules)).0,
            site: watch::channel(Arc::new(config.site.clone())).0,
            standing: watch::channel(standing).0,
            reading: Mutex::new(()),
        })
    }

    /// The rules in force, now and after every reload.
    pub fn in_force(&self) -> watch::Receiver<Arc<RuleSet>> {
        self.in_force.subscribe()
    }

    /// The site with its lists, now and after every reload.
    pub fn site(&self) -> watch::Receiver<Arc<Site>> {
        self.site.subscribe()
    }

    /// How they stand, now and after every reload.
    pub fn standing(&self) -> watch::Receiver<Standing> {
        self.standing.subscribe()
    }

    async fn read_again(&self, site: Arc<Site>) -> Result<RuleSet, RulebookError> {
        let folder = self.folder.clone();
        let work = tokio::task::spawn_blocking(move || proved(folder.as_deref(), &site));
        work.await.map_err(RulebookError::Stopped)?
    }

    /// What the lists say now; why not where one cannot be used, and then both stay as they were.
    async fn lists_again(&self) -> Option<String> {
        let (lists, site) = (self.lists.clone(), self.site.borrow().clone());
        let work = tokio::task::spawn_blocking(move || lists.read_into(&site));
        let why = match work.await {
            Ok(Ok(site)) => {
                self.site.send_replace(Arc::new(site));
                return None;
            }
            Ok(Err(error)) => Chain(&error).to_string(),
            Err(stopped) => Chain(&stopped).to_string(),
        };
        tracing::error!(error = %why, "the new lists are refused; the old ones stay in force");
        Some(say!(
            "daftar baru DITOLAK, yang lama tetap berlaku: {why}",
            "the new lists are REFUSED, the old ones stay in force: {why}"
        ))
    }

    /// A set that is faulty or fails its tests is refused as a whole; why, where it is.
    async fn rules_again(&self) -> Option<String> {
        let site = self.site.borrow().clone();
        match self.read_again(site).await {
            Ok(rules) => {
                tracing::info!(
                    digest = rules.digest(),
                    "rules read again; the new ones are in force"
                );
                self.in_force.send_replace(Arc::new(rules));
                None
            }
            Err(error) => {
                let why = Chain(&error).to_string();
                tracing::error!(error = %why, "the new rules are refused; the old ones stay in force");
                Some(say!(
                    "aturan baru DITOLAK, yang lama tetap berlaku: {why}",
                    "the new rules are REFUSED, the old ones stay in force: {why}"
                ))
            }
        }
    }
}

impl Reload for Rulebook {
    /// Lists first: the rules' tests are done on the site as it then stands. Either may be refused without the other.
    async fn reload(&self) {
        let _alone = self.reading.lock().await;
        let refused = [self.lists_again().await, self.rules_again().await];
        let refused: Vec<String> = refused.into_iter().flatten().collect();
        let standing = Standing {
            digest: self.in_force.borrow().digest().to_owned(),
            trouble: (!refused.is_empty()).then(|| refused.join("; ")),
        };
        self.standing.send_replace(standing);
    }
}
