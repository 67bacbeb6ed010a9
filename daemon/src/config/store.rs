//! `[store]`: one embedded file, or a database server.

use std::path::PathBuf;

use tanggap_rules::form::{Field, Table};

use super::secret::{self, Wanted};
use super::{StoreSettings, Surroundings};
use crate::tongue::words;

#[derive(Clone, Copy)]
enum Kind {
    Sqlite,
    Postgres,
}

pub(super) fn read(table: Option<&Table<'_>>, around: &Surroundings) -> Option<StoreSettings> {
    let Some(table) = table else {
        return Some(StoreSettings::Sqlite {
            path: usual_path(around),
        });
    };
    let kind = table.maybe("kind");
    let kind = if kind.is_present() {
        kind.one_of(&[("sqlite", Kind::Sqlite), ("postgres", Kind::Postgres)])?
    } else {
        Kind::Sqlite
    };
    let (path, url) = (table.maybe("path"), table.maybe("url"));
    let password = secret::read(table, "password", Wanted::Maybe, around);
    match kind {
        Kind::Sqlite => {
            url.refuse(
                words!(
                    "`url` hanya untuk kind = \"postgres\"",
                    "`url` is only for kind = \"postgres\""
                ),
                "path = \"/var/lib/tanggap/tanggap.db\"",
            );
            let path = if path.is_present() {
                around.path(&path.text()?)
            } else {
                usual_path(around)
            };
            Some(StoreSettings::Sqlite { path })
        }
        Kind::Postgres => {
            path.refuse(
                words!(
                    "`path` hanya untuk kind = \"sqlite\"",
                    "`path` is only for kind = \"sqlite\""
                ),
                "url = \"postgres://tanggap@127.0.0.1/tanggap\"",
            );
            Some(StoreSettings::Postgres {
                url: postgres_url(&table.need("url"))?,
                password,
            })
        }
    }
}

fn usual_path(around: &Surroundings) -> PathBuf {
    around
        .state
        .clone()
        .unwrap_or_else(|| PathBuf::from("/var/lib/tanggap"))
        .join("tanggap.db")
}

/// The password stays out of the URL: URLs end up in process lists and logs.
fn postgres_url(field: &Field<'_>) -> Option<String> {
    let url = field.text()?;
    let rest = url
        .strip_prefix("postgres://")
        .or_else(|| url.strip_prefix("postgresql://"));
    let Some(rest) = rest else {
        field.fault(
            words!("bukan URL PostgreSQL", "this is no PostgreSQL URL"),
            "\"postgres://tanggap@127.0.0.1/tanggap\"",
        );
        return None;
    };
    let user = rest.rsplit_once('@').map(|(user, _)| user);
    if user.is_some_and(|user| user.contains(':')) || rest.contains("password=") {
        field.fault(
            words!(
                "kata sandi tidak boleh ditulis di URL",
                "the password must not be written in the URL"
            ),
            words!(
                "\"postgres://pengguna@host/basisdata\" dan password_file atau password_credential",
                "\"postgres://user@host/database\" and password_file or password_credential"
            ),
        );
        return None;
    }
    Some(url)
}
