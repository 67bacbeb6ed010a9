//! A home for the real binary: its configuration, a Maildir to deliver into, a directory its letters go to.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};
use tanggap_bridge::DatabaseSettings;
use tempfile::TempDir;

/// Where one daemon lives during a test.
pub struct Home {
    folder: TempDir,
}

/// What differs from test to test.
pub struct Plan<'a> {
    pub osticket_url: &'a str,
    pub osticket_key: &'a str,
    /// The `[store]`, `[[mailbox]]` and `[post]` tables, or other overrides, as TOML; empty for embedded defaults.
    pub store: &'a str,
    pub mailbox: &'a str,
    pub post: &'a str,
}

impl<'a> Plan<'a> {
    /// SQLite, a Maildir, letters into a directory.
    pub fn embedded(osticket_url: &'a str, osticket_key: &'a str) -> Self {
        Self {
            osticket_url,
            osticket_key,
            store: "",
            mailbox: "",
            post: "",
        }
    }
}

impl Home {
    pub fn new(plan: &Plan<'_>) -> Result<Self> {
        let home = Self {
            folder: tempfile::Builder::new().prefix("tanggap-home").tempdir()?,
        };
        for folder in ["maildir/new", "maildir/cur", "maildir/tmp", "letters"] {
            fs::create_dir_all(home.path().join(folder))?;
        }
        home.secret("osticket.key", plan.osticket_key)?;
        fs::write(home.config(), home.toml(plan))?;
        Ok(home)
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn config(&self) -> PathBuf {
        self.path().join("tanggap.toml")
    }

    /// A secret file as the configuration wants it: for its owner only.
    pub fn secret(&self, name: &str, value: &str) -> Result<PathBuf> {
        let path = self.path().join(name);
        fs::write(&path, value)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        Ok(path)
    }

    /// Tells it of an account that may read osTicket's database.
    pub fn reads(&self, reader: &DatabaseSettings) -> Result<()> {
        let password = self.secret("reader.password", &reader.password)?;
        let table = format!(
            "[osticket.database]\nhost = \"{}\"\nport = {}\nuser = \"{}\"\ndatabase = \"{}\"\npassword_file = \"{}\"\n",
            reader.host,
            reader.port,
            reader.user,
            reader.database,
            password.display()
        );
        let known = fs::read_to_string(self.config())?;
        Ok(fs::write(self.config(), known + &table)?)
    }

    fn toml(&self, plan: &Plan<'_>) -> String {
        let at = self.path().display();
        let or = |given: &str, usual: String| {
            if given.is_empty() {
                usual
            } else {
                given.to_owned()
            }
        };
        let store = or(plan.store, format!("[store]\npath = \"{at}/tanggap.db\"\n"));
        let mailbox = or(
            plan.mailbox,
            format!(
                "[[mailbox]]\nname = \"csirt\"\nkind = \"maildir\"\npath = \"{at}/maildir\"\npoll = \"1s\"\nafter = \"mark\"\n"
            ),
        );
        let post = or(
            plan.post,
            format!("[post]\nkind = \"directory\"\npath = \"{at}/letters\"\n"),
        );
        format!(
            "[team]\nname = \"Batangkab-CSIRT\"\noffice = \"Dinas Komunikasi dan Informatika Kabupaten Batang\"\n\
             office_english = \"Batang Regency\"\naddress = \"csirt@batangkab.go.id\"\n\
             [site]\naddresses = [\"csirt@batangkab.go.id\"]\ndomains = [\"batangkab.go.id\"]\n\
             message_id_domains = [\"csirt.batangkab.go.id\", \"batangkab.go.id\"]\nauthserv_ids = [\"mx.test\"]\n\
             {store}{mailbox}[osticket]\nurl = \"{}\"\napi_key_file = \"{at}/osticket.key\"\ntimeout = \"1s\"\nfence = \"2s\"\n\
             {post}[receipt]\ntrust = \"return-path\"\nper_sender_day = 1000\nper_domain_hour = 10000\nin_all_hour = 10000\n",
            plan.osticket_url
        )
    }

    /// Delivers a mail into the Maildir, as an MTA does: tmp, then new.
    pub fn deliver(&self, name: &str, raw: &[u8]) -> Result<()> {
        let tmp = self.path().join("maildir/tmp").join(name);
        fs::write(&tmp, raw)?;
        fs::rename(tmp, self.path().join("maildir/new").join(name))?;
        Ok(())
    }

    /// The real binary, as a user would call it.
    pub fn tanggap(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = Command::new(binary()?);
        command
            .args(arguments)
            .env("TANGGAP_CONFIG", self.config())
            .env("TANGGAP_OPERATOR", "Rini")
            .env_remove("TANGGAP_FAILPOINT");
        Ok(command)
    }

    /// Runs the binary to its end and expects success.
    pub fn succeed(&self, arguments: &[&str]) -> Result<String> {
        let output = self.tanggap(arguments)?.output()?;
        ensure!(
            output.status.success(),
            "tanggap {arguments:?} ended with {}:\n{}",
            output.status,
            both(&output)
        );
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Ends a case as no incident.
    pub fn dismiss(&self, register: &str) -> Result<String> {
        let how = ["--as", "bukan-insiden", "--reason", "uji"];
        self.succeed(&[&["case", "dismiss", register], &how[..]].concat())
    }

    /// Says that what a case is about works again, whatever step was left out.
    pub fn recover(&self, register: &str) -> Result<String> {
        let how = ["--confirmed-by", "Budi", "--skip", "uji"];
        self.succeed(&[&["case", "recover", register], &how[..]].concat())
    }

    /// Takes a report by telephone down; returns its register number.
    pub fn take_down(&self, subject: &str) -> Result<String> {
        let who = [
            "--name",
            "Sari Dewi",
            "--phone",
            "0812-1111-2222",
            "--office",
            "Dinas Kesehatan",
        ];
        let text =
            "Halaman depan situs puskesmas diganti gambar peretas, layanan pendaftaran berhenti.";
        let what = [
            "--system",
            "simpus.batangkab.go.id",
            "--subject",
            subject,
            "--text",
            text,
        ];
        let head = [
            "case",
            "new",
            "--channel",
            "telepon",
            "--by",
            "Rini",
            "--format",
            "json",
        ];
        let said = self.succeed(&[&head[..], &who[..], &what[..]].concat())?;
        let said: serde_json::Value = serde_json::from_str(&said)?;
        let register = said.get("register").and_then(serde_json::Value::as_str);
        let register = register.context("no register number")?;
        Ok(register.to_owned())
    }

    /// Every letter that was written, by file name.
    pub fn letters(&self) -> Result<Vec<(String, String)>> {
        let mut letters = Vec::new();
        for file in fs::read_dir(self.path().join("letters"))?.flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            if file.path().extension().is_some_and(|kind| kind == "eml") {
                letters.push((name, fs::read_to_string(file.path())?));
            }
        }
        letters.sort();
        Ok(letters)
    }
}

/// Both streams of a finished process, for a failure message.
pub fn both(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The binary lies beside the tests' own folder: `target/debug/tanggap`.
pub fn binary() -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let folder = this
        .ancestors()
        .nth(2)
        .context("the test binary has no target folder")?;
    let path = folder.join("tanggap");
    ensure!(
        path.exists(),
        "{} is not built; run `cargo build --workspace` first",
        path.display()
    );
    Ok(path)
}
