//! Pages as people see them: every mail of `pages/`, by a book of a few rules, beside it what is told.
//!
//! `UPDATE=1` writes what is told now, to be read before it is kept.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests read files and fail aloud"
)]

use std::path::PathBuf;

use tanggap_rules::{Inventory, Roster, RuleFile, RuleSet, Site, classify, read};

use super::page::Page;
use super::verdict::Verdict;

const ASSETS: &str =
    "nama;nama_lain;pemilik;layanan_inti;data_pribadi\nSIMRS Kalisari;SIMRS;RSUD Kalisari;ya;ya\n";
const OFFICES: &str =
    "opd,domain,surel\nRSUD Kalisari,rsud.batangkab.go.id,ani@rsud.batangkab.go.id\n";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/cli/explain/pages")
}

fn site() -> Site {
    Site {
        addresses: vec!["csirt@batangkab.go.id".into()],
        domains: vec!["batangkab.go.id".into()],
        message_id_domains: vec!["csirt.batangkab.go.id".into()],
        authserv_ids: vec!["mx.test".into()],
        register_prefix: "INS".into(),
        assets: Inventory::read("aset.csv", ASSETS).unwrap().into(),
        roster: Roster::read("opd.csv", OFFICES).unwrap().into(),
        ..Site::default()
    }
}

fn book() -> RuleSet {
    let text = std::fs::read_to_string(folder().join("buku.toml")).unwrap();
    let file = RuleFile {
        name: "buku.toml".into(),
        text,
    };
    RuleSet::compile(&[file]).unwrap()
}

fn page(rules: &RuleSet, raw: &[u8], coloured: bool) -> String {
    let report = read(raw, &site());
    let verdict = Verdict::of(&report, &classify(rules, &report));
    let page = Page {
        report: &report,
        verdict: &verdict,
        passages: &rules.passages(&report),
        leanings: &rules.leanings(&report, &verdict.rules),
        ruleset: "0123456789abcdef",
        then: None,
        coloured,
    };
    page.to_string()
}

#[test]
fn pages_say_all_that_was_decided_and_why() {
    let rules = book();
    let mut names: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "eml"))
        .collect();
    names.sort();
    assert!(names.len() >= 3, "{names:?}");
    for name in names {
        let raw = std::fs::read(&name).unwrap();
        for (end, coloured) in [("txt", false), ("warna", true)] {
            let told = page(&rules, &raw, coloured).replace('\u{1b}', "␛");
            let kept = name.with_extension(end);
            if std::env::var("UPDATE").is_ok() {
                std::fs::write(&kept, &told).unwrap();
            }
            let kept = std::fs::read_to_string(kept).unwrap_or_default();
            assert!(told == kept, "{}:\n{told}", name.display());
        }
    }
}
