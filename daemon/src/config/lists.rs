//! The lists that `[site]` names: the inventory of assets and the roster of offices. Read at the start, and again whenever a
//! file changes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tanggap_rules::form::{Faults, Field, Table};
use tanggap_rules::{Inventory, Roster, Site};

use super::{Secrets, Surroundings};
use crate::tongue::{say, spoken, words};

/// Bytes of a list, at most.
const MOST: u64 = 8 << 20;

/// Where the lists lie; `None` where none is kept.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    assets: Option<PathBuf>,
    roster: Option<PathBuf>,
    /// Why a verb beside the daemon does without them; empty where all is well. A slip in a list stops no verb that reads no mail.
    pub trouble: String,
}

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    #[error("{}", say!("daftar {} tidak dapat dibaca ({why})", "the list {} cannot be read ({why})", path.display()))]
    Unreadable { path: PathBuf, why: String },
    #[error("{}", _0.told(spoken()))]
    Faulty(Faults),
}

impl Lists {
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let files = [&self.assets, &self.roster].into_iter().flatten();
        files.map(PathBuf::as_path)
    }

    /// A site with its lists as they are now; both or none.
    pub fn read_into(&self, site: &Site) -> Result<Site, ListError> {
        let mut site = site.clone();
        if let Some(assets) = &self.assets {
            site.assets = Arc::new(read_one(assets, Inventory::read)?);
        }
        if let Some(roster) = &self.roster {
            site.roster = Arc::new(read_one(roster, Roster::read)?);
        }
        Ok(site)
    }
}

type Reader<T> = fn(&str, &str) -> Result<T, Faults>;

fn read_one<T>(path: &Path, read: Reader<T>) -> Result<T, ListError> {
    let unreadable = |why: String| ListError::Unreadable {
        path: path.to_owned(),
        why,
    };
    let text = match std::fs::metadata(path).map(|file| file.len()) {
        Ok(size) if size > MOST => return Err(unreadable("lebih besar dari 8 MB".to_owned())),
        _ => std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?,
    };
    read(&path.display().to_string(), &text).map_err(ListError::Faulty)
}

/// Reads both lists into the site; what is wrong in them is told with what is wrong in the configuration.
pub(super) fn read(
    table: Option<&Table<'_>>,
    around: &Surroundings,
    site: &mut Site,
) -> (Lists, Faults) {
    let mut faults = Faults::default();
    let Some(table) = table else {
        return (Lists::default(), faults);
    };
    let (assets, roster) = (table.maybe("assets"), table.maybe("roster"));
    let path = |field: &Field<'_>| field.text().map(|path| around.path(&path));
    let mut lists = Lists {
        assets: path(&assets),
        roster: path(&roster),
        trouble: String::new(),
    };
    let read = (
        lists
            .assets
            .as_deref()
            .map(|path| read_one(path, Inventory::read)),
        lists
            .roster
            .as_deref()
            .map(|path| read_one(path, Roster::read)),
    );
    let mut sieve = Sieve {
        beside: around.secrets == Secrets::Store,
        faults: &mut faults,
        trouble: &mut lists.trouble,
    };
    if let Some(assets) = read.0.and_then(|read| sieve.sound(&assets, read)) {
        site.assets = Arc::new(assets);
    }
    if let Some(roster) = read.1.and_then(|read| sieve.sound(&roster, read)) {
        site.roster = Arc::new(roster);
    }
    (lists, faults)
}

/// Where the trouble with a list goes.
struct Sieve<'s> {
    /// For a verb beside the daemon.
    beside: bool,
    faults: &'s mut Faults,
    trouble: &'s mut String,
}

impl Sieve<'_> {
    fn sound<T>(&mut self, field: &Field<'_>, read: Result<T, ListError>) -> Option<T> {
        match read {
            Ok(list) => return Some(list),
            Err(error) if self.beside => self.trouble.push_str(&error.to_string()),
            Err(ListError::Faulty(wrong)) => self.faults.extend(wrong),
            Err(error) => field.fault(
                error.to_string(),
                words!(
                    "berkas CSV atau TOML (UTF-8), relatif terhadap berkas konfigurasi ini",
                    "a CSV or TOML file (UTF-8), relative to this configuration file"
                ),
            ),
        }
        None
    }
}
