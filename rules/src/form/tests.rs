#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Duration;

use super::*;

/// Reads `text` with `read` and compares every fault, as `line:column what -> instead`.
fn check(text: &str, read: impl FnOnce(&Table<'_>), expect: &[&str]) {
    let form = Form::parse("f.toml", text);
    read(&form.root());
    let found: Vec<String> = form
        .finish()
        .iter()
        .map(|f| format!("{}:{} {} -> {}", f.line, f.column, f.what, f.instead))
        .collect();
    assert_eq!(found, expect);
}

#[test]
fn a_good_form_has_no_fault() {
    let text = "name = 'x'\nwait = '90s'\n[server]\nport = 993\nwords = ['a', 'b']\n[[box]]\nname = 'one'\n[[box]]\nname = 'two'\n";
    let read = |root: &Table<'_>| {
        assert_eq!(root.need("name").text().unwrap(), "x");
        let wait = root
            .need("wait")
            .duration(Duration::ZERO..=Duration::from_mins(2));
        assert_eq!(wait, Some(Duration::from_secs(90)));
        let server = root.need("server").table().unwrap();
        assert_eq!(server.need("port").integer(1..=65535), Some(993));
        let words = server.need("words").texts().unwrap();
        assert_eq!(
            words.iter().map(|w| w.value.as_str()).collect::<Vec<_>>(),
            ["a", "b"]
        );
        let boxes = root.need("box").tables();
        assert_eq!(
            boxes
                .iter()
                .filter_map(|b| b.need("name").text())
                .collect::<Vec<_>>(),
            ["one", "two"]
        );
    };
    check(text, read, &[]);
}

#[test]
fn every_fault_is_told_at_once() {
    let text = "[server]\nhosst = 'x'\nport = 'y'\nmode = 'tsl'\n";
    let read = |root: &Table<'_>| {
        let server = root.need("server").table().unwrap();
        server.need("host").text();
        server.need("port").integer(1..=65535);
        server.need("mode").one_of(&[("tls", 1), ("plain", 2)]);
        root.need("team").table();
    };
    let expect = [
        "1:1 kunci `team` wajib ada -> tambahkan `team = …`",
        "1:1 kunci `host` wajib ada di `server` -> tambahkan `host = …`",
        "2:1 kunci tidak dikenal `server.hosst` -> maksud Anda `host`?",
        "3:8 `server.port` harus bilangan bulat, bukan teks -> port = 1",
        "4:8 `server.mode` tidak mengenal \"tsl\" -> maksud Anda \"tls\"? (pilihan: \"tls\" | \"plain\")",
    ];
    check(text, read, &expect);
}

#[test]
fn slips_of_grammar_are_told_with_the_rest() {
    let text = "a = \nb = tanpa\nc = 1\nc = 2\n";
    let read = |root: &Table<'_>| {
        root.maybe("a").text();
        root.maybe("b").text();
        root.maybe("c").text();
        root.need("d").text();
    };
    let expect = [
        "1:5 nilai belum ditulis -> `kunci = nilai`",
        "2:5 teks harus diapit tanda kutip -> `\"…\"`, `true` atau `false`",
        "3:5 `c` harus teks, bukan bilangan bulat -> c = \"…\"",
        "4:1 kunci ini sudah ditulis sebelumnya -> hapus salah satu",
    ];
    check(text, read, &expect);
}

#[test]
fn free_keys_and_nested_lists_are_read() {
    let text = "[words]\n\"kata dua\" = [['a', 1], 'b']\nlain = 'c'\n";
    let read = |root: &Table<'_>| {
        let words = root.need("words").table().unwrap();
        let entries = words.entries();
        assert_eq!(
            entries
                .iter()
                .map(|(key, _)| key.value.as_str())
                .collect::<Vec<_>>(),
            ["kata dua", "lain"]
        );
        let items = entries[0].1.items();
        assert_eq!(items[0].items()[0].text().unwrap(), "a");
        assert_eq!(items[0].items()[1].integer(0..=9), Some(1));
        assert!(items[1].is_text());
        assert_eq!(entries[1].1.texts().unwrap()[0].value, "c");
    };
    check(text, read, &[]);
}

#[test]
fn a_fault_shows_line_and_caret() {
    let form = Form::parse("tanggap.toml", "\n\t\"pért\" = 0\n");
    form.root().maybe("pért").integer(1..=9);
    let expect = "tanggap.toml:2:11: `pért` = 0 di luar batas\n  |\n2 | \t\"pért\" = 0\n  | \t         ^\n  = tulis: bilangan dari 1 sampai 9";
    assert_eq!(form.finish().to_string(), expect);
}

#[test]
fn lengths_of_time_have_units_and_bounds() {
    let minute = Duration::from_secs(1)..=Duration::from_mins(1);
    let read = |root: &Table<'_>| {
        assert_eq!(
            root.maybe("a").duration(minute.clone()),
            Some(Duration::from_mins(1))
        );
        root.maybe("b").duration(minute.clone());
        root.maybe("c").duration(minute.clone());
        root.maybe("d").duration(minute.clone());
    };
    let expect = [
        "2:5 `b` = 2m di luar batas -> dari \"1s\" sampai \"1m\"",
        "3:5 \"30\" bukan lama waktu -> angka dan satuan (ms, s, m, h, d), misalnya \"30s\"",
        "4:5 `d` harus teks, bukan bilangan bulat -> d = \"…\"",
    ];
    check("a = '60 s'\nb = '2m'\nc = '30'\nd = 30\n", read, &expect);
}

#[test]
fn hostile_text_never_panics() {
    for text in [
        "\u{feff}a",
        "a = '",
        "[",
        "[[a]]\n[a]",
        "a.b = 1\na = 2",
        "é = \"\\",
        "a = [[[[",
        "\0",
        "a = 99999999999999999999",
    ] {
        let form = Form::parse("f", text);
        form.root().maybe("a").items();
        assert!(!form.finish().is_empty(), "{text:?}");
    }
}

#[test]
fn a_secret_is_never_shown() {
    let lines = [
        "password = 'hunter2'",
        "\"api_key\"  =  hunter2",
        "x = { token='hunter2' }",
        "url = 'pg://u:hunter2@h'",
    ];
    for line in lines {
        let faults = Form::parse("f.toml", line).root_of_nothing();
        assert!(
            !faults.is_empty() && !faults.to_string().contains("hunter2"),
            "{faults}"
        );
    }
}

impl Form {
    /// The faults of a form of which nothing is known.
    fn root_of_nothing(self) -> Faults {
        drop(self.root());
        self.finish()
    }
}
