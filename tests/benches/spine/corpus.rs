//! The mails that are measured with.

use std::fs;

use tanggap_tests::world::dovecot::Dovecot;

use crate::mails::mails;

/// Puts `count` mails into a user's INBOX: the corpus, then copies of it that differ. Returns their bytes.
pub fn fill(dovecot: &Dovecot, user: &str, count: usize) -> usize {
    // The first delivery makes the Maildir, with the owner it must have.
    dovecot
        .save(user, "INBOX", b"Subject: pembuka\r\n\r\n.\r\n")
        .unwrap();
    let folder = dovecot.maildir(user, "INBOX");
    for place in ["new", "cur"] {
        for file in fs::read_dir(folder.join(place)).unwrap().flatten() {
            fs::remove_file(file.path()).unwrap();
        }
    }
    let mails = mails();
    let mut bytes = 0;
    for number in 0..count {
        let mut raw = mails[number % mails.len()].clone();
        if number >= mails.len() {
            raw.splice(0..0, format!("X-Salinan: {number}\r\n").into_bytes());
        }
        bytes += raw.len();
        let path = folder
            .join("new")
            .join(format!("1700000000.M{number:06}.bench"));
        fs::write(&path, raw).unwrap();
        let owner = fs::metadata(&folder).unwrap();
        std::os::unix::fs::chown(
            &path,
            Some(std::os::unix::fs::MetadataExt::uid(&owner)),
            Some(std::os::unix::fs::MetadataExt::gid(&owner)),
        )
        .unwrap();
    }
    bytes
}

/// A mail of this size with one large attachment.
pub fn large(size: usize) -> Vec<u8> {
    let head = "Return-Path: <a@dinkes.batangkab.go.id>\r\nFrom: Pelapor <a@dinkes.batangkab.go.id>\r\nTo: csirt@batangkab.go.id\r\n\
                Subject: Log server yang diretas\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
                --b\r\nContent-Type: text/plain\r\n\r\nServer kami diretas, log terlampir.\r\n\
                --b\r\nContent-Type: application/octet-stream; name=log.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let mut raw = head.as_bytes().to_vec();
    let mut line = 0_u64;
    while raw.len() < size {
        line += 1;
        raw.extend_from_slice(format!("{line:076}\r\n").as_bytes());
    }
    raw.extend_from_slice(b"--b--\r\n");
    raw
}

/// A short report that is answered.
pub fn report(number: usize) -> Vec<u8> {
    format!(
        "Return-Path: <p{number}@dinkes{number}.example>\r\nFrom: Pelapor <p{number}@dinkes{number}.example>\r\nTo: csirt@batangkab.go.id\r\n\
         Subject: Situs kami diretas {number}\r\nMessage-ID: <{number}@dinkes{number}.example>\r\nDate: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\n\
         Situs dinas kami diretas, halaman depan diganti gambar peretas {number}. Mohon bantuan.\r\n"
    )
    .into_bytes()
}
