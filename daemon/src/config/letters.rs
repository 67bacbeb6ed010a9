//! `[letters]`: how letters look, who signs, how they are numbered; `[[letters.signatory]]`, each from a date on.

use std::path::PathBuf;
use std::time::Duration;

use tanggap_rules::form::{Complaint, Table};

use super::numbering::{self, NumberFormat, Numbering};
use super::{Surroundings, Team};
use crate::cli::dates;
use crate::clock::Timestamp;
use crate::letter::Kind;
use crate::tongue::words;

/// Paper sizes of Indonesian offices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    A4,
    /// *Folio*, 215 × 330 mm; no US size.
    F4,
}

impl Paper {
    pub fn name(self) -> &'static str {
        match self {
            Self::A4 => "A4",
            Self::F4 => "F4",
        }
    }
}

/// Who signs, from a date on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatory {
    pub since: Timestamp,
    /// The last day, included.
    pub until: Option<Timestamp>,
    /// Above the signature, line by line; *a.n.*, *u.b.*, *Plt.*, *Plh.* included.
    pub titles: Vec<String>,
    pub name: String,
    /// *Pangkat*.
    pub rank: String,
    pub nip: String,
}

/// How letters look and who signs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterSettings {
    /// The site's own templates.
    pub folder: Option<PathBuf>,
    pub emblem: Option<PathBuf>,
    pub paper: Paper,
    /// Books are printed on this.
    pub sheet_paper: Paper,
    pub kop: Vec<String>,
    pub kop_address: String,
    /// Before the date.
    pub place: String,
    /// *Kode klasifikasi*.
    pub code: String,
    pub number_format: NumberFormat,
    pub numbering: Numbering,
    /// SR, R, T or B.
    pub security: String,
    /// *Sangat Segera*, *Segera*, *Biasa*.
    pub urgency: String,
    pub signatories: Vec<Signatory>,
    /// A letter may leave before it is signed.
    pub send_unsigned: bool,
    /// Which letters are drafted by what happens to a case; each waits for its release all the same.
    pub drafts: Vec<Kind>,
}

impl LetterSettings {
    /// Without the section.
    fn usual(team: Option<&Team>) -> Self {
        Self {
            folder: None,
            emblem: None,
            paper: Paper::A4,
            sheet_paper: Paper::F4,
            kop: team
                .map(|team| vec![team.office.clone()])
                .unwrap_or_default(),
            kop_address: String::new(),
            place: "Batang".to_owned(),
            code: "555".to_owned(),
            number_format: NumberFormat::usual(),
            numbering: Numbering::Manual,
            security: "T".to_owned(),
            urgency: "Segera".to_owned(),
            signatories: Vec::new(),
            send_unsigned: false,
            drafts: vec![Kind::Closing, Kind::ClosingEnglish],
        }
    }

    /// A number that a person fills in: `555/......./2026`.
    pub fn blank_number(&self, at: Timestamp) -> String {
        self.number_format.written(&self.code, None, at)
    }

    /// A number as it stands on the letter: `555/0123/2026`.
    pub fn number(&self, number: i64, at: Timestamp) -> String {
        self.number_format.written(&self.code, Some(number), at)
    }

    /// Who signs on a day: the latest entry that holds.
    pub fn signatory(&self, at: Timestamp) -> Option<&Signatory> {
        const DAY: Duration = Duration::from_hours(24);
        let holds = |who: &&Signatory| {
            who.since <= at && who.until.is_none_or(|until| at < until.plus(DAY))
        };
        self.signatories
            .iter()
            .filter(holds)
            .max_by_key(|who| who.since)
    }
}

/// Without the section letters are drafts that a person completes: numbers by hand, the signature block with dots.
pub(super) fn read(
    table: Option<&Table<'_>>,
    team: Option<&Team>,
    around: &Surroundings,
) -> LetterSettings {
    let usual = LetterSettings::usual(team);
    let Some(table) = table else { return usual };
    let text = |key, usual: String| table.maybe(key).parsed(line).unwrap_or(usual);
    let lines = |key: &str, usual: Vec<String>| match table.maybe(key).texts() {
        Some(lines) => lines.into_iter().map(|line| line.value).collect(),
        None => usual,
    };
    let path = |key: &str| table.maybe(key).text().map(|path| around.path(&path));
    let papers = [("A4", Paper::A4), ("F4", Paper::F4)];
    let paper = |key: &str, usual| table.maybe(key).one_of(&papers).unwrap_or(usual);
    LetterSettings {
        folder: path("folder"),
        emblem: path("emblem"),
        paper: paper("paper", usual.paper),
        sheet_paper: paper("sheet_paper", usual.sheet_paper),
        kop: lines("kop", usual.kop),
        kop_address: text("kop_address", usual.kop_address),
        place: text("place", usual.place),
        code: text("code", usual.code),
        number_format: table
            .maybe("number_format")
            .parsed(NumberFormat::read)
            .unwrap_or(usual.number_format),
        numbering: numbering::read(table),
        security: table
            .maybe("security")
            .one_of(&[("SR", "SR"), ("R", "R"), ("T", "T"), ("B", "B")])
            .unwrap_or("T")
            .to_owned(),
        urgency: text("urgency", usual.urgency),
        signatories: table
            .maybe("signatory")
            .tables()
            .iter()
            .filter_map(signatory)
            .collect(),
        send_unsigned: table.maybe("send_unsigned").flag().unwrap_or(false),
        drafts: drafts(table).unwrap_or(usual.drafts),
    }
}

/// The letters that events may draft.
fn drafts(table: &Table<'_>) -> Option<Vec<Kind>> {
    const CHOICES: [Kind; 5] = [
        Kind::Closing,
        Kind::ClosingEnglish,
        Kind::FollowUp,
        Kind::Severity,
        Kind::Missing,
    ];
    let field = table.maybe("drafts");
    let choices = CHOICES.map(|kind| (kind.name(), kind));
    field.is_present().then(|| {
        let items = field.items();
        items
            .iter()
            .filter_map(|item| item.one_of(&choices))
            .collect()
    })
}

fn signatory(table: &Table<'_>) -> Option<Signatory> {
    let since = table.need("since").parsed(date);
    let until = table.maybe("until").parsed(date);
    let titles = table.need("titles").texts();
    let name = table.need("name").parsed(line);
    let rank = table.maybe("rank").parsed(line).unwrap_or_default();
    let nip = table.maybe("nip").parsed(nip).unwrap_or_default();
    Some(Signatory {
        since: since?,
        until,
        titles: titles?.into_iter().map(|line| line.value).collect(),
        name: name?,
        rank,
        nip,
    })
}

fn line(text: &str) -> Result<String, Complaint> {
    if text.chars().any(char::is_control) {
        return Err(Complaint::new(
            words!("harus satu baris", "must be one line"),
            "teks biasa",
        ));
    }
    Ok(text.trim().to_owned())
}

fn date(text: &str) -> Result<Timestamp, Complaint> {
    dates::typed(text).map_err(|_| {
        Complaint::new(
            words!("tanggal tidak terbaca", "the date cannot be read"),
            words!("seperti \"01-01-2026\"", "such as \"01-01-2026\""),
        )
    })
}

/// 18 digits, shown in the groups 8-6-1-3.
fn nip(text: &str) -> Result<String, Complaint> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let group = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    if digits.len() == 18 {
        let groups = [group(0, 8), group(8, 14), group(14, 15), group(15, 18)];
        Ok(groups.join(" "))
    } else {
        Err(Complaint::new(
            words!("NIP harus 18 angka", "a NIP has 18 digits"),
            words!(
                "misalnya \"19690621 199003 1 003\"",
                "such as \"19690621 199003 1 003\""
            ),
        ))
    }
}
