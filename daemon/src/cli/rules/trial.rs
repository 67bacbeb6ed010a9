//! `tanggap rules test`: does every test that stands beside a rule, and tells which rules have none.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;
use tanggap_rules::{RuleSet, Trial};

use super::super::Format;
use super::super::explain::Bench;
use super::super::table::Table;
use super::refuse;
use crate::rulebook;
use crate::tongue::{say, word};

/// Runs the tests; ends with 1 where one fails.
pub fn test(
    config: Option<&Path>,
    rules: Option<&PathBuf>,
    format: Format,
) -> anyhow::Result<ExitCode> {
    let bench = match Bench::set_up(config, rules.map(PathBuf::as_path)) {
        Ok(bench) => bench,
        Err(error) => return refuse(error, format),
    };
    let trials = bench.rules.trials(&bench.site, &rulebook::mail_beside);
    let coverage = Coverage::of(&bench.rules, &trials);
    match format {
        Format::Json => coverage.print_json(&bench.rules, &trials),
        Format::Table => coverage.print(&trials),
    }
    let failed = trials.iter().any(|trial| !trial.amiss.is_empty());
    Ok(ExitCode::from(u8::from(failed)))
}

/// How many tests a rule has.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    /// Those that want it to fire.
    holds: usize,
    /// Those that want it not to.
    spares: usize,
    failed: usize,
}

struct Coverage<'r> {
    rules: Vec<(&'r str, Count)>,
}

impl<'r> Coverage<'r> {
    fn of(rules: &'r RuleSet, trials: &[Trial]) -> Self {
        let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
        for trial in trials {
            let count = counts.entry(&trial.rule).or_default();
            count.holds += usize::from(trial.holds);
            count.spares += usize::from(!trial.holds);
            count.failed += usize::from(!trial.amiss.is_empty());
        }
        let count = |name| counts.get(name).copied().unwrap_or_default();
        let rules = rules.rule_names().map(|name| (name, count(name)));
        Self {
            rules: rules.collect(),
        }
    }

    fn covered(&self) -> usize {
        let covered = self.rules.iter().filter(|(_, count)| count.holds > 0);
        covered.count()
    }

    fn print(&self, trials: &[Trial]) {
        let mut table = Table::new(&[
            word("Aturan", "Rule"),
            word("harus berlaku", "must hold"),
            word("tidak boleh", "must not"),
            word("gagal", "failed"),
        ]);
        for (name, count) in &self.rules {
            let figures = [count.holds, count.spares, count.failed];
            let mut row = vec![(*name).to_owned()];
            row.extend(figures.map(|figure| figure.to_string()));
            table.row(row);
        }
        println!("{table}\n");
        let failed: Vec<&Trial> = trials.iter().filter(|one| !one.amiss.is_empty()).collect();
        for trial in &failed {
            tell(trial);
        }
        println!(
            "{}",
            say!(
                "{} uji, {} gagal; {} dari {} aturan punya uji yang menghendakinya berlaku.",
                "{} tests, {} failed; {} of {} rules have a test that wants them to hold.",
                trials.len(),
                failed.len(),
                self.covered(),
                self.rules.len()
            )
        );
    }

    fn print_json(&self, rules: &RuleSet, trials: &[Trial]) {
        let coverage = self.rules.iter().map(|(name, count)| {
            json!({ "rule": name, "holds": count.holds, "spares": count.spares, "failed": count.failed })
        });
        let failures = trials.iter().filter(|trial| !trial.amiss.is_empty());
        let failures = failures.map(|trial| {
            json!({ "rule": trial.rule, "place": trial.place, "mail": trial.mail, "amiss": trial.amiss, "fired": trial.why })
        });
        println!(
            "{}",
            json!({
                "digest": rules.digest(),
                "tests": trials.len(),
                "covered": self.covered(),
                "rules": coverage.collect::<Vec<_>>(),
                "failures": failures.collect::<Vec<_>>(),
            })
        );
    }
}

/// The rule, the test, what was wanted and what came, and why.
fn tell(trial: &Trial) {
    println!(
        "{}",
        say!("GAGAL {} ({})", "FAILED {} ({})", trial.rule, trial.place)
    );
    println!(
        "{}",
        say!("  surel: {}", "  mail: {}", crate::log::plain(&trial.mail))
    );
    for amiss in &trial.amiss {
        println!("  {amiss}");
    }
    let why = if trial.why.is_empty() {
        word("tidak ada", "none").to_owned()
    } else {
        trial.why.join("; ")
    };
    println!(
        "{}",
        say!(
            "  yang berlaku: {}\n",
            "  what holds: {}\n",
            crate::log::plain(&why)
        )
    );
}
