//! `[post]`: how letters leave; `[receipt]`: who gets one.

use tanggap_rules::Site;
use tanggap_rules::form::Table;

use super::secret::{self, Wanted};
use super::server::{self, Ports};
use super::{Doubt, PostSettings, ReceiptSettings, Surroundings, Trust};
use crate::tongue::words;

const PORTS: Ports = Ports {
    tls: 465,
    starttls: 587,
    plain: 25,
};

#[derive(Clone, Copy)]
enum Kind {
    Smtp,
    Directory,
}

pub(super) fn read(table: &Table<'_>, around: &Surroundings) -> Option<PostSettings> {
    match table
        .need("kind")
        .one_of(&[("smtp", Kind::Smtp), ("directory", Kind::Directory)])
    {
        Some(Kind::Smtp) => smtp(table, around),
        Some(Kind::Directory) => {
            let path = table.need("path").text()?;
            Some(PostSettings::Directory {
                path: around.path(&path),
            })
        }
        None => {
            table.entries();
            None
        }
    }
}

fn smtp(table: &Table<'_>, around: &Surroundings) -> Option<PostSettings> {
    let server = server::read(table, &PORTS, around);
    let user = table.maybe("user").text();
    let wanted = if user.is_some() {
        Wanted::Always
    } else {
        Wanted::Maybe
    };
    let password = secret::read(table, "password", wanted, around);
    if password.is_some() && user.is_none() {
        table.fault(
            words!("kata sandi tanpa pengguna", "a password without a user"),
            words!("tambahkan `user = …`", "add `user = …`"),
        );
    }
    let connections =
        usize::try_from(table.maybe("connections").integer(1..=32).unwrap_or(4)).ok()?;
    Some(PostSettings::Smtp {
        server: server?,
        user,
        password,
        connections,
    })
}

/// Without the section, receipts are sent by the strictest of the lawful settings.
pub(super) fn receipt(table: Option<&Table<'_>>, site: &Site) -> ReceiptSettings {
    let usual = ReceiptSettings {
        enabled: true,
        trust: if site.authserv_ids.is_empty() {
            Trust::ReturnPath
        } else {
            Trust::Authenticated
        },
        doubt: Doubt::Hold,
        per_sender_day: 1,
        per_domain_hour: 30,
        in_all_hour: 200,
    };
    let Some(table) = table else { return usual };
    let trusts = [
        ("authenticated", Trust::Authenticated),
        ("return-path", Trust::ReturnPath),
    ];
    let trust = table.maybe("trust");
    let trusted = trust.one_of(&trusts).unwrap_or(usual.trust);
    if trusted == Trust::Authenticated && site.authserv_ids.is_empty() {
        trust.fault(words!("tanpa `site.authserv_ids` tidak ada surel yang dapat dinyatakan asli, dan tidak ada tanda terima yang dikirim", "without `site.authserv_ids` no mail can be found authentic, and no receipt is sent"), words!("isi authserv_ids di [site], atau trust = \"return-path\"", "fill in authserv_ids in [site], or trust = \"return-path\""));
    }
    let doubts = [("hold", Doubt::Hold), ("resend-once", Doubt::ResendOnce)];
    let budget = |key, usual| {
        let written = table.maybe(key).integer(1..=100_000);
        written
            .and_then(|count| u32::try_from(count).ok())
            .unwrap_or(usual)
    };
    ReceiptSettings {
        enabled: table.maybe("enabled").flag().unwrap_or(true),
        trust: trusted,
        doubt: table.maybe("doubt").one_of(&doubts).unwrap_or(usual.doubt),
        per_sender_day: budget("per_sender_day", usual.per_sender_day),
        per_domain_hour: budget("per_domain_hour", usual.per_domain_hour),
        in_all_hour: budget("in_all_hour", usual.in_all_hour),
    }
}
