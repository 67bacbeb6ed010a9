//! The internal note that tells staff, and nobody else, why a report was judged as it was. Pure.

use tanggap_rules::{Classification, Observable, Tongue, defang, say_in};

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
pub fn same((kind, value): (&str, &str), shared: i64, tongue: Tongue) -> String {
    let what = match kind {
        "asset" => tongue.choose("sistem sama", "same system"),
        "url" => tongue.choose("alamat web sama", "same web address"),
        "ipv4" | "ipv6" => tongue.choose("alamat IP sama", "same IP address"),
        _ => tongue.choose("sidik berkas sama", "same file hash"),
    };
    let seen = Observable {
        kind: if kind == "asset" { "domain" } else { kind }.to_owned(),
        value: value.to_owned(),
        place: String::new(),
    };
    let more = match shared {
        1 => String::new(),
        shared => say_in!(tongue, ", dan {} lagi", ", and {} more", shared - 1),
    };
    format!("{what}: {}{more}", seen.defanged())
}

/// Why later news raised the severity, and how a person has the last word.
pub fn raised(facts: &Facts<'_>, was: &str) -> NoteDraft {
    let (judged, tongue) = (facts.classification, facts.tongue);
    let (register, now, entry) = (facts.register, judged.severity.name(), facts.entry);
    let mut text = String::new();
    let risen = say_in!(
        tongue,
        "Susulan di jurnal nomor {entry} membawa kabar yang lebih berat: tingkat {register} naik dari {was} menjadi {now}.",
        "A follow-up (journal number {entry}) brings worse news: the severity of {register} rises from {was} to {now}."
    );
    line(&mut text, &risen);
    if facts.report.is_red() {
        let kept = tongue.choose(
            "TLP:RED: alasannya hanya ada di jurnal.",
            "TLP:RED: the reasons are in the journal only.",
        );
        line(&mut text, kept);
    } else {
        reasons(&mut text, judged, tongue);
    }
    let last_word = tongue.choose(
        "Belum ada petugas yang menetapkannya. Tetapkan sendiri dengan prioritas tiket ini, atau catatan #tingkat high|medium|low; sesudah \
         itu tidak ada susulan yang mengubahnya.",
        "No agent has set it yet. Set it by this ticket's priority, or by a note #tingkat high|medium|low; no follow-up changes it after that.",
    );
    line(&mut text, last_word);
    NoteDraft {
        title: say_in!(
            tongue,
            "tanggap: tingkat {register} naik menjadi {now}",
            "tanggap: severity of {register} raised to {now}"
        ),
        body: text,
    }
}

/// Why it was judged so, what was found in it, whether its sender is who they say, and what else they reported.
pub fn classification(facts: &Facts<'_>, kin: &[Kin]) -> NoteDraft {
    let (judged, tongue) = (facts.classification, facts.tongue);
    let mut text = String::new();
    line(
        &mut text,
        &say_in!(
            tongue,
            "Usulan tanggap untuk {}: tingkat {}, jenis {}",
            "tanggap proposes for {}: severity {}, type {}",
            facts.register,
            severity_name(judged.severity),
            judged.incident
        ),
    );
    line(
        &mut text,
        &say_in!(
            tongue,
            "Keaslian pengirim: {}",
            "Sender: {}",
            authenticity(facts.report.authenticity, tongue)
        ),
    );
    if facts.report.is_red() {
        line(
            &mut text,
            tongue.choose(
                "TLP:RED: alasan dan indikatornya hanya ada di jurnal.",
                "TLP:RED: reasons and indicators are in the journal only.",
            ),
        );
    } else {
        reasons(&mut text, judged, tongue);
        observables(&mut text, facts.report, tongue);
    }
    related(&mut text, kin, tongue);
    line(
        &mut text,
        tongue.choose("\nPutusan petugas selalu menang: ubah prioritas tiket ini, atau tulis catatan yang diawali #tingkat high|medium|low, #bukaninsiden, #gabung INS-…", "\nThe word of staff always wins: change this ticket's priority, or write a note that begins with #tingkat high|medium|low, #bukaninsiden (not an incident), #gabung INS-… (merge)"),
    );
    NoteDraft {
        title: say_in!(
            tongue,
            "tanggap: penilaian {}",
            "tanggap: judgement of {}",
            facts.register
        ),
        body: text,
    }
}

fn reasons(text: &mut String, judged: &Classification, tongue: Tongue) {
    for reason in judged.reasons.iter().take(SHOWN) {
        line(text, &format!("- {}", cut(&defang(reason), 400)));
    }
    if judged.fired.is_empty() {
        return;
    }
    line(
        text,
        tongue.choose(
            "Aturan yang kena, dan kata yang membuatnya kena:",
            "Rules that fired, and the words that made them fire:",
        ),
    );
    for fired in judged.fired.iter().take(SHOWN) {
        let words = defang(&fired.words.join(", "));
        line(
            text,
            &format!("- {} ({}): {}", fired.rule, fired.clause, cut(&words, 200)),
        );
    }
}

fn related(text: &mut String, kin: &[Kin], tongue: Tongue) {
    if kin.is_empty() {
        return;
    }
    line(
        text,
        tongue.choose(
            "Kasus lain yang mungkin terkait (bila kejadiannya sama: #gabung NOMOR alasan):",
            "Other cases that may be related (if it is the same incident: #gabung NUMBER reason):",
        ),
    );
    for case in kin {
        let ticket = case
            .ticket
            .as_ref()
            .map(|number| say_in!(tongue, " (tiket {number})", " (ticket {number})"))
            .unwrap_or_default();
        let subject = cut(&defang(&case.subject), 100);
        line(
            text,
            &format!("- {}{ticket}: {subject} [{}]", case.register, case.why),
        );
    }
}
