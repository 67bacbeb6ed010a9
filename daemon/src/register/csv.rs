//! A ledger as CSV (RFC 4180), safe to open in a spreadsheet: no cell is ever taken for a formula.

use super::Ledger;

/// The whole page: headings, then rows, CRLF. A byte order mark tells Excel that it is UTF-8.
pub fn csv(ledger: &Ledger) -> String {
    let headings: Vec<_> = ledger
        .columns
        .iter()
        .map(|column| column.heading.as_str())
        .collect();
    let mut text = String::from('\u{feff}');
    line(&mut text, headings.into_iter());
    for row in &ledger.rows {
        line(&mut text, row.iter().map(String::as_str));
    }
    text
}

fn line<'c>(text: &mut String, cells: impl Iterator<Item = &'c str>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push_str(&quoted(&harmless(cell)));
    }
    text.push_str("\r\n");
}

/// A cell that a spreadsheet would calculate begins with an apostrophe.
fn harmless(cell: &str) -> String {
    if is_risky(cell) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// Whether a spreadsheet may take a cell for a formula, also where blanks or a line end stand before the sign.
pub(super) fn is_risky(cell: &str) -> bool {
    let first = cell.trim_start().chars().next();
    let begins = cell.chars().next();
    let risky = matches!(
        first,
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
    ) || matches!(begins, Some('\t' | '\r' | '\n'));
    // A lone dash is how a book says "none".
    risky && cell.trim() != "-"
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r', ';']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::Column;

    #[test]
    fn no_cell_is_a_formula_and_every_cell_comes_back() {
        let row = [
            "=HYPERLINK(\"http://a\")",
            "+62 812",
            "-1+1",
            "@SUM(A1)",
            "\t=1+1",
            " =1",
            "\r\n=1",
            "＝1",
            "-",
            "S.IP, MM",
            "a \"b\"",
        ];
        let ledger = Ledger {
            title: String::new(),
            subtitle: String::new(),
            columns: row.iter().map(|_| Column::new("K", 1)).collect(),
            rows: vec![row.iter().map(|cell| (*cell).to_owned()).collect()],
            foot: Vec::new(),
        };
        let text = csv(&ledger);
        let line = text.split_once("\r\n").map_or("", |(_, rest)| rest);
        let expect = "\"'=HYPERLINK(\"\"http://a\"\")\",'+62 812,'-1+1,'@SUM(A1),'\t=1+1,' =1,\"'\r\n=1\",'＝1,-,\"S.IP, MM\",\"a \"\"b\"\"\"\r\n";
        assert_eq!(line, expect);
    }
}
