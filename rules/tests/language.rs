//! The rule language, key by key: each book below is small, and each mail says just enough.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::Arc;

use tanggap_rules::{
    Classification, Inventory, Kind, Past, Roster, RuleFile, RuleSet, Severity, Site, classify,
    classify_amid, read,
};

const WORDS: &str = "[words]\nmenyangkal = [\"=tidak\"]\nragu = [\"diduga\", \"sepertinya\"]\nlatihan = [\"simulasi\", \"latihan\"]\n\
                     retas = [\"retas~\"]\nsitus = [\"situs\", \"papan\"]\n";

fn file(name: &str, text: &str) -> RuleFile {
    RuleFile {
        name: name.into(),
        text: text.into(),
    }
}

fn book(rules: &str) -> RuleSet {
    RuleSet::compile(&[file("a.toml", &format!("{WORDS}{rules}"))])
        .unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn faults(rules: &str) -> Vec<String> {
    let faults = RuleSet::compile(&[file("a.toml", &format!("{WORDS}{rules}"))]).unwrap_err();
    faults
        .iter()
        .map(|one| format!("{} | {}", one.what, one.instead))
        .collect()
}

fn site() -> Site {
    let assets = "[[asset]]\nname = \"SIMRS\"\ndomains = [\"simrs.batangkab.go.id\"]\ncore = true\niiv = true\n[[asset]]\nname = \"SIPD\"\noutside = true\n";
    let roster = "[[office]]\nname = \"Dinas Kesehatan\"\naliases = [\"Dinkes\"]\ndomains = [\"dinkes.batangkab.go.id\"]\naddresses = [\"agen@gmail.example\"]\n";
    Site {
        addresses: vec!["csirt@batangkab.go.id".into()],
        domains: vec!["batangkab.go.id".into()],
        authserv_ids: vec!["mx.batangkab.go.id".into()],
        assets: Arc::new(Inventory::read("a.toml", assets).unwrap()),
        roster: Arc::new(Roster::read("r.toml", roster).unwrap()),
        ..Site::default()
    }
}

/// A mail of header lines and words, judged.
fn judge(rules: &RuleSet, headers: &str, text: &str) -> Classification {
    let from = if headers.contains("From:") {
        ""
    } else {
        "From: rina@gmail.example\n"
    };
    let raw = format!(
        "{from}To: csirt@batangkab.go.id\n{headers}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    );
    classify(rules, &read(raw.replace('\n', "\r\n").as_bytes(), &site()))
}

/// A book of one rule that gives `high` by one condition; whether it holds.
#[track_caller]
fn holds(condition: &str, headers: &str, text: &str) -> bool {
    let rules = book(&format!(
        "[[rule]]\nname = \"x\"\nseverity = \"high\"\nany = [{condition}]\n"
    ));
    judge(&rules, headers, text)
        .fired
        .iter()
        .any(|fired| fired.rule == "x")
}

#[test]
fn every_place_is_looked_at_and_no_other() {
    assert!(holds(
        "\"subject: retas\"",
        "Subject: situs diretas\n",
        "Mohon."
    ));
    assert!(!holds(
        "\"subject: retas\"",
        "Subject: mohon\n",
        "Situs diretas."
    ));
    assert!(holds(
        "\"newest: retas\"",
        "Subject: mohon\n",
        "Situs diretas."
    ));
    assert!(holds(
        "\"retas + situs\"",
        "Subject: mohon\n",
        "Situs kami diretas."
    ));
    assert!(!holds(
        "\"retas + situs\"",
        "Subject: mohon\n",
        "Situs kami. Akun diretas."
    ));
    let quoted = "Mohon dicek.\n\nPada Sen, 2 Feb 2026 pukul 08.12 Budi <b@x.example> menulis:\n> Situs diretas.\n";
    assert!(holds("\"quoted: retas\"", "Subject: Re: x\n", quoted));
    assert!(!holds("\"newest: retas\"", "Subject: Re: x\n", quoted));
    assert!(holds(
        "\"headers: retas\"",
        "Subject: x\nX-Alasan: situs diretas\n",
        "Mohon."
    ));
    assert!(!holds(
        "\"headers: retas\"",
        "Subject: x\n",
        "Situs diretas."
    ));
    let attached = "Subject: x\nContent-Type: multipart/mixed; boundary=b\nX-A: b\n";
    let body = "--b\nContent-Type: text/plain; name=\"situs-diretas.log\"\nContent-Disposition: attachment; filename=\"situs-diretas.log\"\n\nhalaman\n--b--";
    let raw = format!(
        "From: a@b.example\nTo: csirt@batangkab.go.id\n{attached}\n--b\nContent-Type: text/plain\n\nTerlampir buktinya, mohon segera diperiksa oleh tim karena kami tidak tahu lagi harus berbuat apa.\n{body}\n"
    );
    let rules =
        book("[[rule]]\nname = \"x\"\nseverity = \"high\"\nany = [\"names: retas + situs\"]\n");
    let report = read(raw.replace('\n', "\r\n").as_bytes(), &site());
    assert_eq!(classify(&rules, &report).severity, Severity::High);
}

#[test]
fn patterns_stand_wherever_lists_do() {
    let rules = "[patterns]\nslot = 'sl[o0]t\\s?\\d{2}'\nphp = '^x-php-originating-script: .+mailer'\ntujuan = '^url:.*\\.php\\?id='\nretas = 'h4ck3d by'\n\
        [[rule]]\nname = \"slot\"\nseverity = \"high\"\nany = [\"slot + situs\"]\n\
        [[rule]]\nname = \"bukan-slot\"\ntags = [\"bukan-slot\"]\nany = [\"denied slot\"]\n\
        [[rule]]\nname = \"php\"\ntags = [\"php\"]\nany = [\"headers: php\"]\n\
        [[rule]]\nname = \"tujuan\"\ntags = [\"tujuan\"]\nany = [\"observables: tujuan\"]\n\
        [[rule]]\nname = \"retas\"\ntags = [\"retas\"]\nany = [\"retas\"]\n";
    let rules = book(rules);
    let told = judge(
        &rules,
        "Subject: x\n",
        "Situs kami memuat SL0T 88 sejak pagi.",
    );
    assert_eq!(told.severity, Severity::High);
    assert_eq!(told.fired[0].words, ["SL0T 88", "Situs"]);
    assert_eq!(
        judge(&rules, "Subject: x\n", "Situs kami tidak memuat slot 88.").tags,
        ["bukan-slot"]
    );
    assert_eq!(
        judge(
            &rules,
            "Subject: x\nX-PHP-Originating-Script: 33:mailer.php\n",
            "Mohon."
        )
        .tags,
        ["php"]
    );
    let tags = judge(
        &rules,
        "Subject: x\n",
        "Buka hxxp://jahat[.]example/masuk.php?id=1 ya.",
    )
    .tags;
    assert_eq!(tags, ["tujuan"]);
    // A list may hold words and patterns: each finds its own.
    for text in ["Ada tulisan H4ck3d by X.", "Kami diretas."] {
        assert_eq!(
            judge(&rules, "Subject: x\n", text).tags,
            ["retas"],
            "{text}"
        );
    }
}

#[test]
fn a_word_with_a_question_mark_bears_a_slip_of_the_pen() {
    let rules = book(
        "[words_instead]\nretas = [\"ransomware?\", \"retas~?\"]\n[[rule]]\nname = \"x\"\nseverity = \"high\"\nany = [\"retas\"]\n",
    );
    let high = |text: &str| judge(&rules, "Subject: x\n", text).severity == Severity::High;
    for text in [
        "kena ransonware",
        "kena ransomwere",
        "kena ransomware",
        "server diretass orang",
        "orang meertas server",
    ] {
        assert!(high(text), "{text}");
    }
    for text in ["kena ransum", "terbatas sekali", "kertas habis"] {
        assert!(!high(text), "{text}");
    }
}

#[test]
fn unsure_and_drill_ask_what_stands_beside() {
    assert!(holds(
        "\"unsure retas\"",
        "Subject: x\n",
        "Situs kami diduga diretas."
    ));
    assert!(!holds(
        "\"unsure retas\"",
        "Subject: x\n",
        "Situs kami diretas. Diduga hujan."
    ));
    assert!(holds(
        "\"drill retas\"",
        "Subject: x\n",
        "Besok simulasi situs diretas."
    ));
    assert!(!holds("\"drill retas\"", "Subject: x\n", "Situs diretas."));
    assert!(holds(
        "\"denied retas\"",
        "Subject: x\n",
        "Situs tidak diretas."
    ));
    assert!(holds(
        "{ all = [\"retas\", { any = [\"situs\"], not = [\"denied retas\"] }] }",
        "Subject: x\n",
        "Situs diretas."
    ));
}

#[test]
fn who_and_what_a_mail_concerns_can_be_asked() {
    let ok = |condition: &str, headers: &str, text: &str| {
        holds(&format!("\"{condition}\""), headers, text)
    };
    let dinkes = "From: Sari <sari@dinkes.batangkab.go.id>\nSubject: x\n";
    assert!(ok("reporter: known", dinkes, "Mohon."));
    assert!(ok(
        "reporter: agent",
        "From: agen@gmail.example\nSubject: x\n",
        "Mohon."
    ));
    assert!(!ok("reporter: agent", dinkes, "Mohon."));
    assert!(ok(
        "reporter: ours",
        "From: a@setda.batangkab.go.id\nSubject: x\n",
        "Mohon."
    ));
    assert!(ok("reporter: outside", "Subject: x\n", "Mohon."));
    assert!(ok("office: kesehatan", dinkes, "Mohon."));
    assert!(!ok("office: sehat", dinkes, "Mohon."));
    assert!(ok(
        "office: pendidikan, rsud",
        "Subject: x\n",
        "Kami dari RSUD Kalisari mohon bantuan."
    ));
    assert!(ok("asset: core", "Subject: x\n", "SIMRS mati."));
    assert!(ok(
        "asset: iiv",
        "Subject: x\n",
        "buka https://simrs[.]batangkab[.]go[.]id/login"
    ));
    assert!(!ok("asset: core", "Subject: x\n", "Printer mati."));
    assert!(ok(
        "asset: outside",
        "Subject: x\n",
        "SIPD tidak bisa login."
    ));
    assert!(ok(
        "asset: outside",
        "Subject: x\n",
        "Situs kota-lain.go.id diretas."
    ));
    assert!(!ok(
        "asset: outside",
        "Subject: x\n",
        "Situs dinkes.batangkab.go.id dan kota-lain.go.id diretas."
    ));
    assert!(!ok(
        "asset: known",
        "Subject: x\n",
        "SIPD tidak bisa login."
    ));
    assert!(ok(
        "tlp: red amber_strict",
        "Subject: [TLP:RED] x\n",
        "Mohon."
    ));
    assert!(!ok("tlp: red", "Subject: [TLP:GREEN] x\n", "Mohon."));
    assert!(ok(
        "language: en",
        "Subject: x\n",
        "The host is compromised and we have evidence for this."
    ));
    let seen = "Authentication-Results: mx.batangkab.go.id; dmarc=fail header.from=gmail.example\nSubject: x\n";
    assert!(ok("authenticity: fail", seen, "Mohon."));
    assert!(ok("authenticity: unknown", "Subject: x\n", "Mohon."));
    assert!(ok(
        "has: bitcoin",
        "Subject: x\n",
        "bayar ke 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
    ));
    assert!(ok("has: range", "Subject: x\n", "dari 203.0.113.0/24"));
}

#[test]
fn the_kind_can_be_asked_once_it_is_known() {
    let rules = book(
        "[[rule]]\nname = \"r\"\nkind = \"report\"\nany = [\"retas\"]\n[[rule]]\nname = \"k\"\ntags = [\"laporan\"]\nany = [\"kind: report automated\"]\n",
    );
    assert_eq!(
        judge(&rules, "Subject: x\n", "Situs diretas.").tags,
        ["laporan"]
    );
    let reply = judge(
        &rules,
        "Subject: x\nAuto-Submitted: auto-replied\n",
        "Situs diretas.",
    );
    assert_eq!((reply.kind, reply.tags.len()), (Kind::AutoReply, 0));
}

#[test]
fn a_rule_marks_a_case_and_cites_its_clause() {
    let rules = book(
        "[[rule]]\nname = \"a\"\nseverity = \"high\"\nqueue = 3\ntags = [\"judi\", \"web\"]\nclause = \"SOP High\"\nreason = \"Parah.\"\nany = [\"retas\"]\n\
         [[rule]]\nname = \"b\"\nqueue = 1\ntags = [\"web\", \"pandi\"]\ndeadline = [\"iiv\", \"pdp\"]\nany = [\"situs\"]\n",
    );
    let judged = judge(&rules, "Subject: x\n", "Situs diretas.");
    assert_eq!(judged.priority, Some(1));
    assert_eq!(judged.tags, ["judi", "web", "pandi"]);
    assert_eq!(judged.deadlines, ["iiv", "pdp"]);
    assert_eq!(
        (judged.clauses, judged.reasons),
        (vec!["SOP High".to_owned()], vec!["Parah.".to_owned()])
    );
}

#[test]
fn reports_within_a_window_are_counted_the_same_way_each_time() {
    let rules = book(
        "[[rule]]\nname = \"x\"\nqueue = 1\nany = [\"count: asset >= 3 in 24h\"]\n[[rule]]\nname = \"y\"\ntags = [\"ramai\"]\nany = [\"count: sender >= 2 in 1h\"]\n",
    );
    assert_eq!(rules.window(), Some(86_400_000));
    assert_eq!(book("").window(), None);
    let mail = |from: &str| {
        let raw = format!(
            "From: {from}\r\nTo: csirt@batangkab.go.id\r\nSubject: SIMRS mati\r\n\r\nMohon.\r\n"
        );
        read(raw.as_bytes(), &site())
    };
    let hour = 3_600_000;
    let mails = [
        ("a@x.example", 0),
        ("b@x.example", 2),
        ("a@x.example", 3),
        ("c@x.example", 26),
        ("c@x.example", 27),
    ];
    let walk = || {
        let mut past = Past::default();
        let mut told = Vec::new();
        for (from, at) in mails {
            let report = mail(from);
            let judged = classify_amid(&rules, &report, &past, at * hour);
            told.push((judged.priority, judged.tags.len()));
            past.note(&report, at * hour);
        }
        told
    };
    // The fourth is the third within 24 hours of it: those of hours 2 and 3 stand before it; the fifth has that of 3 and 26.
    assert_eq!(
        walk(),
        [
            (None, 0),
            (None, 0),
            (Some(1), 0),
            (Some(1), 0),
            (Some(1), 1)
        ]
    );
    assert_eq!(walk(), walk());
}

#[test]
fn a_sites_own_file_extends_replaces_and_takes_away() {
    let shipped = file(
        "book.toml",
        &format!(
            "{WORDS}[[rule]]\nname = \"a\"\nseverity = \"low\"\nany = [\"retas\"]\n[[rule.test]]\ntext = \"diretas\"\n[[rule]]\nname = \"b\"\ntags = [\"b\"]\nany = [\"situs\"]\n[[rule.test]]\ntext = \"situs\"\n"
        ),
    );
    let judged = |own: &str, text: &str| {
        let rules = RuleSet::compile(&[shipped.clone(), file("situs.toml", own)]).unwrap();
        judge(&rules, "Subject: x\n", text)
    };
    let rules_of = |judged: Classification| {
        judged
            .fired
            .into_iter()
            .map(|one| one.rule)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        judged(
            "[words]\nretas = [\"jebol\"]\n",
            "Tembok jebol, juga diretas."
        )
        .severity,
        Severity::Low
    );
    assert_eq!(
        rules_of(judged("[words]\nretas = [\"jebol\"]\n", "Tembok jebol.")),
        ["a"]
    );
    assert!(
        rules_of(judged(
            "[words_instead]\nretas = [\"jebol\"]\n",
            "Kami diretas."
        ))
        .is_empty()
    );
    assert!(rules_of(judged("[words_without]\nsitus = [\"papan\"]\n", "papan")).is_empty());
    assert_eq!(
        rules_of(judged("[words_without]\nsitus = [\"papan\"]\n", "situs")),
        ["b"]
    );
    let replaced = "[[rule]]\nname = \"a\"\nseverity = \"high\"\nany = [\"retas\"]\n";
    assert_eq!(judged(replaced, "Kami diretas.").severity, Severity::High);
    assert!(rules_of(judged("[[rule]]\nname = \"b\"\noff = true\n", "situs")).is_empty());
    let rules = RuleSet::compile(&[
        shipped.clone(),
        file("situs.toml", "[[rule]]\nname = \"b\"\noff = true\n"),
    ])
    .unwrap();
    let no_file = |_: &str, _: &str| Err(String::new());
    let names: Vec<String> = rules
        .trials(&site(), &no_file)
        .into_iter()
        .map(|trial| trial.rule)
        .collect();
    assert_eq!(names, ["a"], "the tests of a rule go with it");
}

#[test]
fn every_fault_names_what_to_write_instead() {
    let rule = |condition: &str| {
        faults(&format!(
            "[[rule]]\nname = \"x\"\nseverity = \"low\"\nany = [\"{condition}\"]\n"
        ))[0]
            .clone()
    };
    assert_eq!(
        rule("asset: cor"),
        "`cor` tidak dikenal | maksud Anda `core`?"
    );
    assert!(rule("count: sender > 3 in 24h").contains("count: sender >= 3 in 24h"));
    assert!(rule("count: sender >= 3 in 400d").contains("hitungan"));
    assert!(rule("reporter:").contains("kosong"));
    assert!(rule("subjek: retas").contains("tempat `subjek` tidak dikenal"));
    assert_eq!(
        rule("unsure rettas"),
        "daftar kata `rettas` tidak ada | maksud Anda `retas`?"
    );
    let lowered = faults(
        "[[rule]]\nname = \"x\"\nat_most = \"low\"\nall = [\"retas\", { any = [\"asset: core\"] }]\n",
    );
    assert!(lowered[0].contains("hanya boleh menaikkan"), "{lowered:?}");
    book("[[rule]]\nname = \"x\"\nat_most = \"low\"\nany = [\"retas\"]\nnot = [\"asset: core\"]\n");
    let kind = faults(
        "[[rule]]\nname = \"x\"\nkind = \"report\"\nany = [\"retas\"]\nnot = [\"kind: other\"]\n",
    );
    assert!(kind[0].contains("macam surel baru diketahui"), "{kind:?}");
    let marks = faults(
        "[[rule]]\nname = \"x\"\nqueue = 0\ntags = [\"Judi Online\"]\ndeadline = [\"pandi\"]\nany = [\"retas\"]\n",
    );
    assert_eq!(marks.len(), 3, "{marks:?}");
    let away = faults(
        "[words_without]\nretas = [\"jebol\"]\nsitsu = [\"x\"]\n[[rule]]\nname = \"tak-ada\"\noff = true\n",
    );
    assert!(
        away[0].contains("tidak memuat frasa ini")
            && away[1].contains("maksud Anda `situs`?")
            && away[2].contains("aturan `tak-ada` tidak ada"),
        "{away:?}"
    );
    assert!(faults("[patterns]\nx = '(('\n")[0].contains("pola tidak dapat dibaca"));
}
