//! The internal note that tells staff, and nobody else, why a report was judged as it was. Pure.

use tanggap_rules::{Classification, Observable, defang};

use super::{Facts, NoteDraft, authenticity, cut, line, observables, severity_name};

/// Reasons and rules shown, at most.
const SHOWN: usize = 20;

/// Another case that may belong to this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kin {
    pub register: String,
    pub subject: String,
    /// osTicket's number, where it has one.
    pub ticket: Option<String>,
    /// What both have.
    pub why: String,
}

/// What two cases share, for people: nothing in it can be clicked.
pub fn same((kind, value): (&str, &str), shared: i64) -> String {
    let what = match kind {
        "asset" => "sistem sama",
        "url" => "alamat web sama",
        "ipv4" | "ipv6" => "alamat IP sama",
        _ => "sidik berkas sama",
    };
    let seen = Observable {
        kind: if kind == "asset" { "domain" } else { kind }.to_owned(),
        value: value.to_owned(),
        place: String::new(),
    };
    let more = match shared {
        1 => String::new(),
        shared => format!(", dan {} lagi", shared - 1),
    };
    format!("{what}: {}{more}", seen.defanged())
}

/// Why it was judged so, what was found in it, whether its sender is who they say, and what else they reported.
pub fn classification(facts: &Facts<'_>, kin: &[Kin]) -> NoteDraft {
    let judged = facts.classification;
    let mut text = String::new();
    line(
        &mut text,
        &format!(
            "Usulan tanggap untuk {}: tingkat {}, jenis {}",
            facts.register,
            severity_name(judged.severity),
            judged.incident
        ),
    );
    line(
        &mut text,
        &format!(
            "Keaslian pengirim: {}",
            authenticity(facts.report.authenticity)
        ),
    );
    if facts.report.is_red() {
        line(
            &mut text,
            "TLP:RED: alasan dan indikatornya hanya ada di jurnal.",
        );
    } else {
        reasons(&mut text, judged);
        observables(&mut text, facts.report);
    }
    related(&mut text, kin);
    line(
        &mut text,
        "\nPutusan petugas selalu menang: ubah prioritas tiket ini, atau tulis catatan yang diawali #tingkat high|medium|low, #bukaninsiden, #gabung INS-…",
    );
    NoteDraft {
        title: format!("tanggap: penilaian {}", facts.register),
        body: text,
    }
}

fn reasons(text: &mut String, judged: &Classification) {
    for reason in judged.reasons.iter().take(SHOWN) {
        line(text, &format!("- {}", cut(&defang(reason), 400)));
    }
    if judged.fired.is_empty() {
        return;
    }
    line(text, "Aturan yang kena, dan kata yang membuatnya kena:");
    for fired in judged.fired.iter().take(SHOWN) {
        let words = defang(&fired.words.join(", "));
        line(
            text,
            &format!("- {} ({}): {}", fired.rule, fired.clause, cut(&words, 200)),
        );
    }
}

fn related(text: &mut String, kin: &[Kin]) {
    if kin.is_empty() {
        return;
    }
    line(
        text,
        "Kasus lain yang mungkin terkait (bila kejadiannya sama: #gabung NOMOR alasan):",
    );
    for case in kin {
        let ticket = case
            .ticket
            .as_ref()
            .map(|number| format!(" (tiket {number})"))
            .unwrap_or_default();
        let subject = cut(&defang(&case.subject), 100);
        line(
            text,
            &format!("- {}{ticket}: {subject} [{}]", case.register, case.why),
        );
    }
}
