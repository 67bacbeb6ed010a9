//! The lists that `[site]` names: the inventory of assets and the roster of offices.

use std::sync::Arc;

use tanggap_rules::form::{Faults, Field, Table};
use tanggap_rules::{Inventory, Roster, Site};

use super::Surroundings;

/// Bytes of a list, at most.
const MOST: u64 = 8 << 20;

/// Reads both lists into the site; what is wrong in them is told with what is wrong in the configuration.
pub(super) fn read(table: Option<&Table<'_>>, around: &Surroundings, site: &mut Site) -> Faults {
    let mut faults = Faults::default();
    let Some(table) = table else {
        return faults;
    };
    if let Some(assets) = list(&table.maybe("assets"), around, Inventory::read, &mut faults) {
        site.assets = Arc::new(assets);
    }
    if let Some(roster) = list(&table.maybe("roster"), around, Roster::read, &mut faults) {
        site.roster = Arc::new(roster);
    }
    faults
}

fn list<T>(
    field: &Field<'_>,
    around: &Surroundings,
    read: fn(&str, &str) -> Result<T, Faults>,
    faults: &mut Faults,
) -> Option<T> {
    let path = around.path(&field.text()?);
    let size = std::fs::metadata(&path).map(|file| file.len());
    let text = match size {
        Ok(size) if size > MOST => Err("lebih besar dari 8 MB".to_owned()),
        _ => std::fs::read_to_string(&path).map_err(|error| error.to_string()),
    };
    match text {
        Ok(text) => read(&path.display().to_string(), &text)
            .map_err(|wrong| faults.extend(wrong))
            .ok(),
        Err(why) => {
            field.fault(
                format!("daftar {} tidak dapat dibaca ({why})", path.display()),
                "berkas CSV atau TOML (UTF-8), relatif terhadap berkas konfigurasi ini",
            );
            None
        }
    }
}
