//! The smaller texts of a mail that rules may look at, as they are read.

use crate::report::{Contact, Report};

/// The words of a sender's address and name, in lower case.
pub fn sender_words(from: &Contact) -> Vec<String> {
    let (local, _) = from.address.split_once('@').unwrap_or_default();
    let name = from.name.to_lowercase();
    let of_name = name.split(|one: char| !one.is_alphanumeric() && one != '-');
    let words = local.split(['.', '-', '_', '+']).chain(of_name);
    words.map(str::to_owned).collect()
}

/// The attachments' names as words.
pub fn file_names(report: &Report) -> String {
    let names = report.attachments.iter().take(20).map(|attachment| {
        let stem = attachment
            .name
            .rsplit_once('.')
            .map_or(attachment.name.as_str(), |(stem, _)| stem);
        format!("{}.", stem.replace(['_', '-', '.'], " "))
    });
    names.collect::<Vec<_>>().join("\n\n")
}

/// The attachments' names as words, then those that an archive lists, as they are.
pub fn every_name(report: &Report) -> String {
    let members = report.attachments.iter().flat_map(|one| &one.members);
    let members: Vec<&str> = members.map(String::as_str).take(200).collect();
    format!("{}\n\n{}", file_names(report), members.join("\n"))
}

/// The header lines as they came.
pub fn header_lines(report: &Report) -> String {
    let lines = report.headers.iter();
    let lines = lines.map(|line| format!("{}: {}", line.name, line.value));
    lines.collect::<Vec<_>>().join("\n")
}

/// The indicators, a line each.
pub fn indicators(report: &Report) -> String {
    let found = report.observables.iter();
    let found = found.map(|one| format!("{}:{}", one.kind, one.value));
    found.collect::<Vec<_>>().join("\n")
}
