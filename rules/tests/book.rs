//! Every rule of the shipped book is tested beside it, and every such test passes.

use tanggap_rules::{Flaw, Lint, RuleSet, Site};

#[test]
fn every_rule_of_the_shipped_book_is_tested_and_passes() {
    let rules = RuleSet::shipped();
    let site = Site {
        addresses: vec!["csirt@batangkab.go.id".into()],
        domains: vec!["batangkab.go.id".into()],
        message_id_domains: vec!["csirt.batangkab.go.id".into()],
        register_prefix: "INS".into(),
        ..Site::default()
    };
    let no_file = |_: &str, name: &str| Err(format!("the shipped book names a file: {name}"));
    let trials = rules.trials(&site, &no_file);
    let failed: Vec<_> = trials
        .iter()
        .filter(|trial| !trial.amiss.is_empty())
        .map(|trial| format!("{trial:#?}"))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    let lints = RuleSet::examine(&RuleSet::book()).lints.into_iter();
    let untested: Vec<Lint> = lints.filter(|lint| lint.flaw == Flaw::Untested).collect();
    assert_eq!(untested, []);
    assert!(trials.len() >= rules.count());
}
