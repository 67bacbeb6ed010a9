//! What is wrong in a configuration and in rule files, asked in English: said in English, at the same places.

use std::path::Path;

use tanggap_tests::world::home::{Home, both};
use tanggap_tests::world::osticket::Standin;

use super::{assert_english, home};

/// Ours in what is told of faults: neither the line of the file that is shown (`3 | …`) nor what is quoted of it.
fn ours(told: &str) -> String {
    let shown = |line: &&str| {
        line.split_once(" |")
            .is_none_or(|(number, _)| number.trim().parse::<u32>().is_err() && !number.is_empty())
    };
    let lines = told.lines().filter(shown);
    let outside = |line: &str| {
        let parts = line.split(['`', '"']).step_by(2);
        parts.collect::<Vec<_>>().join(" ")
    };
    lines.map(outside).collect::<Vec<_>>().join("\n")
}

/// What the command says with these arguments, in both languages; it must refuse.
fn refused(home: &Home, line: &[&str]) -> (String, String) {
    let said = |tongue: &str| {
        let line = [line, &["--lang", tongue]].concat();
        let output = home.tanggap(&line).unwrap().output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(78),
            "{line:?}: {}",
            both(&output)
        );
        both(&output)
    };
    (said("id"), said("en"))
}

/// `file:line:column` of every fault told.
fn places(told: &str) -> Vec<String> {
    let head = |line: &str| {
        let line = line.strip_prefix("tanggap: ").unwrap_or(line);
        let mut parts = line.splitn(4, ':');
        let (file, at, column) = (parts.next()?, parts.next()?, parts.next()?);
        (at.parse::<u32>().is_ok() && column.parse::<u32>().is_ok())
            .then(|| format!("{file}:{at}:{column}"))
    };
    told.lines().filter_map(head).collect()
}

const FAULTY: &str = "\
[site]
language = \"en\"
addresses = [\"csirt@@batangkab.go.id\"]
domains = [\"batang kab\"]
register_prefix = \"ins\"

[[mailbox]]
name = \"Csirt Satu\"
kind = \"maildir\"
path = \"M\"
host = \"x\"
after = \"move\"
move_to = \"INBOX\"
poll = \"61s\"

[osticket]
url = \"ftp://x\"
api_key = \"abc\"
timeout = \"60s\"
fence = \"60s\"

[store]
kind = \"postgres\"
url = \"postgres://u:p@h/d\"

[receipt]
trust = \"authenticated\"

[letters]
numbering = \"block\"
format = \"{kode}/{nomor}\"

[post]
kind = \"smtp\"
host = \"mail.example.org\"
security = \"plain\"
user = 3

[pots]
";

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_the_configuration_are_told_in_english() {
    let desk = Standin::start().await;
    let home = home(&desk, "en");
    std::fs::write(home.config(), FAULTY).unwrap();
    let (indonesian, english) = refused(&home, &["check"]);
    let found = places(&english);
    assert!(found.len() >= 12, "{english}");
    assert_eq!(places(&indonesian), found);
    assert!(indonesian.contains("= tulis: "), "{indonesian}");
    for wanted in ["is no mail address", "= help: ", "secrets must not be"] {
        assert!(english.contains(wanted), "{wanted:?} is not in\n{english}");
    }
    assert_english("check", &ours(&english), &[]);

    let (_, json) = refused(&home, &["check", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(json.trim()).unwrap();
    let faults = told["faults"].as_array().unwrap();
    assert_eq!(faults.len(), found.len());
    for fault in faults {
        for key in ["what", "instead"] {
            assert_english(key, &ours(fault[key].as_str().unwrap()), &[]);
        }
    }

    std::fs::write(home.config(), "[site\nteam = yang\n").unwrap();
    let (_, english) = refused(&home, &["check"]);
    assert_english("check", &ours(&english), &[]);
    assert!(english.contains("this is not valid TOML: "), "{english}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_odd_in_rule_files_is_told_in_english() {
    let desk = Standin::start().await;
    let home = home(&desk, "en");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let own = home.path().join("own");
    std::fs::create_dir(&own).unwrap();
    let (mut faults, mut lints) = (0, 0);
    for page in std::fs::read_dir(root.join("rules/tests/check")).unwrap() {
        let page = page.unwrap().path();
        if page.extension().is_none_or(|end| end != "toml") {
            continue;
        }
        std::fs::copy(&page, own.join("own.toml")).unwrap();
        let check = |tongue: &str| {
            let line = ["rules", "check", "--rules", own.to_str().unwrap(), "--lang"];
            let line = [&line[..], &[tongue]].concat();
            both(&home.tanggap(&line).unwrap().output().unwrap())
        };
        let (indonesian, english) = (check("id"), check("en"));
        assert_eq!(places(&indonesian), places(&english));
        assert_english(&page.display().to_string(), &ours(&english), &[]);
        lints += english.matches(": note: ").count();
        faults += places(&english).len() - english.matches(": note: ").count();
    }
    assert!(
        faults >= 10 && lints >= 10,
        "{faults} faults, {lints} lints"
    );
}
