#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::*;

const SAMPLE: &str = include_str!("../../../systemd/tanggap.toml");
const GOOD: &str = r#"
[team]
name = "Batangkab-CSIRT"
office = "Dinas Kominfo"
office_english = "Department"
address = "csirt@batangkab.go.id"
[[mailbox]]
name = "uji"
kind = "maildir"
path = "Maildir"
[osticket]
url = "http://127.0.0.1:8080/"
api_key_credential = "osticket_api_key"
[post]
kind = "directory"
path = "surat"
"#;

/// A folder with the credentials the sample names, removed at the end.
struct Room(PathBuf);

impl Room {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("tanggap-config-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let room = Self(folder);
        for credential in ["imap_password", "osticket_api_key", "smtp_password"] {
            room.write(credential, "s3cr3t\n", 0o600);
        }
        room
    }

    fn write(&self, name: &str, text: &str, mode: u32) {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    fn around(&self) -> Surroundings {
        Surroundings {
            folder: self.0.clone(),
            credentials: Some(self.0.clone()),
            state: None,
            secrets: Secrets::All,
        }
    }

    fn parse(&self, text: &str) -> Result<Config, Faults> {
        Config::parse("tanggap.toml", text, &self.around())
    }

    /// What is wrong with `GOOD` after a replacement, one line a fault.
    fn faults(&self, from: &str, to: &str) -> Vec<String> {
        assert!(GOOD.contains(from), "{from}");
        let faults = self
            .parse(&GOOD.replace(from, to))
            .err()
            .unwrap_or_default();
        faults
            .iter()
            .map(|fault| format!("{}: {} -> {}", fault.line, fault.what, fault.instead))
            .collect()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_sample_loads() {
    let room = Room::new("sample");
    let config = room
        .parse(SAMPLE)
        .unwrap_or_else(|faults| panic!("{faults}"));
    let Source::Imap {
        server,
        password,
        folders,
        ..
    } = &config.mailboxes[0].source
    else {
        panic!()
    };
    assert_eq!((server.port, server.security), (993, Security::Tls));
    assert_eq!(password.expose(), "s3cr3t");
    assert_eq!(folders, &["INBOX"]);
    assert_eq!(config.receipt.trust, Trust::Authenticated);
    assert_eq!(config.limits.mail_size, 50 << 20);
    assert!(!format!("{config:?}").contains("s3cr3t"));
}

/// An unknown key is answered with every known one: each of them must stand in the sample, written or as `#key =`.
#[test]
fn the_sample_names_every_key() {
    let room = Room::new("keys");
    let headers = [
        "[team]",
        "[site]",
        "[store]",
        "[osticket]",
        "[receipt]",
        "[rules]",
        "[limits]",
    ];
    let mut texts: Vec<String> = headers.iter().map(ToString::to_string).collect();
    let kinds = [
        ("[[mailbox]]", "imap"),
        ("[[mailbox]]", "maildir"),
        ("[post]", "smtp"),
        ("[post]", "directory"),
    ];
    texts.extend(
        kinds
            .iter()
            .map(|(header, kind)| format!("{header}\nkind = '{kind}'")),
    );
    for text in texts {
        let faults = room
            .parse(&format!("{text}\nqqqqqqqqqqqqqqqq = 1"))
            .unwrap_err();
        let known = faults.iter().find_map(|fault| {
            fault
                .instead
                .indonesian
                .strip_prefix("hapus, atau pakai salah satu dari: ")
        });
        for key in known
            .unwrap()
            .split(", ")
            .filter(|key| !matches!(*key, "password" | "api_key"))
        {
            let written = SAMPLE.lines().any(|line| {
                line.trim_start_matches('#')
                    .starts_with(&format!("{key} = "))
            });
            assert!(written, "{text}: `{key}` is not in the sample");
        }
    }
}

#[test]
fn a_small_configuration_is_enough() {
    let room = Room::new("small");
    let config = room.parse(GOOD).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(config.site.domains, ["batangkab.go.id"]);
    assert_eq!(config.site.addresses, ["csirt@batangkab.go.id"]);
    let Source::Maildir { path, .. } = &config.mailboxes[0].source else {
        panic!()
    };
    assert_eq!(path, &room.0.join("Maildir"));
    let StoreSettings::Sqlite { path } = &config.store else {
        panic!()
    };
    assert_eq!(path, Path::new("/var/lib/tanggap/tanggap.db"));
}

#[test]
fn every_fault_of_the_file_is_told_at_once() {
    let room = Room::new("all");
    let text = "[teem]\n[team]\nname = ''\n[[mailbox]]\nkind = 'pop3'\n[osticket]\nurl = 'tiket'\n[limits]\nmail_size = '9'\n";
    let faults = room.parse(text).unwrap_err();
    let lines: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
    // No `post`; `teem`; office, office_english, address; name empty; no mailbox name; kind; no key; url; size.
    assert_eq!(lines, [1, 1, 2, 2, 2, 3, 4, 5, 6, 7, 9], "{faults}");
}

#[test]
fn a_secret_is_given_by_file_or_credential_only() {
    let room = Room::new("secret");
    let key = "api_key_credential = \"osticket_api_key\"";
    room.write("open", "s3cr3t", 0o644);
    room.write("two", "s3\ncr3t\n", 0o600);
    room.write("good", "s3cr3t\r\n", 0o640);
    let written = room.faults(key, "api_key = \"s3cr3t\"");
    assert!(
        written[0].contains("rahasia tidak boleh ditulis"),
        "{written:?}"
    );
    let shown = room
        .parse(&GOOD.replace(key, "api_key = \"s3cr3t\""))
        .unwrap_err()
        .to_string();
    assert!(!shown.contains("s3cr3t"), "{shown}");
    assert!(room.faults(key, "api_key_file = 'open'")[0].contains("chmod 600"));
    assert!(room.faults(key, "api_key_file = 'none'")[0].contains("tidak dapat dibaca"));
    assert!(room.faults(key, "api_key_file = 'two'")[0].contains("satu baris"));
    assert!(room.faults(key, "api_key_credential = '../x'")[0].contains("nama kredensial"));
    assert!(room.faults(key, "")[0].contains("belum diberikan"));
    assert!(
        room.faults(key, &format!("{key}\napi_key_file = 'good'"))[0].contains("hapus salah satu")
    );
    let config = room
        .parse(&GOOD.replace(key, "api_key_file = 'good'"))
        .unwrap();
    assert_eq!(config.osticket.api_key.expose(), "s3cr3t");
}

#[test]
fn nothing_goes_in_plain_text_unasked() {
    let room = Room::new("plain");
    let url = "http://127.0.0.1:8080/";
    assert!(room.faults(url, "http://tiket.batangkab.go.id/")[0].contains("accept_plain_text"));
    assert!(room.faults(url, "http://127.0.0.1.example/")[0].contains("accept_plain_text"));
    assert!(room.faults(url, "http://u@127.0.0.1/")[0].contains("bukan alamat osTicket"));
    for good in [
        "http://[::1]:8080/",
        "http://localhost/tiket",
        "https://tiket.batangkab.go.id",
    ] {
        assert_eq!(room.faults(url, good), [""; 0]);
    }
    let asked = "url = \"http://tiket.batangkab.go.id/\"\naccept_plain_text = true";
    assert_eq!(
        room.faults("url = \"http://127.0.0.1:8080/\"", asked),
        [""; 0]
    );
    let post = |host: &str| format!("kind = \"smtp\"\nsecurity = \"plain\"\nhost = \"{host}\"");
    let directory = "kind = \"directory\"\npath = \"surat\"";
    assert_eq!(room.faults(directory, &post("127.0.0.1")), [""; 0]);
    assert!(room.faults(directory, &post("192.0.2.1"))[0].contains("accept_plain_text"));
}

#[test]
fn what_cannot_work_is_refused() {
    let room = Room::new("sense");
    let mailbox = "path = \"Maildir\"";
    let check = |from: &str, to: &str, words: &str| {
        let faults = room.faults(from, to);
        assert!(
            faults.len() == 1 && faults[0].contains(words),
            "{to}: {faults:?}"
        );
    };
    check(mailbox, "path = 'M'\nafter = 'move'", "`move_to` wajib ada");
    check(mailbox, "path = 'M'\nmove_to = 'x'", "hanya berguna");
    check(
        mailbox,
        "path = 'M'\nafter = 'move'\nmove_to = 'INBOX'",
        "terus-menerus",
    );
    check(mailbox, "path = 'M'\npoll = '61s'", "di luar batas");
    check(
        mailbox,
        "path = 'M'\nhost = 'x'",
        "hanya untuk kind = \"imap\"",
    );
    check(
        mailbox,
        "path = 'M'\n[[mailbox]]\nname = 'uji'\nkind = 'maildir'\npath = 'N'",
        "dua kali",
    );
    check(
        "[post]",
        "timeout = '60s'\nfence = '60s'\n[post]",
        "pagar waktu",
    );
    check(
        "[post]",
        "[receipt]\ntrust = 'authenticated'\n[post]",
        "authserv_ids",
    );
    check(
        "[post]",
        "[store]\nkind = 'postgres'\nurl = 'postgres://u:p@h/d'\n[post]",
        "kata sandi tidak boleh",
    );
    check(
        "csirt@batangkab.go.id",
        "csirt@@batangkab.go.id",
        "bukan alamat surel",
    );
}

#[test]
fn a_command_beside_the_daemon_needs_no_secret() {
    let read = |secrets| {
        let around = Surroundings {
            secrets,
            ..Surroundings::default()
        };
        Config::parse("tanggap.toml", SAMPLE, &around)
            .map(|config| config.osticket.api_key.expose().len())
    };
    assert_eq!(read(Secrets::Store), Ok(0));
    assert_eq!(read(Secrets::Reachable), Ok(0));
    assert_eq!(read(Secrets::All).unwrap_err().len(), 3);
}
