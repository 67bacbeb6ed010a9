//! The head of the page: what was decided, of whom and of what the mail speaks, and where the scales lean.

use std::fmt;

use tanggap_rules::{By, Kind, Leaning, Report, defang};

use super::page::{Page, row};
use super::verdict::spelled;
use crate::log::plain;
use crate::ticket::{authenticity, described};
use crate::tongue::{say, spoken, word};

impl Page<'_> {
    pub fn decided(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = self.verdict;
        row(f, word("Perihal", "Subject"), &plain(&self.report.subject))?;
        row(f, word("Pengirim", "Sender"), &sender(self.report))?;
        let kind = self.strong(&spelled(&verdict.kind));
        row(
            f,
            word("Macam", "Kind"),
            &format!("{kind} ({})", in_words(verdict.kind)),
        )?;
        if let Some(severity) = verdict.severity {
            row(
                f,
                word("Tingkat", "Severity"),
                &self.strong(&spelled(&severity).to_uppercase()),
            )?;
        }
        let also = match verdict.also.as_slice() {
            [] => String::new(),
            also => say!(" (juga: {})", " (also: {})", also.join(", ")),
        };
        row(
            f,
            word("Jenis", "Type"),
            &format!("{}{also}", verdict.incident),
        )?;
        row(f, word("Bahasa", "Language"), &spelled(&verdict.language))?;
        if let Some(tlp) = verdict.tlp {
            row(f, word("Marka", "Marking"), tlp)?;
        }
        self.concerned(f)?;
        self.proposed(f)?;
        rows(f, word("Sebab", "Reason"), &verdict.reasons)?;
        rows(f, word("Indikator", "Indicators"), &verdict.indicators)?;
        rows(f, word("Jejak", "Trace"), &verdict.traces)
    }

    /// Whose report it is, and what of ours it is about.
    fn concerned(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = self.verdict;
        row(
            f,
            word("OPD", "Unit"),
            &plain(verdict.opd.as_deref().unwrap_or("-")),
        )?;
        let reporter = &verdict.reporter;
        let by = match reporter.by {
            Some(By::Address) => word(
                "alamatnya tercatat di daftar OPD",
                "its address is in the list of units",
            ),
            Some(By::Domain) => word(
                "domainnya tercatat di daftar OPD",
                "its domain is in the list of units",
            ),
            Some(By::Phone) => word(
                "nomor teleponnya tercatat di daftar OPD; siapa pun dapat menulis nomor",
                "its telephone number is in the list of units; anybody can write a number",
            ),
            None if reporter.ours => word(
                "di domain kita, tidak tercatat di daftar OPD",
                "in our domain, not in the list of units",
            ),
            None => word("bukan dari OPD yang tercatat", "not of a unit in the list"),
        };
        match &reporter.office {
            Some(office) => row(
                f,
                word("OPD pelapor", "Their unit"),
                &format!("{} ({by})", plain(office)),
            )?,
            None => row(f, word("OPD pelapor", "Their unit"), &format!("- ({by})"))?,
        }
        let assets: Vec<String> = {
            let told = |asset| described(asset, spoken());
            verdict.assets.iter().map(told).collect()
        };
        rows(f, word("Aset", "Assets"), &assets)?;
        if verdict.outside {
            let told = word(
                "menyebut sistem instansi lain dan tidak satu pun milik kita",
                "names a system of others and none of ours",
            );
            row(f, word("Lingkup", "Scope"), told)?;
        }
        Ok(())
    }

    /// What rules propose beside type and level.
    fn proposed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = self.verdict;
        if let Some(place) = verdict.priority {
            row(
                f,
                word("Antrian", "Queue"),
                &say!(
                    "{place} (usulan aturan; 1 paling dulu)",
                    "{place} (proposed by rules; 1 comes first)"
                ),
            )?;
        }
        if !verdict.tags.is_empty() {
            row(f, word("Tanda", "Tags"), &verdict.tags.join(", "))?;
        }
        for clock in &verdict.deadlines {
            row(f, word("Tenggat", "Deadline"), clock_in_words(clock))?;
        }
        rows(f, word("Dasar", "Basis"), &verdict.clauses)
    }

    /// What the words of the mail speak for, beside the rules.
    pub fn leaning(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = |one: &&Leaning| one.question == "kind" || self.verdict.opens();
        let mut leanings = self.leanings.iter().filter(asked).peekable();
        if leanings.peek().is_some() {
            let key = word(
                "[daftar kata], {aturan}, <tanda surel>",
                "[word list], {rule}, <sign of the mail>",
            );
            writeln!(
                f,
                "{}",
                say!(
                    "\nTimbangan kata, yang membantu aturan ({key})",
                    "\nScales of words, which help the rules ({key})"
                )
            )?;
        }
        for leaning in leanings {
            let question = match leaning.question {
                "kind" => word("macam", "kind"),
                "severity" => word("tingkat", "severity"),
                _ => word("jenis", "type"),
            };
            writeln!(
                f,
                "  {question:<8} {}, {} {}",
                self.strong(&leaning.answer),
                ahead(leaning),
                leaning.next
            )?;
            named(f, word("karena", "because"), &leaning.speaks_for)?;
            named(f, word("melawan", "against"), &leaning.speaks_against)?;
        }
        Ok(())
    }
}

fn sender(report: &Report) -> String {
    let shown = match &report.from {
        None => word("(tidak terbaca)", "(unreadable)").to_owned(),
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
        Kind::Report => word("laporan orang", "report by a person"),
        Kind::FollowUp => word("susulan kasus yang ada", "follow-up of a case"),
        Kind::Automated => word("laporan mesin", "report by a machine"),
        Kind::AutoReply => word("jawaban otomatis", "automatic answer"),
        Kind::Bounce => word("surat kita yang kembali", "a letter of ours that came back"),
        Kind::Other => word(
            "bukan laporan; disimpan, tidak dijawab",
            "no report; kept, not answered",
        ),
    }
}

fn clock_in_words(clock: &str) -> &str {
    match clock {
        "iiv" => word(
            "iiv: 1×24 jam sejak diketahui (Perban BSSN 1/2024)",
            "iiv: 1×24 hours since it became known (Perban BSSN 1/2024)",
        ),
        "pdp" => word(
            "pdp: 3×24 jam sejak diketahui (UU 27/2022)",
            "pdp: 3×24 hours since it became known (UU 27/2022)",
        ),
        other => other,
    }
}

/// How much likelier, as people say it.
fn ahead(leaning: &Leaning) -> String {
    // Thousandths of a natural logarithm: far below what a double holds exactly.
    let logarithm = f64::from(i32::try_from(leaning.ahead).unwrap_or(i32::MAX)) / 1000.0;
    let times = logarithm.exp();
    if times > 1000.0 {
        return word(
            "lebih dari 1.000 kali lebih mungkin daripada",
            "over 1,000 times likelier than",
        )
        .to_owned();
    }
    if times < 1.05 {
        return word("hampir sama mungkinnya dengan", "nearly as likely as").to_owned();
    }
    say!(
        "{times:.1} kali lebih mungkin daripada",
        "{times:.1} times likelier than"
    )
    .replace('.', ",")
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
