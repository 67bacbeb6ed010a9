//! A report's page (`laporan.typ`): its wording with the tables and charts that the template asks for. Pure.

use serde_json::{Value, json};

use super::dates;
use super::facts::{Head, kop, signatory};
use super::kinds::{Part, Wording};
use crate::config::LetterSettings;
use crate::register::Ledger;

/// Lines to fill in by hand, at most.
const LINES: usize = 40;

/// A chart: bars by label, each in the series' order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    pub title: String,
    /// One column a label; else one line.
    pub upright: bool,
    pub series: Vec<String>,
    pub bars: Vec<(String, Vec<u64>)>,
}

/// What stands above a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    pub title: String,
    pub subtitle: String,
    /// The security class, in words.
    pub security: String,
    /// Somebody signs below.
    pub signed: bool,
}

impl Cover {
    /// A report for few eyes, signed.
    pub fn restricted(title: &str, subtitle: &str) -> Self {
        Self {
            title: title.to_owned(),
            subtitle: subtitle.to_owned(),
            security: "TERBATAS".to_owned(),
            signed: true,
        }
    }
}

/// What a template may ask for by name.
#[derive(Debug, Clone, Default)]
pub struct Inserts<'a> {
    pub tables: Vec<(&'a str, &'a Ledger)>,
    pub charts: Vec<(&'a str, Chart)>,
    /// The emblem on the head, where there is one.
    pub emblem: Option<&'a str>,
}

/// A template asks for something that this report does not have.
#[derive(Debug, thiserror::Error)]
#[error("\"@{asked}\" tidak ada di laporan ini; yang ada: {there}")]
pub struct NoSuchInsert {
    asked: String,
    there: String,
}

/// The page's data.
pub fn report_page(
    settings: &LetterSettings,
    wording: &Wording,
    (head, cover): (&Head<'_>, &Cover),
    inserts: &Inserts<'_>,
) -> Result<Value, NoSuchInsert> {
    let parts: Result<Vec<Value>, _> = wording
        .parts
        .iter()
        .map(|part| inserts.filled(part))
        .collect();
    let signed_by = if !cover.signed {
        Value::Null
    } else if wording.from.is_empty() {
        signatory(settings.signatory(head.date))
    } else {
        json!({ "titles": [wording.from], "name": "", "rank": "", "nip": "" })
    };
    Ok(json!({
        "paper": settings.paper.name(), "kop": kop(settings, inserts.emblem), "place": settings.place,
        "date": dates::day(head.date.wib()), "number": head.number, "security_word": cover.security,
        "subject": wording.subject, "title": cover.title, "subtitle": cover.subtitle, "to": wording.to, "from": wording.from,
        "parts": parts?, "copies": wording.copies, "signatory": signed_by, "reference": head.reference,
    }))
}

impl Inserts<'_> {
    fn filled(&self, part: &Part) -> Result<Value, NoSuchInsert> {
        let Part::Insert { what, name } = part else {
            return Ok(json!(part));
        };
        let made = match what.as_str() {
            "tabel" => self
                .tables
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, ledger)| table(ledger)),
            "grafik" => self
                .charts
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, chart)| drawn(chart)),
            "isian" => name
                .parse()
                .ok()
                .map(|lines: usize| json!({ "part": "blank", "lines": lines.min(LINES) })),
            _ => None,
        };
        made.ok_or_else(|| NoSuchInsert {
            asked: format!("{what} {name}"),
            there: self.names().join(", "),
        })
    }

    fn names(&self) -> Vec<String> {
        let tables = self.tables.iter().map(|(key, _)| format!("@tabel {key}"));
        let charts = self.charts.iter().map(|(key, _)| format!("@grafik {key}"));
        tables
            .chain(charts)
            .chain(["@isian 4".to_owned()])
            .collect()
    }
}

/// A column of nothing but numbers stands to the right.
fn table(ledger: &Ledger) -> Value {
    let is_number = |cell: &String| !cell.is_empty() && cell.chars().all(|c| c.is_ascii_digit());
    let columns = ledger.columns.iter().enumerate().map(|(place, column)| {
        let mut cells = ledger.rows.iter().filter_map(|row| row.get(place));
        let number = cells.all(is_number);
        json!({ "heading": column.heading, "width": column.width, "number": number })
    });
    json!({
        "part": "table", "title": ledger.title, "columns": columns.collect::<Vec<_>>(), "rows": ledger.rows,
    })
}

fn drawn(chart: &Chart) -> Value {
    let bars = chart.bars.iter();
    let bars: Vec<_> = bars
        .map(|(label, values)| json!({ "label": label, "values": values }))
        .collect();
    json!({ "part": "chart", "title": chart.title, "upright": chart.upright, "series": chart.series, "bars": bars })
}
