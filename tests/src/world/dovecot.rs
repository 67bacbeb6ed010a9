//! A real Dovecot with a configuration, users and mail of its own, on loopback ports of its own.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tanggap::config::{After, MailboxSettings, Secret, Security, Server, Source};
use tempfile::TempDir;

use super::free_port;

/// The password of every user.
pub const PASSWORD: &str = "rahasia-sekali";
/// Debian's `nobody`: owns the mail when the tests run as root, for Dovecot serves no mail as root.
const NOBODY: u32 = 65534;

/// What differs from the usual.
#[derive(Debug, Clone, Default)]
pub struct DovecotPlan {
    /// Lines at the end of the configuration.
    pub more: String,
}

/// One running server; it ends with this value.
pub struct Dovecot {
    folder: TempDir,
    server: Child,
    pub imap: u16,
    pub imaps: u16,
    pub lmtp: u16,
    count: AtomicU64,
}

impl Dovecot {
    pub fn start() -> Result<Self> {
        Self::with(&DovecotPlan::default())
    }

    pub fn with(plan: &DovecotPlan) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("tanggap-dovecot")
            .tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        for name in ["run", "state", "mail"] {
            fs::create_dir(folder.path().join(name))?;
        }
        own(&folder.path().join("mail"))?;
        certificates(folder.path())?;
        let (imap, imaps, lmtp) = (free_port()?, free_port()?, free_port()?);
        let text = configuration(folder.path(), [imap, imaps, lmtp]) + &plan.more;
        fs::write(folder.path().join("dovecot.conf"), text)?;
        let server = run(folder.path())?;
        let dovecot = Self {
            folder,
            server,
            imap,
            imaps,
            lmtp,
            count: AtomicU64::new(0),
        };
        dovecot.await_ready()?;
        Ok(dovecot)
    }

    /// The authority that signed the server's certificate (for `localhost` and 127.0.0.1).
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Where the server writes what troubles it.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    pub fn server(&self, security: Security) -> Server {
        let port = if security == Security::Tls {
            self.imaps
        } else {
            self.imap
        };
        Server {
            host: "localhost".into(),
            port,
            security,
            ca_file: Some(self.ca_file()),
        }
    }

    /// Settings for a user's INBOX over TLS, mail kept as it is.
    pub fn settings(&self, user: &str) -> MailboxSettings {
        MailboxSettings {
            name: user.to_owned(),
            source: Source::Imap {
                server: self.server(Security::Tls),
                user: user.to_owned(),
                password: Secret::new(PASSWORD.to_owned()),
                folders: vec!["INBOX".to_owned()],
            },
            after: After::Keep,
            poll: Duration::from_secs(1),
        }
    }

    /// The same as `settings`, as a configuration file says it; the password goes into a secret file `imap.password`.
    pub fn mailbox_toml(&self, user: &str) -> String {
        format!(
            "[[mailbox]]\nname = \"csirt\"\nkind = \"imap\"\nhost = \"localhost\"\nport = {}\nuser = \"{user}\"\n\
             password_file = \"imap.password\"\nca_file = \"{}\"\n",
            self.imaps,
            self.ca_file().display()
        )
    }

    /// A user's Maildir of this folder (`INBOX`, or a name as it is on disk).
    pub fn maildir(&self, user: &str, folder: &str) -> PathBuf {
        let root = self.folder.path().join("mail").join(user).join("Maildir");
        if folder == "INBOX" {
            root
        } else {
            root.join(format!(".{folder}"))
        }
    }

    /// Delivers a mail as an MTA does, into `tmp` and from there into `new`. Returns the file's name.
    pub fn deliver(&self, user: &str, raw: &[u8]) -> Result<String> {
        self.deliver_into(user, "INBOX", raw)
    }

    pub fn deliver_into(&self, user: &str, folder: &str, raw: &[u8]) -> Result<String> {
        let maildir = self.maildir(user, folder);
        for name in ["tmp", "new", "cur"] {
            create(&maildir.join(name), self.folder.path())?;
        }
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}.M{number}.test", 1_700_000_000 + number);
        let tmp = maildir.join("tmp").join(&name);
        fs::write(&tmp, raw)?;
        own(&tmp)?;
        fs::rename(&tmp, maildir.join("new").join(&name))?;
        Ok(name)
    }

    /// Saves a mail through Dovecot itself.
    pub fn save(&self, user: &str, folder: &str, raw: &[u8]) -> Result<()> {
        let mut child = self
            .doveadm_command(&["save", "-u", user, "-m", folder])
            .stdin(Stdio::piped())
            .spawn()?;
        child
            .stdin
            .take()
            .context("doveadm takes no input")?
            .write_all(raw)?;
        let status = child.wait()?;
        ensure!(status.success(), "doveadm save: {status}");
        Ok(())
    }

    /// Runs `doveadm` on this server; returns what it says.
    pub fn doveadm(&self, arguments: &[&str]) -> Result<String> {
        let output = self.doveadm_command(arguments).output()?;
        ensure!(
            output.status.success(),
            "doveadm {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// How many mails a folder holds, as Dovecot sees it.
    pub fn count(&self, user: &str, folder: &str) -> Result<usize> {
        let said = self.doveadm(&["search", "-u", user, "mailbox", folder, "all"])?;
        Ok(said.lines().count())
    }

    /// The flags of every mail in a folder, one line a mail.
    pub fn flags(&self, user: &str, folder: &str) -> Result<Vec<String>> {
        let said = self.doveadm(&[
            "-f", "tab", "fetch", "-u", user, "flags", "mailbox", folder, "all",
        ])?;
        Ok(said.lines().skip(1).map(str::to_owned).collect())
    }

    fn doveadm_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("doveadm");
        command
            .arg("-c")
            .arg(self.folder.path().join("dovecot.conf"))
            .args(arguments);
        command
    }

    fn await_ready(&self) -> Result<()> {
        for _ in 0..600 {
            if std::net::TcpStream::connect(("127.0.0.1", self.imap)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        anyhow::bail!("Dovecot does not start: {}", self.log())
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // A gentle end by process id, so that Dovecot ends its own children.
        let pid = self.server.id().to_string();
        let _ = Command::new("kill").arg(&pid).status();
        for _ in 0..100 {
            if let Ok(Some(_)) = self.server.try_wait() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn run(folder: &Path) -> Result<Child> {
    Command::new("dovecot")
        .args(["-F", "-c"])
        .arg(folder.join("dovecot.conf"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(folder.join("stderr"))?)
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .spawn()
        .context("starting Dovecot (package dovecot-imapd)")
}

fn as_root() -> Result<bool> {
    Ok(fs::metadata("/proc/self")?.uid() == 0)
}

/// Gives a path to the user who serves mail.
fn own(path: &Path) -> Result<()> {
    if as_root()? {
        chown(path, Some(NOBODY), Some(NOBODY))?;
    }
    Ok(())
}

/// Creates a folder with all above it, each owned by the user who serves mail.
fn create(path: &Path, below: &Path) -> Result<()> {
    if path.exists() || path == below {
        return Ok(());
    }
    create(path.parent().context("no such folder")?, below)?;
    fs::create_dir(path)?;
    own(path)
}

fn configuration(folder: &Path, [imap, imaps, lmtp]: [u16; 3]) -> String {
    let at = folder.display();
    let (users, uid, gid) = match as_root() {
        Ok(true) => (String::new(), NOBODY, NOBODY),
        _ => own_users(folder),
    };
    format!(
        "base_dir = {at}/run\nstate_dir = {at}/state\nlog_path = {at}/log\ninstance_name = {name}\n\
         protocols = imap lmtp\nlisten = 127.0.0.1\n{users}first_valid_uid = 1\nfirst_valid_gid = 1\n\
         mail_location = maildir:~/Maildir\nmail_max_userip_connections = 200\ndisable_plaintext_auth = no\n\
         ssl = yes\nssl_cert = <{at}/server.pem\nssl_key = <{at}/server.key\nssl_min_protocol = TLSv1.2\n\
         auth_mechanisms = plain login\nauth_failure_delay = 0\npostmaster_address = postmaster@mx.test\nhostname = mx.test\n\
         recipient_delimiter =\nlmtp_save_to_detail_mailbox = no\n\
         passdb {{\n driver = static\n args = password={PASSWORD}\n}}\n\
         userdb {{\n driver = static\n args = uid={uid} gid={gid} home={at}/mail/%u allow_all_users=yes\n}}\n\
         namespace inbox {{\n inbox = yes\n separator = /\n}}\n\
         service imap-login {{\n inet_listener imap {{\n port = {imap}\n }}\n inet_listener imaps {{\n port = {imaps}\n ssl = yes\n }}\n}}\n\
         service lmtp {{\n inet_listener lmtp {{\n address = 127.0.0.1\n port = {lmtp}\n }}\n}}\n\
         service stats {{\n unix_listener stats-writer {{\n mode = 0666\n }}\n}}\n",
        name = folder.file_name().unwrap_or_default().to_string_lossy(),
    )
}

/// Without root every part of Dovecot runs as whoever runs the tests, and nothing can be put in a chroot.
fn own_users(folder: &Path) -> (String, u32, u32) {
    let facts = fs::metadata(folder);
    let (uid, gid) = facts.map_or((NOBODY, NOBODY), |facts| (facts.uid(), facts.gid()));
    let name = |flag: &str| {
        let said = Command::new("id").arg(flag).output();
        said.map_or_else(
            |_| String::new(),
            |said| String::from_utf8_lossy(&said.stdout).trim().to_owned(),
        )
    };
    let (user, group) = (name("-un"), name("-gn"));
    let lines = format!(
        "default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}\n\
         service imap-login {{\n chroot =\n}}\nservice anvil {{\n chroot =\n}}\n"
    );
    (lines, uid, gid)
}

/// An authority, and a server certificate it signed.
pub fn certificates(folder: &Path) -> Result<()> {
    fs::write(
        folder.join("san"),
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n",
    )?;
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    let commands = [
        format!(
            "req -x509 {key} -days 30 -subj /CN=tanggap-tests -keyout ca.key -out ca.pem -addext basicConstraints=critical,CA:TRUE"
        ),
        format!("req -new {key} -subj /CN=localhost -keyout server.key -out server.csr"),
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile san -out server.pem"
            .to_owned(),
    ];
    for command in commands {
        let output = Command::new("openssl")
            .args(command.split(' '))
            .current_dir(folder)
            .output()?;
        ensure!(
            output.status.success(),
            "openssl {command}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}
