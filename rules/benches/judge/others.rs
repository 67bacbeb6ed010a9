//! The same patterns under rspamd, and SpamAssassin with its own local rules, from Debian's packages; skipped, with words, where
//! they are not installed. Both run on loopback and in folders of their own.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Mails sent to each: enough for a rate, few enough for a bench.
const TO_RSPAMD: usize = 2000;
const TO_SPAMASSASSIN: usize = 100;
/// rspamd loads for seconds, and compiles its patterns after that.
const PATIENCE: Duration = Duration::from_mins(4);

/// A folder that goes with the bench.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("tanggap-bench-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A server that ends with the bench.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

/// Whether a program is there; says so where it is not.
fn installed(program: &str) -> bool {
    let found = ["/usr/bin", "/usr/sbin", "/usr/local/bin"]
        .iter()
        .any(|folder| Path::new(folder).join(program).exists());
    if !found {
        println!("{program:<10} skipped: not installed (apt-get install {program})");
    }
    found
}

/// Only its regexp module, one worker, one connection after the other.
pub fn rspamd(patterns: &[String], mails: &[Vec<u8>]) {
    if !installed("rspamd") {
        return;
    }
    let folder = Folder::new("rspamd");
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let config = folder.write("rspamd.conf", configuration(&folder.0, port, patterns));
    folder.write("rspamd.lua", "");
    // It gives up root by itself, and needs its folder then.
    let _ = Command::new("chown")
        .args(["-R", "_rspamd:_rspamd"])
        .arg(&folder.0)
        .status();
    let server = Command::new("rspamd")
        .args(["-f", "-u", "_rspamd", "-g", "_rspamd", "-c"])
        .arg(config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _server = Server(server.unwrap());
    let begun = Instant::now();
    while ask(port, b"GET /ping HTTP/1.0\r\n\r\n").is_none_or(|answer| !answer.contains("pong")) {
        if begun.elapsed() > PATIENCE {
            println!("rspamd     skipped: it did not start within {PATIENCE:?}");
            return;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    let compiled = || {
        let files = fs::read_dir(&folder.0).unwrap().flatten();
        files
            .filter(|file| {
                file.path()
                    .extension()
                    .is_some_and(|end| end.to_string_lossy().starts_with("hs"))
            })
            .count()
    };
    while compiled() == 0 && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(200));
    }
    // The worker takes the compiled patterns up on its own.
    std::thread::sleep(Duration::from_secs(3));
    let some = &mails[..mails.len().min(TO_RSPAMD)];
    let begun = Instant::now();
    let hits: usize = some.iter().map(|mail| symbols(port, mail)).sum();
    println!(
        "rspamd     {:.0} mails/s with the same {} patterns, regexp module only, over HTTP ({} mails, {hits} hits; hyperscan {})",
        some.len() as f64 / begun.elapsed().as_secs_f64(),
        patterns.len(),
        some.len(),
        if compiled() > 0 {
            "compiled"
        } else {
            "not compiled"
        }
    );
}

fn configuration(folder: &Path, port: u16, patterns: &[String]) -> String {
    let folder = folder.display();
    let rules: Vec<String> = patterns
        .iter()
        .enumerate()
        .map(|(number, pattern)| {
            format!(
                "  P{number} = '/{}/i{{sa_body}}';",
                pattern.replace('/', "\\/")
            )
        })
        .collect();
    format!(
        "options {{ filters = \"regexp\"; tempdir = \"{folder}\"; hs_cache_dir = \"{folder}\"; pidfile = \"{folder}/pid\";\n\
         control_socket = \"{folder}/control.sock mode=0600\"; url_tld = \"/usr/share/rspamd/effective_tld_names.dat\";\n\
         dns {{ nameserver = [\"127.0.0.1:1:10\"]; timeout = 0.1s; retransmits = 1; }} }}\n\
         logging {{ type = \"file\"; filename = \"{folder}/log\"; level = \"error\"; }}\n\
         metric {{ name = \"default\"; actions {{ reject = 15; }} }}\n\
         worker \"normal\" {{ bind_socket = \"127.0.0.1:{port}\"; count = 1; }}\n\
         worker \"hs_helper\" {{ count = 1; cache_dir = \"{folder}\"; }}\n\
         regexp {{\n{}\n}}\nmodules {{ path = \"/usr/share/rspamd/plugins/\"; }}\nlua = \"{folder}/rspamd.lua\";\n",
        rules.join("\n")
    )
}

fn symbols(port: u16, mail: &[u8]) -> usize {
    let mut request = format!(
        "POST /checkv2 HTTP/1.0\r\nContent-Length: {}\r\n\r\n",
        mail.len()
    )
    .into_bytes();
    request.extend_from_slice(mail);
    let answer = ask(port, &request).expect("rspamd answers");
    assert!(answer.contains("\"symbols\""), "{answer}");
    answer.matches("\"name\":\"P").count()
}

fn ask(port: u16, request: &[u8]) -> Option<String> {
    let mut connection = TcpStream::connect(("127.0.0.1", port)).ok()?;
    connection
        .set_read_timeout(Some(Duration::from_secs(30)))
        .ok()?;
    connection.write_all(request).ok()?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).ok()?;
    Some(String::from_utf8_lossy(&answer).into_owned())
}

/// Its own rules as Debian ships them, no network, no Bayes, in one process.
pub fn spamassassin(mails: &[Vec<u8>]) {
    if !installed("spamassassin") {
        return;
    }
    let folder = Folder::new("spamassassin");
    let step = (mails.len() / TO_SPAMASSASSIN).max(1);
    for (number, mail) in mails.iter().step_by(step).enumerate() {
        folder.write(&format!("{number}.eml"), mail);
    }
    let script = folder.write("bench.pl", SCRIPT);
    let output = Command::new("perl")
        .arg(script)
        .arg(&folder.0)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        println!("spamass.   {}", told.trim());
    } else {
        println!(
            "spamass.   skipped: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
}

const SCRIPT: &str = r#"
use strict; use warnings; use Time::HiRes qw(time); use Mail::SpamAssassin;
my $folder = shift;
my $sa = Mail::SpamAssassin->new({ local_tests_only => 1, dont_copy_prefs => 1, userprefs_filename => '/dev/null',
    rules_filename => '/usr/share/spamassassin', site_rules_filename => '/etc/spamassassin', userstate_dir => $folder,
    post_config_text => "use_bayes 0\n" });
$sa->compile_now(0);
my @files = glob("$folder/*.eml"); my $slowest = 0; my $begun = time;
for my $file (@files) {
    open(my $handle, '<', $file) or die; local $/; my $text = <$handle>; close $handle;
    my $start = time; my $mail = $sa->parse($text); my $status = $sa->check($mail); $status->finish; $mail->finish;
    my $took = time - $start; $slowest = $took if $took > $slowest;
}
printf "%.1f mails/s with Debian's local rules, in one process (%d mails, slowest %.0f ms)\n",
    @files / (time - $begun), scalar @files, 1000 * $slowest;
"#;
