//! `tanggap explain` and `tanggap rules score`, as an admin uses them: on bare files, on the journal, in a pipe.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tanggap_tests::world::home::{Home, Plan, binary};
use tanggap_tests::world::osticket::Standin;

fn reports() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("reports")
}

/// The binary without any configuration, away from every file of ours.
fn bare(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary().unwrap());
    command
        .args(arguments)
        .env_remove("TANGGAP_CONFIG")
        .current_dir(reports());
    command
}

fn objects(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_sample_is_one_object_under_the_keys_of_its_label() {
    let mut names: Vec<String> = std::fs::read_dir(reports())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| {
            std::path::Path::new(name)
                .extension()
                .is_some_and(|kind| kind == "eml")
        })
        .collect();
    names.sort();
    let mut arguments = vec!["explain", "--format", "json"];
    arguments.extend(names.iter().map(String::as_str));
    let output = bare(&arguments).output().unwrap();
    assert!(output.status.success());
    let told = objects(&output);
    assert_eq!(told.len(), names.len());
    for (name, told) in names.iter().zip(&told) {
        let label = std::fs::read_to_string(reports().join(name).with_extension("toml")).unwrap();
        let label: toml::Table = toml::from_str(&label).unwrap();
        for key in ["kind", "severity", "type"] {
            let wanted = label.get(key).and_then(toml::Value::as_str);
            if key != "type" || label.contains_key("severity") {
                assert!(told.get(key).is_some(), "{name} has no {key}");
            }
            if key != "type" {
                assert_eq!(told[key].as_str(), wanted, "{name}: {key}");
            }
        }
        for key in [
            "also",
            "language",
            "opd",
            "identity_attached",
            "evidence_attached",
            "indicators",
            "rules",
            "reasons",
        ] {
            assert!(told.get(key).is_some(), "{name} has no {key}");
        }
    }
}

#[test]
fn a_mail_that_is_not_there_keeps_its_line_and_fails_the_call() {
    let output = bare(&[
        "explain",
        "--format",
        "json",
        "tidak-ada.eml",
        "001-server-siak-ekstensi-kmrd.eml",
    ])
    .output()
    .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = objects(&output);
    assert!(
        told[0]["error"]
            .as_str()
            .unwrap()
            .contains("tidak ada berkas")
    );
    assert_eq!(told[1]["kind"], "report");
}

#[test]
fn people_read_the_words_in_their_sentences_and_what_denies_them() {
    let mut child = bare(&["explain", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mail = "From: a@dinkes.batangkab.go.id\r\nTo: csirt@batangkab.go.id\r\nSubject: Situs diretas\r\n\r\n\
                Halaman depan situs kami diganti gambar peretas. Tidak ada data yang hilang. Lihat http://jahat.example/x\r\n";
    child
        .stdin
        .take()
        .unwrap()
        .write_all(mail.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{page}");
    assert!(
        page.contains("Macam       report (laporan orang)"),
        "{page}"
    );
    assert!(
        !page.contains('\u{1b}'),
        "colours outside a terminal: {page}"
    );
    assert!(page.contains("Halaman depan situs kami diganti"), "{page}");
    assert!(
        page.contains("Tidak ada data yang hilang (oleh “Tidak”)"),
        "{page}"
    );
    assert!(page.contains("hxxp://jahat[.]example/x"), "{page}");
    assert!(
        !page.contains("http://"),
        "a link that can be clicked: {page}"
    );
}

#[test]
fn bytes_that_are_no_mail_are_explained_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("acak");
    std::fs::write(&file, [0xff_u8, 0, 0x1b, b'[', 0xfe].repeat(1000)).unwrap();
    let output = bare(&["explain", "--format", "json", file.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(output.status.success());
    assert_eq!(objects(&output).len(), 1);
}

#[test]
fn a_folder_of_labelled_mails_is_scored() {
    let output = bare(&["rules", "score", "--format", "json", "."])
        .output()
        .unwrap();
    let told = &objects(&output)[0];
    assert_eq!(told["mails"], 80);
    assert!(told["kind"]["ratio"].as_f64().unwrap() >= 0.97);
    assert_eq!(told["high_judged_low"], 0);
    let slips = tempfile::tempdir().unwrap();
    let mail = reports().join("001-server-siak-ekstensi-kmrd.eml");
    std::fs::copy(mail, slips.path().join("a.eml")).unwrap();
    let label = "kind = \"laporan\"\nseverty = \"high\"\n";
    std::fs::write(slips.path().join("a.toml"), label).unwrap();
    let output = bare(&["rules", "score", slips.path().to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(78));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    for wanted in [
        "a.toml:1:8:",
        "maksud Anda \"report\"?",
        "maksud Anda `severity`?",
    ] {
        assert!(told.contains(wanted), "{wanted} is not told:\n{told}");
    }
    let empty = tempfile::tempdir().unwrap();
    let output = bare(&["rules", "score", empty.path().to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("NAMA.toml"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_and_the_register_name_mails_too() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    let raw = std::fs::read(reports().join("001-server-siak-ekstensi-kmrd.eml")).unwrap();
    home.deliver("satu", &raw).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let by_number = home.succeed(&["explain", "--format", "json", "1"]).unwrap();
    let journal = home.succeed(&["journal", "--format", "json"]).unwrap();
    let journal: Value = serde_json::from_str(&journal).unwrap();
    let register = journal["mails"][0]["register"].as_str().unwrap().to_owned();
    let by_register = home
        .succeed(&["explain", "--format", "json", &register])
        .unwrap();
    assert_eq!(by_number, by_register);
    assert!(by_number.contains("\"severity\":\"high\""), "{by_number}");
    let told: Value = serde_json::from_str(&by_number).unwrap();
    let then = &told["journal"];
    assert_eq!(told["ruleset"].as_str().map(str::len), Some(64));
    assert_eq!(
        (&then["ruleset"], &then["register"], &then["kind"]),
        (
            &told["ruleset"],
            &register.as_str().into(),
            &"report".into()
        )
    );
    assert_eq!(journal["mails"][0]["ruleset"], told["ruleset"]);
    let page = home.succeed(&["explain", &register]).unwrap();
    assert!(
        page.contains("Saat masuk  report, high,") && page.contains("(aturan yang sama)"),
        "{page}"
    );
    let shown = home.succeed(&["case", "show", &register]).unwrap();
    let stamp = &told["ruleset"].as_str().unwrap()[..12];
    assert!(
        shown.contains(&format!("oleh aturan bersidik {stamp}")),
        "{shown}"
    );
    let other = home.path().join("lain");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("a.toml"), "[words]\nsisa = [\"sisa\"]\n").unwrap();
    let page = home
        .succeed(&["explain", "1", "--rules", other.to_str().unwrap()])
        .unwrap();
    assert!(page.contains(&format!("(sidik {stamp})")), "{page}");
}

#[test]
fn every_fault_of_a_rule_file_is_told_at_once_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let text = "[[rule]]\nname = \"uji\"\nseverity = \"high\"\nany = [\"situss\", \"has: kartu\", \"sign: lst\"]\n";
    std::fs::write(folder.path().join("a.toml"), text).unwrap();
    let own = folder.path().to_str().unwrap();
    let output = bare(&["rules", "check", "--rules", own]).output().unwrap();
    assert_eq!(output.status.code(), Some(78));
    let told = String::from_utf8(output.stderr).unwrap();
    for wanted in [
        "a.toml:4:8: daftar kata `situss` tidak ada",
        "^^^^^^^^",
        "maksud Anda `situs`?",
        "`kartu` tidak dikenal",
        "maksud Anda `list`?",
        "3 kesalahan",
    ] {
        assert!(told.contains(wanted), "{wanted} is not told:\n{told}");
    }
    std::fs::write(folder.path().join("a.toml"), "[words]\nsisa = [\"sisa\"]\n").unwrap();
    let output = bare(&["rules", "check", "--rules", own]).output().unwrap();
    assert!(output.status.success());
    let told = String::from_utf8(output.stdout).unwrap();
    for wanted in [
        "a.toml:2:1: perhatikan: daftar kata `sisa` tidak dipakai",
        "2 | sisa = [",
        "1 hal perlu diperhatikan",
    ] {
        assert!(told.contains(wanted), "{wanted} is not told:\n{told}");
    }
    let strict = [
        "rules", "check", "--strict", "--rules", own, "--format", "json",
    ];
    let output = bare(&strict).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = &objects(&output)[0];
    assert_eq!(told["sound"], true);
    let lint = &told["lints"][0];
    assert_eq!(
        (&lint["flaw"], &lint["name"], &lint["line"], &lint["column"]),
        (&"unused_list".into(), &"sisa".into(), &2.into(), &1.into())
    );
}

#[test]
fn what_keeps_rules_from_being_read_is_told_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let check = |path: &std::path::Path| {
        let output = bare(&["rules", "check", "--rules", path.to_str().unwrap()])
            .output()
            .unwrap();
        let told = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(told).unwrap())
    };
    let (code, told) = check(&at("tidak-ada"));
    assert_eq!(code, Some(1));
    assert!(told.contains("folder aturan ini tidak ada"), "{told}");
    std::fs::write(at("a.toml"), b"[words]\nsitus = [\"\xe9\"]\n").unwrap();
    let (_, told) = check(&at("a.toml"));
    assert!(told.contains("ini bukan folder"), "{told}");
    let (_, told) = check(folder.path());
    assert!(
        told.contains("baris 2") && told.contains("bukan UTF-8"),
        "{told}"
    );
    std::fs::remove_file(at("a.toml")).unwrap();
    std::fs::write(at("b.toml.txt"), "x").unwrap();
    std::fs::write(at(".#a.toml"), "an editor's own").unwrap();
    let (code, told) = check(folder.path());
    assert_eq!(code, Some(0), "{told}");
    assert!(
        told.contains("b.toml.txt tidak dibaca: nama berkas aturan harus berakhir dengan .toml"),
        "{told}"
    );
}

#[test]
fn tests_beside_rules_are_done_and_a_failure_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let rule = "[words]\nwereng-kami = [\"wereng cokelat\"]\n[[rule]]\nname = \"wereng-kami\"\nkind = \"other\"\nany = [\"wereng-kami\"]\n";
    let good = format!("{rule}[[rule.test]]\nfile = \"sawah.eml\"\nkind = \"other\"\n");
    std::fs::write(folder.path().join("a.toml"), &good).unwrap();
    let mail = "From: a@b.example\r\nTo: csirt@batangkab.go.id\r\nSubject: Sawah\r\n\r\nWereng cokelat di sawah.\r\n";
    std::fs::write(folder.path().join("sawah.eml"), mail).unwrap();
    let own = folder.path().to_str().unwrap();
    let output = bare(&["rules", "test", "--rules", own]).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && told.contains(", 0 gagal;"),
        "{told}"
    );
    let bad = format!("{good}[[rule.test]]\ntext = \"Ada ulat.\"\n");
    std::fs::write(folder.path().join("a.toml"), bad).unwrap();
    let output = bare(&["rules", "test", "--rules", own]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stdout).unwrap();
    for wanted in [
        "GAGAL wereng-kami",
        "a.toml:10",
        "diharapkan berlaku, didapat tidak berlaku",
        ", 1 gagal;",
    ] {
        assert!(told.contains(wanted), "{wanted} is not told:\n{told}");
    }
}
