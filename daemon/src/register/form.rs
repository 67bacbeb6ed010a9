//! *Lembar disposisi*: the half-folio form of one case (`domain.md` 5.6). The head is filled in; a box is ticked only where a leader has
//! decided. Pure.

use serde_json::{Value, json};

use super::Cells;
use crate::case::{Sheet, Way};
use crate::letter::{incident_name, level};
use crate::store::CaseView;

/// Whom a leader hands a case to.
const TEAMS: [&str; 4] = [
    "Tim Resolusi Insiden",
    "Tim Penanganan",
    "Tim Dokumentasi dan Data",
    "Tim Sosialisasi dan Publikasi",
];
/// What a leader asks for, and the word of an instruction that asks for it.
const WISHES: [(&str, &str); 3] = [
    ("Tanggapan dan Saran", "saran"),
    ("Proses lebih lanjut", "proses lebih lanjut"),
    ("Koordinasi/konfirmasikan", "koordinasi"),
];
/// Between the form's borders, on the terminal.
const WIDE: usize = 92;
/// The left half of it.
const LEFT: usize = 45;

/// What the form is made of.
pub struct FormFacts<'a> {
    pub case: &'a CaseView,
    pub sheet: &'a Sheet,
    /// The case's first row in the agenda of incoming letters, and its number.
    pub agenda: Option<(i64, &'a Cells)>,
    /// `Segera`, and the security class (`T`), as the configuration has them.
    pub manner: (&'a str, &'a str),
}

/// A box and what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    pub set: bool,
    pub text: String,
}

/// One row of the chain from leader to member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    pub at: String,
    pub from: String,
    pub to: String,
    pub instruction: String,
}

/// The form, filled in as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    pub sender: String,
    pub letter_number: String,
    pub letter_date: String,
    /// `23-11-2026 pukul 08.41`
    pub received: String,
    pub agenda: String,
    pub register: String,
    pub ticket: String,
    pub manner: Vec<Tick>,
    pub subject: String,
    /// `Usulan: MEDIUM` while no person has set a level.
    pub level: String,
    pub teams: Vec<Tick>,
    pub wishes: Vec<Tick>,
    pub chain: Vec<Handed>,
}

fn tick(set: bool, text: &str) -> Tick {
    Tick {
        set,
        text: text.to_owned(),
    }
}

/// Fills the form in.
pub fn form(facts: &FormFacts<'_>) -> Form {
    let (case, sheet) = (facts.case, facts.sheet);
    let cell = |key: &str| {
        let said = facts.agenda.and_then(|(_, cells)| cells.get(key));
        said.filter(|said| *said != "-").cloned()
    };
    let channel = cell("channel").unwrap_or_else(|| "surel".to_owned());
    let day = case.opened.wib().format("%d-%m-%Y").to_string();
    Form {
        sender: sender(facts, cell("sender")),
        letter_number: cell("letter_number").unwrap_or_else(|| match channel.as_str() {
            "surel" => "e-mail".to_owned(),
            other => other.to_owned(),
        }),
        letter_date: cell("letter_date").unwrap_or(day),
        received: case.opened.wib().format("%d-%m-%Y pukul %H.%M").to_string(),
        agenda: facts
            .agenda
            .map(|(number, _)| format!("{number:04}"))
            .unwrap_or_default(),
        register: case.register.clone(),
        ticket: case.ticket.clone(),
        manner: manner(facts.manner),
        subject: subject(facts),
        level: match &sheet.severity {
            Some(set) => format!("Ditetapkan: {}", level(set).to_uppercase()),
            None => format!("Usulan: {}", level(&case.severity).to_uppercase()),
        },
        teams: teams(sheet),
        wishes: wishes(sheet),
        chain: chain(sheet),
    }
}

fn sender(facts: &FormFacts<'_>, written: Option<String>) -> String {
    let by_hand = facts.sheet.taken_down.as_ref().map(|taken| {
        let parts = [taken.name.as_str(), &taken.office];
        let said: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        said.join(", ")
    });
    by_hand
        .filter(|said| !said.is_empty())
        .or(written)
        .unwrap_or_else(|| facts.case.reporter.clone())
}

fn subject(facts: &FormFacts<'_>) -> String {
    let (case, sheet) = (facts.case, facts.sheet);
    let system = match sheet.system.as_str() {
        "" => &case.subject,
        told => told,
    };
    let kind = incident_name(&case.incident);
    format!("Laporan insiden siber – {kind} – {system}")
}

fn manner((urgency, security): (&str, &str)) -> Vec<Tick> {
    let urgent = |word: &str| urgency.eq_ignore_ascii_case(word);
    vec![
        tick(urgent("sangat segera"), "Sangat segera"),
        tick(urgent("segera"), "Segera"),
        tick(matches!(security, "R" | "SR"), "Rahasia"),
    ]
}

/// The four teams, then whoever else was named.
fn teams(sheet: &Sheet) -> Vec<Tick> {
    let named = |team: &str| {
        let mut all = sheet.dispositions.iter();
        all.any(|row| row.to.to_lowercase().contains(&team.to_lowercase()))
    };
    let mut ticks: Vec<Tick> = TEAMS.iter().map(|team| tick(named(team), team)).collect();
    for row in &sheet.dispositions {
        let to = row.to.to_lowercase();
        let of_a_team = TEAMS.iter().any(|team| to.contains(&team.to_lowercase()));
        if !of_a_team && !ticks.iter().any(|known| known.text == row.to) {
            ticks.push(tick(true, &row.to));
        }
    }
    ticks
}

fn wishes(sheet: &Sheet) -> Vec<Tick> {
    let asked = |word: &str| {
        let mut all = sheet.dispositions.iter();
        all.any(|row| row.instruction.to_lowercase().contains(word))
    };
    let way = sheet.decision.as_ref().map(|(way, _)| *way);
    let wishes = WISHES.iter().map(|(wish, word)| tick(asked(word), wish));
    wishes
        .chain([
            tick(way == Some(Way::Own), "Tangani sendiri"),
            tick(way == Some(Way::Bssn), "Eskalasi BSSN"),
        ])
        .collect()
}

fn chain(sheet: &Sheet) -> Vec<Handed> {
    let rows = sheet.dispositions.iter().map(|row| Handed {
        at: row.at.wib().format("%d-%m-%Y %H.%M").to_string(),
        from: row.from.clone(),
        to: row.to.clone(),
        instruction: row.instruction.clone(),
    });
    rows.collect()
}

impl Form {
    /// For programs, and for the page (`disposisi.typ`).
    pub fn json(&self) -> Value {
        let ticks = |ticks: &[Tick]| -> Vec<Value> {
            let ticks = ticks.iter();
            ticks
                .map(|tick| json!({ "set": tick.set, "text": tick.text }))
                .collect()
        };
        let chain = self.chain.iter().map(|row| {
            json!({ "at": row.at, "from": row.from, "to": row.to, "instruction": row.instruction })
        });
        json!({
            "sender": self.sender, "letter_number": self.letter_number, "letter_date": self.letter_date,
            "received": self.received, "agenda": self.agenda, "register": self.register, "ticket": self.ticket,
            "manner": ticks(&self.manner), "subject": self.subject, "level": self.level,
            "teams": ticks(&self.teams), "wishes": ticks(&self.wishes), "chain": chain.collect::<Vec<_>>(),
        })
    }

    /// For the terminal.
    pub fn text(&self) -> String {
        let mut page = Drawn::new();
        page.middle("LEMBAR DISPOSISI  ·  TERBATAS");
        page.rule();
        let manner: Vec<_> = self.manner.iter().map(boxed).collect();
        let left = [
            format!("Surat dari : {}", self.sender),
            format!("No. Surat  : {}", self.letter_number),
            format!("Tgl. Surat : {}", self.letter_date),
        ];
        let right = [
            format!("Diterima Tgl : {}", self.received),
            format!("No. Agenda   : {}", self.agenda),
            format!("Sifat : {}", manner.join(" ")),
        ];
        page.halves(&left, &right);
        page.rule();
        page.whole(&format!("Hal : {}", self.subject));
        let ticket = if self.ticket.is_empty() {
            "-"
        } else {
            &self.ticket
        };
        page.whole(&format!(
            "Reg. {} · tiket osTicket {ticket} · {}",
            self.register, self.level
        ));
        page.rule();
        let under = |head: &str, ticks: &[Tick]| -> Vec<String> {
            let ticks = ticks.iter().map(boxed);
            [head.to_owned()].into_iter().chain(ticks).collect()
        };
        page.halves(
            &under("Diteruskan kepada Sdr. :", &self.teams),
            &under("Dengan hormat harap :", &self.wishes),
        );
        page.rule();
        page.whole("Catatan :");
        for row in &self.chain {
            page.whole(&format!(
                "{}  {} → {}: {}",
                row.at, row.from, row.to, row.instruction
            ));
        }
        page.halves(
            &[String::new()],
            &[
                "Ketua CSIRT / Kepala,",
                "",
                "(nama, pangkat, NIP, paraf, tanggal)",
            ]
            .map(str::to_owned),
        );
        page.rule();
        page.0
    }
}

fn boxed(tick: &Tick) -> String {
    // No line ends between a box and its text.
    format!(
        "[{}]\u{a0}{}",
        if tick.set { "x" } else { "\u{a0}" },
        tick.text
    )
}

/// The form's lines between borders.
struct Drawn(String);

impl Drawn {
    fn new() -> Self {
        let mut page = Self(String::new());
        page.rule();
        page
    }

    fn rule(&mut self) {
        self.0.extend(["+", &"-".repeat(WIDE + 2), "+\n"]);
    }

    fn line(&mut self, text: &str) {
        let spare = WIDE.saturating_sub(text.chars().count());
        let text = &text.replace('\u{a0}', " ");
        self.0.extend(["| ", text, &" ".repeat(spare), " |\n"]);
    }

    fn middle(&mut self, text: &str) {
        let before = WIDE.saturating_sub(text.chars().count()) / 2;
        self.line(&format!("{}{text}", " ".repeat(before)));
    }

    fn whole(&mut self, text: &str) {
        for line in wrapped(text, WIDE) {
            self.line(&line);
        }
    }

    fn halves(&mut self, left: &[String], right: &[String]) {
        let fold = |texts: &[String], width| -> Vec<String> {
            texts.iter().flat_map(|text| wrapped(text, width)).collect()
        };
        let (left, right) = (fold(left, LEFT), fold(right, WIDE - LEFT - 3));
        for place in 0..left.len().max(right.len()) {
            let of = |side: &[String]| side.get(place).cloned().unwrap_or_default();
            let (left, right) = (of(&left), of(&right));
            let spare = LEFT.saturating_sub(left.chars().count());
            self.line(&format!("{left}{} | {right}", " ".repeat(spare)));
        }
    }
}

/// A text in lines of at most so many signs; a longer word is parted.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut long = 0;
    for word in crate::log::plain(text).split(' ') {
        if let (true, Some(line)) = (word.is_empty() && long < width, lines.last_mut()) {
            // Labels are set apart by blanks.
            line.push(' ');
            long += 1;
        }
        let mut rest: Vec<char> = word.chars().collect();
        while !rest.is_empty() {
            let room = width - long.min(width);
            let blank = usize::from(long > 0);
            if rest.len() + blank > room && long > 0 {
                lines.push(String::new());
                long = 0;
                continue;
            }
            let fit = rest.len().min(width - blank - long);
            let part: String = rest.drain(..fit).collect();
            if let Some(line) = lines.last_mut() {
                line.push_str(if blank == 1 { " " } else { "" });
                line.push_str(&part);
            }
            long += blank + fit;
        }
    }
    lines
}

#[cfg(test)]
mod tests;
