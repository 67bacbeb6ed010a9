//! What a sender wrote now is told from what his mail program put below it, whatever program that was.
#![allow(clippy::unwrap_used)]

use tanggap_rules::{Site, read};

const OWN: &str = "Server sudah kami matikan, mohon dicek lagi.\n\nBudi\n\n";
const OLD: &str = "Semua data terenkripsi";

/// What stands between the new words and the old ones.
const BETWEEN: &[&str] = &[
    "From: CSIRT <csirt@batangkab.go.id> \nSent: Monday, February 2, 2026 8:12 AM\nTo: Budi <budi@dlh.batangkab.go.id>\nSubject: Server\n\n",
    "Dari: CSIRT <csirt@batangkab.go.id> \nDikirim: Senin, 02 Februari 2026 08.12\nKepada: Budi\nSubjek: Server\n\n",
    "________________________________\nDari: CSIRT\nTerkirim: Senin, 2 Februari 2026 8:12:00\nUntuk: Budi\nPerihal: Server\n\n",
    "----- Original Message -----\nFrom: \"CSIRT\" <csirt@batangkab.go.id>\nTo: \"Budi\"\nSent: Monday, February 2, 2026 8:12:01 AM\nSubject: Server\n\n",
    "----- Pesan Asli -----\nDari: \"CSIRT\" <csirt@batangkab.go.id>\nKepada: \"Budi\"\nTerkirim: Senin, 2 Februari 2026 8:12:01\nPerihal: Server\n\n",
    "Pada tanggal Sen, 2 Feb 2026 pukul 08.12 CSIRT <csirt@batangkab.go.id>\nmenulis:\n\n> ",
    "On Mon, Feb 2, 2026 at 8:12 AM CSIRT <csirt@batangkab.go.id> wrote:\n\n> ",
    "Pada 02/02/26 08.12, CSIRT menulis:\n> ",
    "On 2026-02-02 08:12, CSIRT wrote:\n> ",
    "Dikirim dari iPhone saya\n\n> Pada 2 Feb 2026, pukul 08.12, CSIRT <csirt@batangkab.go.id> menulis:\n> \n> ",
    "Dikirim dari Yahoo Mail di Android \n \n  Pada Sen, 2 Feb 2026 pada 8:12, CSIRT<csirt@batangkab.go.id> menulis:   ",
    "-------- Pesan asli --------\nDari: CSIRT <csirt@batangkab.go.id>\nTanggal: 02/02/26 08.12 (GMT+07:00)\nKe: Budi\nSubjek: Server\n\n",
    "Dapatkan Outlook untuk Android<https://aka.ms/x>\n________________________________\nFrom: CSIRT <csirt@batangkab.go.id>\nSent: Monday, February 2, 2026 8:12:01 AM\nTo: Budi\nSubject: Server\n\n",
    "Pemberitahuan: Surel ini beserta lampirannya bersifat rahasia. ",
];

#[test]
fn the_newest_text_ends_where_a_mail_program_quotes() {
    for between in BETWEEN {
        let raw = format!(
            "From: Budi <budi@dlh.batangkab.go.id>\r\nTo: csirt@batangkab.go.id\r\nSubject: Re: Server\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}",
            format!("{OWN}{between}{OLD}\n").replace('\n', "\r\n")
        );
        let report = read(raw.as_bytes(), &Site::default());
        assert!(report.newest.contains("kami matikan"), "{between}");
        assert!(
            !report.newest.contains("terenkripsi"),
            "{between}{}",
            report.newest
        );
    }
}

#[test]
fn cells_without_end_tags_stay_apart() {
    let raw = "From: Budi <budi@dlh.batangkab.go.id>\r\nTo: csirt@batangkab.go.id\r\nSubject: alamat\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Yang membanjiri:</p><table><tr><th>No<th>Alamat<th>Permintaan</tr><tr><td>1<td>203.0.113.21<td>412.008</tr></table>";
    let report = read(raw.as_bytes(), &Site::default());
    let mut found = report.observables.iter();
    assert!(
        found.any(|one| one.value == "203.0.113.21"),
        "{}",
        report.newest
    );
}
