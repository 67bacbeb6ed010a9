//! A real Postfix with a configuration and a queue of its own, on a loopback port, that delivers into a test's Dovecot.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use super::free_port;

/// One running server; it ends with this value.
pub struct Postfix {
    folder: TempDir,
    master: Child,
    pub port: u16,
}

/// Services that a receiving and sending Postfix needs; none in a chroot.
const SERVICES: &str = "\
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
";

impl Postfix {
    /// Takes mail for these domains and hands it to the Dovecot at this LMTP port. Like a real receiving server it writes down
    /// whether the sender is authentic: here, always.
    pub fn start(domains: &[&str], lmtp: u16) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("tanggap-postfix")
            .tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        let port = free_port()?;
        for name in ["conf", "queue", "data"] {
            fs::create_dir(folder.path().join(name))?;
        }
        fs::write(
            folder.path().join("conf/main.cf"),
            main_cf(folder.path(), domains, lmtp),
        )?;
        fs::write(
            folder.path().join("conf/master.cf"),
            format!("127.0.0.1:{port} inet n - n - - smtpd\n{SERVICES}"),
        )?;
        let chown = Command::new("chown")
            .arg("postfix")
            .arg(folder.path().join("data"))
            .status()?;
        anyhow::ensure!(
            chown.success(),
            "this world needs root, and the package postfix"
        );
        let master = Command::new("postfix")
            .arg("-c")
            .arg(folder.path().join("conf"))
            .arg("start-fg")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting postfix: apt-get install postfix")?;
        let server = Self {
            folder,
            master,
            port,
        };
        server.await_ready()?;
        Ok(server)
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("queue/log")).unwrap_or_default()
    }

    fn await_ready(&self) -> Result<()> {
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("Postfix does not start: {}", self.log())
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // Postfix's own word, with its own configuration: it ends the daemons of this instance and no other.
        let _ = Command::new("postfix")
            .arg("-c")
            .arg(self.folder.path().join("conf"))
            .arg("stop")
            .stderr(Stdio::null())
            .status();
        let _ = self.master.wait();
    }
}

fn main_cf(folder: &Path, domains: &[&str], lmtp: u16) -> String {
    let at = folder.display();
    format!(
        "compatibility_level = 3.6\nqueue_directory = {at}/queue\ndata_directory = {at}/data\nmaillog_file = {at}/queue/log\n\
         maillog_file_prefixes = {at}\nmail_owner = postfix\nsetgid_group = postdrop\ninet_interfaces = 127.0.0.1\n\
         inet_protocols = ipv4\nmyhostname = mx.test\nmydestination =\nmynetworks = 127.0.0.0/8\nalias_maps =\n\
         smtp_dns_support_level = disabled\nlmtp_host_lookup = native\n\
         virtual_mailbox_domains = {}\nvirtual_mailbox_maps = static:all\nvirtual_transport = lmtp:inet:127.0.0.1:{lmtp}\n\
         smtpd_relay_restrictions = permit_mynetworks, reject\n\
         smtpd_recipient_restrictions = check_recipient_access static:{{PREPEND Authentication-Results: mx.test; dmarc=pass}}, permit_mynetworks\n",
        domains.join(" ")
    )
}
