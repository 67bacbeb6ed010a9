//! The lists that `[site]` names: the inventory of assets and the roster of offices. Read at the start, and again whenever a
//! file changes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tanggap_rules::form::{Faults, Field, Table};
use tanggap_rules::{Inventory, Roster, Site};

use super::Surroundings;

/// Bytes of a list, at most.
const MOST: u64 = 8 << 20;

/// Where the lists lie; `None` where none is kept.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    pub assets: Option<PathBuf>,
    pub roster: Option<PathBuf>,
}

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    #[error("daftar {} tidak dapat dibaca ({why})", path.display())]
    Unreadable { path: PathBuf, why: String },
    #[error("{0}")]
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
    let (mut lists, mut faults) = (Lists::default(), Faults::default());
    let Some(table) = table else {
        return (lists, faults);
    };
    let assets = table.maybe("assets");
    lists.assets = assets.text().map(|path| around.path(&path));
    if let Some(read) = list(
        &assets,
        lists.assets.as_deref(),
        Inventory::read,
        &mut faults,
    ) {
        site.assets = Arc::new(read);
    }
    let roster = table.maybe("roster");
    lists.roster = roster.text().map(|path| around.path(&path));
    if let Some(read) = list(&roster, lists.roster.as_deref(), Roster::read, &mut faults) {
        site.roster = Arc::new(read);
    }
    (lists, faults)
}

fn list<T>(
    field: &Field<'_>,
    path: Option<&Path>,
    read: Reader<T>,
    faults: &mut Faults,
) -> Option<T> {
    match read_one(path?, read) {
        Ok(list) => Some(list),
        Err(ListError::Faulty(wrong)) => {
            faults.extend(wrong);
            None
        }
        Err(error) => {
            field.fault(
                error.to_string(),
                "berkas CSV atau TOML (UTF-8), relatif terhadap berkas konfigurasi ini",
            );
            None
        }
    }
}
