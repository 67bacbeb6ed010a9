//! `[bssn]`: where letters to BSSN go, the key they are encrypted with, and who answers BSSN's questions.

use std::path::PathBuf;

use tanggap_rules::form::Table;

use super::{Surroundings, words};

/// The way to BSSN.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BssnSettings {
    pub address: Option<String>,
    /// Its OpenPGP public key; looked at each time, because keys expire.
    pub key: Option<PathBuf>,
    /// *Narahubung*: name and office.
    pub contact: String,
    pub contact_phone: String,
}

/// Without the section packets are made, and a person names the address.
pub(super) fn read(table: Option<&Table<'_>>, around: &Surroundings) -> BssnSettings {
    let Some(table) = table else {
        return BssnSettings::default();
    };
    let text = |key| table.maybe(key).text().unwrap_or_default();
    BssnSettings {
        address: table.maybe("address").parsed(words::address),
        key: table
            .maybe("key_file")
            .text()
            .map(|path| around.path(&path)),
        contact: text("contact"),
        contact_phone: text("contact_phone"),
    }
}
