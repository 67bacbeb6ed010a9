//! Help in English. The texts stand in Indonesian at the arguments they explain; `help.en.txt` sets English beside each, and is laid
//! over the whole tree of commands before a line is parsed.

use std::collections::HashMap;

use clap::builder::StyledStr;
use clap::{Arg, Command};

/// Pairs apart by a line `%`; within a pair a line `=` between the Indonesian and the English.
const TABLE: &str = include_str!("help.en.txt");
const TEMPLATE: &str = "{about}\n\nUsage: {usage}\n\n{all-args}{after-help}";

type Table = HashMap<&'static str, &'static str>;

/// A command whose help is told in English.
pub fn told(command: Command) -> Command {
    command_told(command, &table())
}

fn table() -> Table {
    let pairs = TABLE.split("\n%\n");
    let pairs = pairs.filter_map(|pair| pair.split_once("\n=\n"));
    pairs
        .map(|(indonesian, english)| (indonesian.trim_start_matches('\n'), english.trim_end()))
        .collect()
}

/// What stands beside a text; nothing where it is no language (`FOLDER`).
fn of(table: &Table, text: Option<&str>) -> Option<&'static str> {
    text.and_then(|text| table.get(text.trim_end())).copied()
}

fn styled(table: &Table, text: Option<&StyledStr>) -> Option<&'static str> {
    of(table, text.map(ToString::to_string).as_deref())
}

fn command_told(command: Command, table: &Table) -> Command {
    let about = styled(table, command.get_about());
    let long_about = styled(table, command.get_long_about());
    let after = styled(table, command.get_after_help());
    let heading = of(table, command.get_subcommand_help_heading());
    let value = of(table, command.get_subcommand_value_name());
    let mut command = command
        .help_template(TEMPLATE)
        .mut_args(|arg| arg_told(arg, table))
        .mut_subcommands(|verb| command_told(verb, table));
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(about) = long_about {
        command = command.long_about(about);
    }
    if let Some(after) = after {
        command = command.after_help(after);
    }
    if let Some(heading) = heading {
        command = command.subcommand_help_heading(heading);
    }
    if let Some(value) = value {
        command = command.subcommand_value_name(value);
    }
    command
}

fn arg_told(arg: Arg, table: &Table) -> Arg {
    let help = styled(table, arg.get_help());
    let long_help = styled(table, arg.get_long_help());
    let heading = of(table, arg.get_help_heading());
    let name = arg.get_value_names().and_then(|names| names.first());
    let name = of(table, name.map(AsRef::as_ref));
    let mut arg = arg;
    if let Some(help) = help {
        arg = arg.help(help);
    }
    if let Some(help) = long_help {
        arg = arg.long_help(help);
    }
    if let Some(heading) = heading {
        arg = arg.help_heading(heading);
    }
    if let Some(name) = name {
        arg = arg.value_name(name);
    }
    arg
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use clap::CommandFactory;

    use super::*;
    use crate::cli::Arguments;

    fn texts(command: &Command, found: &mut Vec<String>) {
        let styled = [
            command.get_about(),
            command.get_long_about(),
            command.get_after_help(),
        ];
        found.extend(styled.into_iter().flatten().map(ToString::to_string));
        let plain = [
            command.get_subcommand_help_heading(),
            command.get_subcommand_value_name(),
        ];
        found.extend(plain.into_iter().flatten().map(str::to_owned));
        for arg in command.get_arguments() {
            let styled = [arg.get_help(), arg.get_long_help()];
            found.extend(styled.into_iter().flatten().map(ToString::to_string));
            found.extend(arg.get_help_heading().map(str::to_owned));
            let takes = arg.get_action().takes_values();
            let named = arg.get_value_names().filter(|_| takes);
            let named = named.into_iter().flatten();
            found.extend(named.map(ToString::to_string));
        }
        for verb in command.get_subcommands() {
            texts(verb, found);
        }
    }

    /// What no language changes: names that are the same in both.
    fn is_a_name(text: &str) -> bool {
        text.chars()
            .all(|c| c.is_ascii_uppercase() || "-_".contains(c))
            && NAMES.contains(&text)
    }

    const NAMES: [&str; 3] = ["REGISTER", "FOLDER", "OPD"];

    #[test]
    fn every_help_text_has_its_english_and_every_english_its_text() {
        let mut found = Vec::new();
        texts(&Arguments::command(), &mut found);
        let found: BTreeSet<String> = found
            .into_iter()
            .map(|text| text.trim_end().to_owned())
            .filter(|text| !is_a_name(text))
            .collect();
        let table = table();
        let missing: Vec<&String> = found
            .iter()
            .filter(|text| !table.contains_key(text.as_str()))
            .collect();
        let unused: Vec<&&str> = table
            .keys()
            .filter(|text| !found.contains(**text))
            .collect();
        let missing: Vec<String> = missing
            .iter()
            .map(|text| format!("{text}\n=\n\n%\n"))
            .collect();
        assert!(
            missing.is_empty() && unused.is_empty(),
            "without English in help.en.txt:\n{}\nin help.en.txt for nothing: {unused:#?}",
            missing.concat()
        );
    }
}
