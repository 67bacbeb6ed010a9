use tanggap_rules::{Contact, Language, Missing, Report};

use crate::letter::tests::{report, with_facts};

fn subject(change: impl FnOnce(&mut Report)) -> String {
    let mut report = report();
    change(&mut report);
    with_facts(&report, super::subject)
}

fn body(change: impl FnOnce(&mut Report)) -> String {
    let mut report = report();
    change(&mut report);
    with_facts(&report, super::body)
}

#[test]
fn the_receipt_in_indonesian() {
    let expect = "\
Yth. Bapak/Ibu Budi Santoso, S. Kom.,

Laporan Saudara telah kami terima pada Senin, 23 November 2026 pukul
08.41 WIB dan dicatat dengan nomor register INS-2026-0042. Laporan akan
ditelaah oleh Tim Resolusi Insiden Batangkab-CSIRT.

Untuk melengkapi laporan, mohon mengirimkan:
- foto atau pindaian kartu identitas pelapor (KTP atau kartu pegawai);
- bukti insiden: tangkapan layar, foto, log, atau berkas yang terdampak.

Mohon tidak mematikan sistem yang terdampak, tidak menghapus berkas di
dalamnya, dan menyimpan log sebagai bukti.

Bila membalas surel ini, mohon tidak mengubah nomor register pada
subjek. Informasi ini bersifat terbatas.

Batangkab-CSIRT
Dinas Komunikasi dan Informatika Kabupaten Batang
csirt@batangkab.go.id

Pesan ini dikirim otomatis sebagai tanda terima dan bukan merupakan
surat jawaban resmi.
";
    assert_eq!(body(|_| {}), expect);
    // Javanese mail is answered in Indonesian, the office's language.
    assert_eq!(body(|report| report.language = Language::Jv), expect);
}

#[test]
fn the_receipt_in_english() {
    let text = body(|report| {
        report.language = Language::En;
        report.missing = vec![Missing::Contact, Missing::Time, Missing::System];
        report.from = Some(Contact {
            name: String::new(),
            address: "j@cert.example".to_owned(),
        });
    });
    let expect = "\
Dear reporter,

Thank you for your report received on 23 November 2026, 08:41 WIB
(UTC+7). It has been registered as INS-2026-0042 by Batangkab-CSIRT
(Batang Regency Government, Indonesia) and will be assessed by our
incident resolution team.

To complete the report, please send us:
- your name, organisation, and a telephone number;
- date and time of the incident, in UTC;
- the affected system: its name, URL, or IP address.

If the affected system is yours, please do not switch it off, do not
delete files on it, and keep its logs as evidence.

When you reply, please keep the register number in the subject line.
Please treat this exchange as confidential.

Batangkab-CSIRT
Batang Regency Government, Indonesia
csirt@batangkab.go.id

This is an automatic receipt. It is not an official answer to your
report.
";
    assert_eq!(text, expect);
}

#[test]
fn nothing_is_asked_of_a_complete_report() {
    let text = body(|report| report.missing.clear());
    assert!(!text.contains("melengkapi"), "{text}");
}

#[test]
fn a_name_that_is_none_is_not_repeated() {
    let text = body(|report| {
        report.from = Some(Contact {
            name: "KLIK http://menang.example SEKARANG".to_owned(),
            address: "x@y.example".to_owned(),
        });
    });
    assert!(text.starts_with("Yth. Bapak/Ibu pelapor,\n"), "{text}");
    assert!(!text.contains("menang"));
}

#[test]
fn nothing_of_the_body_or_the_attachments_is_repeated() {
    let text = body(|report| {
        report.newest = "RAHASIA-TOKEN http://evil.example".to_owned();
        report.quoted = "RAHASIA-TOKEN".to_owned();
    });
    assert!(
        !text.contains("RAHASIA") && !text.contains("http"),
        "{text}"
    );
}

#[test]
fn the_subject_carries_our_number_and_their_tags_only() {
    let check = |written: &str, tags: &[&str], expect: &str| {
        let found = subject(|report| {
            report.subject = written.to_owned();
            report.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        });
        assert_eq!(found, expect, "{written:?}");
    };
    check(
        "Web dinas diretas",
        &[],
        "Re: Web dinas diretas [INS-2026-0042]",
    );
    check("RE: Re: Bls: lapor", &[], "Re: lapor [INS-2026-0042]");
    check("Fwd: lapor", &[], "Re: Fwd: lapor [INS-2026-0042]");
    check(
        "[JPCERT#123] Phishing site",
        &["[JPCERT#123]"],
        "Re: Phishing site [JPCERT#123] [INS-2026-0042]",
    );
    check(
        "Phishing [CERT-XX #9] a [CERT-XX #9]",
        &["CERT-XX #9", "CERT-XX #9"],
        "Re: Phishing a [CERT-XX #9] [INS-2026-0042]",
    );
    check("", &[], "Re: Laporan Saudara [INS-2026-0042]");
    check("[", &[], "Re: [ [INS-2026-0042]");
}

#[test]
fn a_stranger_writes_no_marker_of_ours_into_our_subject() {
    let check = |written: &str, tags: &[&str], expect: &str| {
        let found = subject(|report| {
            report.subject = written.to_owned();
            report.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        });
        assert_eq!(found, expect, "{written:?}");
    };
    check(
        "a [INS-2025-0001] b",
        &["INS-2025-0001"],
        "Re: a b [INS-2026-0042]",
    );
    check(
        "a [#310442] b [ins-2025-1]",
        &["#310442"],
        "Re: a b [INS-2026-0042]",
    );
    check(
        "a [evil.example] b",
        &["evil.example"],
        "Re: a [evil[.]example] b [INS-2026-0042]",
    );
}

#[test]
fn the_subject_is_one_short_line_without_links_or_tricks() {
    let found = subject(|report| {
        report.subject =
            "lihat https://evil.example/a\r\nBcc: v@x.example \u{202E}gpj.exe\u{200B}".to_owned();
    });
    assert_eq!(
        found,
        "Re: lihat hxxps://evil[.]example/a Bcc: v[@]x[.]example gpj[.]exe [INS-2026-0042]"
    );
    let long = subject(|report| report.subject = "panjang ".repeat(100));
    assert_eq!(
        long.chars().count(),
        "Re: ".len() + 80 + " [INS-2026-0042]".len()
    );
}

#[test]
fn an_english_report_without_a_subject() {
    let found = subject(|report| {
        report.subject = " \u{200B} ".to_owned();
        report.language = Language::En;
    });
    assert_eq!(found, "Re: Your report [INS-2026-0042]");
}
