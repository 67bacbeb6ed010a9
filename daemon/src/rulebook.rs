//! The rules in force: the shipped book and the site's own files, read at the start and again on SIGHUP.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tanggap_rules::form::{Fault, Faults};
use tanggap_rules::{RuleFile, RuleSet};
use tokio::sync::watch;

use crate::lifecycle::Reload;
use crate::pace::Chain;

/// Why there is no rule set.
#[derive(Debug, thiserror::Error)]
pub enum RulebookError {
    #[error("aturan di {} tidak dapat dibaca", path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{0}")]
    Faulty(Faults),
}

/// Reads the shipped book and every `*.toml` of the site's folder, in the order of their names.
pub fn read(folder: Option<&Path>) -> Result<RuleSet, RulebookError> {
    let mut files = RuleSet::book();
    if let Some(folder) = folder {
        files.extend(own_files(folder)?);
    }
    let refused = |faults: Vec<Fault>| RulebookError::Faulty(faults.into_iter().collect());
    RuleSet::compile(&files).map_err(refused)
}

fn own_files(folder: &Path) -> Result<Vec<RuleFile>, RulebookError> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
        paths.push(entry.map_err(unreadable(folder))?.path());
    }
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    });
    paths.sort();
    paths.iter().map(|path| own_file(path)).collect()
}

fn own_file(path: &Path) -> Result<RuleFile, RulebookError> {
    Ok(RuleFile {
        name: path.display().to_string(),
        text: std::fs::read_to_string(path).map_err(unreadable(path))?,
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

fn unreadable(path: &Path) -> impl FnOnce(std::io::Error) -> RulebookError {
    let path = path.to_owned();
    move |source| RulebookError::Unreadable { path, source }
}

/// Where the rules come from, and who is told when they change.
pub struct Rulebook {
    folder: Option<PathBuf>,
    in_force: watch::Sender<Arc<RuleSet>>,
}

impl Rulebook {
    pub fn open(folder: Option<PathBuf>) -> Result<Self, RulebookError> {
        let rules = read(folder.as_deref())?;
        Ok(Self {
            folder,
            in_force: watch::channel(Arc::new(rules)).0,
        })
    }

    /// The rules in force, now and after every reload.
    pub fn in_force(&self) -> watch::Receiver<Arc<RuleSet>> {
        self.in_force.subscribe()
    }
}

impl Reload for Rulebook {
    /// A bad set is refused as a whole: the old one stays in force.
    async fn reload(&self) {
        match read(self.folder.as_deref()) {
            Ok(rules) => {
                self.in_force.send_replace(Arc::new(rules));
                tracing::info!("rules read again; the new ones are in force");
            }
            Err(error) => {
                tracing::error!(error = %Chain(&error), "the new rules are refused; the old ones stay in force");
            }
        }
    }
}
