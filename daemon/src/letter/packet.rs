//! What goes to BSSN with the letter (`domain.md` 3.3): filled form data, chronology, observables, evidence, and what is still missing.
//!
//! Pure. Indicators stand twice: broken, for people's eyes, and whole, for machines. Of evidence only names and SHA-256 go along;
//! the files themselves, identity cards above all, stay in the journal.

use serde_json::json;
use sha2::{Digest, Sha256};
use tanggap_rules::{Observable, defang};

use crate::register::{Column, Ledger, csv, hex};

/// One moment of the chronology.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// `23-11-2026 09.30 WIB`
    pub at: String,
    pub what: String,
    pub source: String,
}

/// One piece of evidence that is kept here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub name: String,
    /// Bytes.
    pub size: u64,
    pub sha256: String,
    pub source: String,
}

/// Everything the packet is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PacketFacts {
    pub register: String,
    /// What BSSN asks for, and what we can say; empty where nothing is known.
    pub fields: Vec<(&'static str, String)>,
    pub chronology: Vec<Moment>,
    pub observables: Vec<Observable>,
    pub evidence: Vec<Evidence>,
}

/// Files by name, in their order.
pub type Files = Vec<(String, Vec<u8>)>;

impl PacketFacts {
    /// What BSSN asks for and we cannot say yet.
    pub fn missing(&self) -> Vec<&'static str> {
        let empty = self.fields.iter().filter(|(_, value)| value.is_empty());
        let mut missing: Vec<_> = empty.map(|(name, _)| *name).collect();
        if self.observables.is_empty() {
            missing.push("indikator (URL, IP, sidik berkas)");
        }
        if self.evidence.len() < 2 {
            missing.push("bukti selain surel laporan (tangkapan layar, log)");
        }
        missing
    }

    /// The packet's files; the last one has the hashes of all others.
    pub fn files(&self) -> Files {
        let mut files = vec![
            ("1-isian-formulir.txt".to_owned(), self.form().into_bytes()),
            (
                "1-isian-formulir.json".to_owned(),
                self.form_json().into_bytes(),
            ),
            (
                "2-kronologi.csv".to_owned(),
                csv(&self.moments()).into_bytes(),
            ),
            (
                "3-indikator-dibaca.txt".to_owned(),
                self.for_people().into_bytes(),
            ),
            (
                "3-indikator-mesin.csv".to_owned(),
                self.for_machines().into_bytes(),
            ),
            (
                "3-indikator-mesin.json".to_owned(),
                self.for_machines_json().into_bytes(),
            ),
            (
                "4-daftar-bukti.csv".to_owned(),
                csv(&self.exhibits()).into_bytes(),
            ),
            ("5-kelengkapan.txt".to_owned(), self.complete().into_bytes()),
        ];
        let sums = files
            .iter()
            .map(|(name, bytes)| format!("{}  {name}\n", hex(&Sha256::digest(bytes))));
        let sums: String = sums.collect();
        files.push(("SHA256SUMS".to_owned(), sums.into_bytes()));
        files
    }

    fn form(&self) -> String {
        let line = |(name, value): &(&str, String)| {
            let value = if value.is_empty() {
                "(belum ada)"
            } else {
                value
            };
            format!("{name}: {}\n", defang(value))
        };
        let lines: String = self.fields.iter().map(line).collect();
        format!(
            "DATA ISIAN FORMULIR PENANGANAN INSIDEN SIBER\nNomor register: {}\nTERBATAS\n\n{lines}",
            self.register
        )
    }

    fn form_json(&self) -> String {
        let fields: serde_json::Map<_, _> = self
            .fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.as_str().into()))
            .collect();
        json!({ "register": self.register, "fields": fields }).to_string()
    }

    fn moments(&self) -> Ledger {
        let row = |moment: &Moment| {
            vec![
                moment.at.clone(),
                defang(&moment.what),
                moment.source.clone(),
            ]
        };
        ledger(
            "KRONOLOGI",
            &["Waktu (WIB)", "Kejadian", "Sumber"],
            self.chronology.iter().map(row).collect(),
        )
    }

    fn for_people(&self) -> String {
        let line =
            |seen: &Observable| format!("{:<7} {}  ({})\n", seen.kind, seen.defanged(), seen.place);
        let lines: String = self.observables.iter().map(line).collect();
        format!(
            "INDIKATOR {} (dibuat tidak dapat diklik; bentuk utuhnya di berkas mesin)\n\n{lines}",
            self.register
        )
    }

    /// As the machine wants it: no apostrophe in front, no bracket inside; quoted throughout.
    fn for_machines(&self) -> String {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let line =
            |seen: &Observable| format!("{},{}\r\n", quoted(&seen.kind), quoted(&seen.value));
        let lines: String = self.observables.iter().map(line).collect();
        format!("type,value\r\n{lines}")
    }

    fn for_machines_json(&self) -> String {
        let seen: Vec<_> = self
            .observables
            .iter()
            .map(|seen| json!({ "type": seen.kind, "value": seen.value }))
            .collect();
        json!({ "register": self.register, "observables": seen }).to_string()
    }

    fn exhibits(&self) -> Ledger {
        let row = |exhibit: &Evidence| {
            vec![
                exhibit.name.clone(),
                exhibit.size.to_string(),
                exhibit.sha256.clone(),
                exhibit.source.clone(),
            ]
        };
        ledger(
            "DAFTAR BUKTI",
            &["Nama", "Ukuran (bita)", "SHA-256", "Sumber"],
            self.evidence.iter().map(row).collect(),
        )
    }

    fn complete(&self) -> String {
        let missing = self.missing();
        let lines: Vec<_> = missing
            .iter()
            .map(|what| format!("BELUM ADA  {what}"))
            .collect();
        if lines.is_empty() {
            return format!("Paket {} lengkap.\n", self.register);
        }
        format!(
            "Paket {}: {} hal belum ada.\n\n{}\n",
            self.register,
            missing.len(),
            lines.join("\n")
        )
    }
}

fn ledger(title: &str, headings: &[&str], rows: Vec<Vec<String>>) -> Ledger {
    Ledger {
        title: title.to_owned(),
        subtitle: String::new(),
        columns: headings
            .iter()
            .map(|heading| Column::new(heading, 10))
            .collect(),
        rows,
        foot: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn people_cannot_click_and_machines_read_the_same() {
        let facts = PacketFacts {
            register: "INS-2026-0001".into(),
            fields: vec![
                ("Deskripsi", "lihat http://jahat.example/x".into()),
                ("Dampak", String::new()),
            ],
            observables: vec![Observable {
                kind: "url".into(),
                value: "http://jahat.example/a\"b".into(),
                place: "isi surel, baris 1".into(),
            }],
            ..PacketFacts::default()
        };
        let files = facts.files();
        let text = |name: &str| {
            let file = files.iter().find(|(known, _)| known == name).unwrap();
            String::from_utf8(file.1.clone()).unwrap()
        };
        assert!(text("1-isian-formulir.txt").contains("hxxp://jahat[.]example/x"));
        assert!(text("3-indikator-dibaca.txt").contains("hxxp://jahat[.]example/a"));
        assert!(text("3-indikator-mesin.csv").contains("\"url\",\"http://jahat.example/a\"\"b\""));
        assert!(text("5-kelengkapan.txt").contains("BELUM ADA  Dampak"));
        assert_eq!(text("SHA256SUMS").lines().count(), files.len() - 1);
    }
}
