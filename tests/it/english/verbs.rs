//! The main verbs on a journal with a case in it, asked in English: no Indonesian is left in what they print of their own.

use tanggap_tests::world::home::both;
use tanggap_tests::world::osticket::Standin;

use super::{assert_english, home, report};

/// Of others: what the reporter wrote, what rules say of themselves, what the books are called on paper.
const QUOTED: [&str; 4] = [
    "Situs kami diretas",
    "Situs simpus.batangkab.go.id kami diretas, halaman depan diganti gambar peretas",
    "Dinas Komunikasi dan Informatika",
    "#tingkat",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_main_verbs_speak_english() {
    let desk = Standin::with_plugin().await;
    let home = home(&desk, "en");
    report(&home);
    let said = home.succeed(&["case", "list", "--format", "json"]).unwrap();
    let start = said.find("INS-").unwrap();
    let register = &said[start..start + 13];
    let lines: [&[&str]; 16] = [
        &["journal"],
        &["queue"],
        &["queue", "--all"],
        &["case", "list"],
        &["case", "show", register],
        &[
            "case",
            "triage",
            register,
            "--severity",
            "medium",
            "--reason",
            "seen",
        ],
        &["case", "show", register],
        &["check"],
        &["doctor"],
        &["sync", "audit"],
        &["books", "verify"],
        &["rules", "check"],
        &["letter", "list"],
        &["letter", "check"],
        &["rules", "misfires"],
        &["retention"],
    ];
    for line in lines {
        let output = home.tanggap(line).unwrap().output().unwrap();
        assert!(output.status.success(), "{line:?}: {}", both(&output));
        assert_english(&format!("{line:?}"), &both(&output), &QUOTED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_refused_in_english() {
    let desk = Standin::start().await;
    let home = home(&desk, "en");
    report(&home);
    let lines: [&[&str]; 9] = [
        &["chek"],
        &["case", "show", "INS-2026-9999"],
        &["case", "close", "INS-2026-9999", "--result", "x"],
        &["release", "INS-2026-9999/ticket"],
        &["explain", "/nowhere.eml"],
        &["rules", "score", "/nowhere"],
        &["report", "--month", "2026-13"],
        &["letter", "show", "INS-2026-9999/letter/1"],
        &["rules", "backtest", "--since", "32-13-2026"],
    ];
    for line in lines {
        let output = home.tanggap(line).unwrap().output().unwrap();
        assert!(!output.status.success(), "{line:?}: {}", both(&output));
        assert_english(&format!("{line:?}"), &both(&output), &[]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_help_is_english() {
    let desk = Standin::start().await;
    let home = home(&desk, "en");
    let verbs: [&[&str]; 12] = [
        &[],
        &["run"],
        &["case"],
        &["case", "new"],
        &["case", "triage"],
        &["books"],
        &["letter", "issue"],
        &["rules", "check"],
        &["rules", "backtest"],
        &["report"],
        &["retention"],
        &["explain"],
    ];
    // Arguments and file names in examples are whatever their user calls them.
    let quoted = [
        "di luar kemampuan",
        "salah alamat",
        "surat.pdf",
        "surel-berlabel",
        "laporan.",
        "tidak dipublikasikan",
        "aturan-baru",
        "aturan/",
        "tingkat (",
        "telepon, fax, surat, wa, langsung",
    ];
    for verb in verbs {
        let line = [verb, &["--help"]].concat();
        let help = home.succeed(&line).unwrap();
        assert!(help.contains("Usage: "), "{help}");
        assert_english(&format!("{line:?}"), &help, &quoted);
    }
}
