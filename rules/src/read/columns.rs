//! The rows of a feed's CSV: only the columns that name the accused host are read, not its banner or its reverse name.

/// Columns that name what a row is about.
const ACCUSED: &[&str] = &[
    "ip",
    "src_ip",
    "url",
    "domain",
    "sha256",
    "sha1",
    "md5",
    "cve",
    "malware_url",
    "cc_dns",
    "cc_domain",
    "http_host",
];

/// One value a line; `None` where the text is no feed (a first row with `timestamp` and an address column).
pub fn accused(text: &str) -> Option<String> {
    let mut lines = text.lines();
    let head: Vec<String> = cells(lines.next()?)
        .iter()
        .map(|cell| cell.trim().to_lowercase())
        .collect();
    let named = |name: &str| head.iter().any(|cell| cell == name);
    if head.len() < 4 || !named("timestamp") || !(named("ip") || named("src_ip")) {
        return None;
    }
    let mut out = String::new();
    for row in lines.take(10_000) {
        let cells = cells(row);
        let wanted = cells
            .iter()
            .zip(&head)
            .filter(|(_, name)| ACCUSED.contains(&name.as_str()));
        for (cell, _) in wanted.filter(|(cell, _)| !cell.trim().is_empty()) {
            out.push_str(cell.trim());
            out.push('\n');
        }
    }
    Some(out)
}

/// A row's cells; quotes keep commas in (RFC 4180 section 2).
fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for character in row.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' | ';' | '\t' if !quoted => cells.push(String::new()),
            other => cells
                .last_mut()
                .into_iter()
                .for_each(|cell| cell.push(other)),
        }
    }
    cells
}
