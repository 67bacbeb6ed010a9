//! Scales learned from labelled mails judge mails that hold the same words, and a person can read them.
#![allow(clippy::unwrap_used)]

use tanggap_rules::{Kind, Lesson, RuleFile, RuleSet, Severity, Site, classify, learn, read};

const HEAVY: &[&str] = &[
    "Papan nama digital di alun-alun ngambek parah sejak subuh",
    "Gerbang parkir ngambek parah dan tidak mau turun",
    "Jam menara ngambek parah lagi hari ini",
    "Lampu taman ngambek parah sepanjang malam",
];
const LIGHT: &[&str] = &[
    "Papan nama digital di alun-alun rewel sedikit sejak subuh",
    "Gerbang parkir rewel sedikit dan lambat turun",
    "Jam menara rewel sedikit lagi hari ini",
    "Lampu taman rewel sedikit sepanjang malam",
];

fn mail(text: &str) -> tanggap_rules::Report {
    let raw = format!(
        "From: Rina <rina@gmail.example>\r\nTo: csirt@batangkab.go.id\r\nSubject: Laporan\r\n\r\n{text}.\r\n"
    );
    read(raw.as_bytes(), &Site::default())
}

fn lessons(rules: &RuleSet) -> Vec<Lesson> {
    let lesson = |text: &&str, level| {
        let label = (Kind::Report, Some(level), "availability:sabotage");
        Lesson::new(rules, &mail(text), label)
    };
    let heavy = HEAVY.iter().map(|text| lesson(text, Severity::High));
    heavy
        .chain(LIGHT.iter().map(|text| lesson(text, Severity::Low)))
        .collect()
}

#[test]
fn words_of_labelled_mails_decide_where_no_rule_knows_them() {
    let bare = RuleSet::compile(&[]).unwrap();
    let text = learn(&lessons(&bare));
    assert_eq!(
        text,
        learn(&lessons(&bare)),
        "the same mails, the same scales"
    );
    assert!(
        text.contains(" ngambek\"") && text.contains(" rewel\""),
        "{text}"
    );
    let learned = RuleSet::compile(&[RuleFile {
        name: "timbangan.toml".to_owned(),
        text,
    }])
    .unwrap();
    let level = |say: &str| classify(&learned, &mail(say)).severity;
    assert_eq!(level("Mesin antrean ngambek parah"), Severity::High);
    assert_eq!(level("Mesin antrean rewel sedikit"), Severity::Low);
}

/// Labelling guide, how to decide, 4: a bare forward is judged by what it forwards.
#[test]
fn what_is_passed_on_without_a_word_is_left_to_the_rules() {
    let file = |name: &str, text: &str| RuleFile {
        name: name.to_owned(),
        text: text.to_owned(),
    };
    let rules = "[words]\nunduh = [\"unduh\"]\n[[rule]]\nname = \"pancingan\"\nkind = \"report\"\nany = [\"unduh\"]\n";
    let scales = "[[scale]]\nof = \"kind\"\nis = \"report\"\nbase = 0\nweighs = [\"1 situs\"]\n\
        [[scale]]\nof = \"kind\"\nis = \"other\"\nbase = 0\nweighs = [\"9000 tagihan\", \"9000 pelanggan\"]\n";
    let book = RuleSet::compile(&[file("a.toml", rules), file("b.toml", scales)]).unwrap();
    let lure = "Pelanggan yth, tagihan Anda belum dibayar. Unduh di sini.";
    assert_eq!(classify(&book, &mail(lure)).kind, Kind::Other);
    let passed_on = format!(
        "Mohon ditindaklanjuti.\r\n\r\n---------- Forwarded message ---------\r\nFrom: Billing <b@tagih.example>\r\nSubject: Tagihan\r\n\r\n{lure}"
    );
    assert_eq!(classify(&book, &mail(&passed_on)).kind, Kind::Report);
}
