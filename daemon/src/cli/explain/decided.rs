//! The head of the page: what was decided, of whom and of what the mail speaks, and where the scales lean.

use std::fmt;

use tanggap_rules::{By, Kind, Leaning, Report, defang};

use super::page::{Page, row};
use super::verdict::spelled;
use crate::log::plain;
use crate::ticket::{authenticity, described};
use crate::tongue::spoken;

impl Page<'_> {
    pub fn decided(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = self.verdict;
        row(f, "Perihal", &plain(&self.report.subject))?;
        row(f, "Pengirim", &sender(self.report))?;
        let kind = self.strong(&spelled(&verdict.kind));
        row(f, "Macam", &format!("{kind} ({})", in_words(verdict.kind)))?;
        if let Some(severity) = verdict.severity {
            row(
                f,
                "Tingkat",
                &self.strong(&spelled(&severity).to_uppercase()),
            )?;
        }
        let also = match verdict.also.as_slice() {
            [] => String::new(),
            also => format!(" (juga: {})", also.join(", ")),
        };
        row(f, "Jenis", &format!("{}{also}", verdict.incident))?;
        row(f, "Bahasa", &spelled(&verdict.language))?;
        if let Some(tlp) = verdict.tlp {
            row(f, "Marka", tlp)?;
        }
        self.concerned(f)?;
        self.proposed(f)?;
        rows(f, "Sebab", &verdict.reasons)?;
        rows(f, "Indikator", &verdict.indicators)?;
        rows(f, "Jejak", &verdict.traces)
    }

    /// Whose report it is, and what of ours it is about.
    fn concerned(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = self.verdict;
        row(f, "OPD", &plain(verdict.opd.as_deref().unwrap_or("-")))?;
        let reporter = &verdict.reporter;
        let by = match reporter.by {
            Some(By::Address) => "alamatnya tercatat di daftar OPD",
            Some(By::Domain) => "domainnya tercatat di daftar OPD",
            Some(By::Phone) => {
                "nomor teleponnya tercatat di daftar OPD; siapa pun dapat menulis nomor"
            }
            None if reporter.ours => "di domain kita, tidak tercatat di daftar OPD",
            None => "bukan dari OPD yang tercatat",
        };
        match &reporter.office {
            Some(office) => row(f, "OPD pelapor", &format!("{} ({by})", plain(office)))?,
            None => row(f, "OPD pelapor", &format!("- ({by})"))?,
        }
        let assets: Vec<String> = {
            let told = |asset| described(asset, spoken());
            verdict.assets.iter().map(told).collect()
        };
        rows(f, "Aset", &assets)?;
        if verdict.outside {
            let told = "menyebut sistem instansi lain dan tidak satu pun milik kita";
            row(f, "Lingkup", told)?;
        }
        Ok(())
    }

    /// What rules propose beside type and level.
    fn proposed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = self.verdict;
        if let Some(place) = verdict.priority {
            row(
                f,
                "Antrian",
                &format!("{place} (usulan aturan; 1 paling dulu)"),
            )?;
        }
        if !verdict.tags.is_empty() {
            row(f, "Tanda", &verdict.tags.join(", "))?;
        }
        for clock in &verdict.deadlines {
            row(f, "Tenggat", clock_in_words(clock))?;
        }
        rows(f, "Dasar", &verdict.clauses)
    }

    /// What the words of the mail speak for, beside the rules.
    pub fn leaning(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = |one: &&Leaning| one.question == "kind" || self.verdict.opens();
        let mut leanings = self.leanings.iter().filter(asked).peekable();
        if leanings.peek().is_some() {
            let key = "[daftar kata], {aturan}, <tanda surel>";
            writeln!(f, "\nTimbangan kata, yang membantu aturan ({key})")?;
        }
        for leaning in leanings {
            let question = match leaning.question {
                "kind" => "macam",
                "severity" => "tingkat",
                _ => "jenis",
            };
            writeln!(
                f,
                "  {question:<8} {}, {} {}",
                self.strong(&leaning.answer),
                ahead(leaning),
                leaning.next
            )?;
            named(f, "karena", &leaning.speaks_for)?;
            named(f, "melawan", &leaning.speaks_against)?;
        }
        Ok(())
    }
}

fn sender(report: &Report) -> String {
    let shown = match &report.from {
        None => "(tidak terbaca)".to_owned(),
        Some(from) if from.name.is_empty() => from.address.clone(),
        Some(from) => format!("{}, {}", from.name, from.address),
    };
    plain(&format!(
        "{shown} ({})",
        authenticity(report.authenticity, spoken())
    ))
}

fn in_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Report => "laporan orang",
        Kind::FollowUp => "susulan kasus yang ada",
        Kind::Automated => "laporan mesin",
        Kind::AutoReply => "jawaban otomatis",
        Kind::Bounce => "surat kita yang kembali",
        Kind::Other => "bukan laporan; disimpan, tidak dijawab",
    }
}

fn clock_in_words(clock: &str) -> &str {
    match clock {
        "iiv" => "iiv: 1×24 jam sejak diketahui (Perban BSSN 1/2024)",
        "pdp" => "pdp: 3×24 jam sejak diketahui (UU 27/2022)",
        other => other,
    }
}

/// How much likelier, as people say it.
fn ahead(leaning: &Leaning) -> String {
    // Thousandths of a natural logarithm: far below what a double holds exactly.
    let logarithm = f64::from(i32::try_from(leaning.ahead).unwrap_or(i32::MAX)) / 1000.0;
    let times = logarithm.exp();
    if times > 1000.0 {
        return "lebih dari 1.000 kali lebih mungkin daripada".to_owned();
    }
    if times < 1.05 {
        return "hampir sama mungkinnya dengan".to_owned();
    }
    format!("{times:.1} kali lebih mungkin daripada").replace('.', ",")
}

fn named(f: &mut fmt::Formatter<'_>, why: &str, what: &[String]) -> fmt::Result {
    if what.is_empty() {
        return Ok(());
    }
    writeln!(f, "           {why} {}", defang(&plain(&what.join(", "))))
}

/// One row for each, the name before the first.
fn rows(f: &mut fmt::Formatter<'_>, name: &str, values: &[String]) -> fmt::Result {
    for (number, value) in values.iter().enumerate() {
        let name = if number == 0 { name } else { "" };
        row(f, name, &defang(&plain(value)))?;
    }
    Ok(())
}
