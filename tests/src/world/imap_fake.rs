//! An IMAP server that lies: it speaks enough of the protocol for our client, and tells what the test wants it to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use tanggap::config::{After, MailboxSettings, Secret, Security, Server, Source};

/// What the server holds, and how it lies.
#[derive(Debug, Clone)]
pub struct Tale {
    pub greeting: String,
    pub capabilities: String,
    pub uidvalidity: u32,
    pub mails: BTreeMap<u32, Vec<u8>>,
    /// Said instead of an honest answer to a command that contains the key, in place of `TAG` the command's tag; each
    /// once. An answer that ends with `HANGUP` closes the connection.
    pub lies: Vec<(String, String)>,
    /// As `lies`, but told every time.
    pub habits: Vec<(String, String)>,
    /// Announced as RFC822.SIZE instead of the truth.
    pub sizes: BTreeMap<u32, u64>,
    /// Answers to SEARCH in descending order.
    pub disorder: bool,
}

impl Default for Tale {
    fn default() -> Self {
        Self {
            greeting: "* OK ready".into(),
            capabilities: "IMAP4rev1 UIDPLUS MOVE".into(),
            uidvalidity: 7,
            mails: BTreeMap::new(),
            lies: Vec::new(),
            habits: Vec::new(),
            sizes: BTreeMap::new(),
            disorder: false,
        }
    }
}

/// A running liar; it ends with this value.
pub struct ImapFake {
    pub port: u16,
    inside: Arc<Inside>,
    task: JoinHandle<()>,
}

struct Inside {
    tale: Mutex<Tale>,
    /// Every line that any client said.
    heard: Mutex<Vec<String>>,
}

impl ImapFake {
    pub async fn start(tale: Tale) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let inside = Arc::new(Inside {
            tale: Mutex::new(tale),
            heard: Mutex::new(Vec::new()),
        });
        let shared = Arc::clone(&inside);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&shared)));
            }
        });
        Ok(Self { port, inside, task })
    }

    /// What the server holds, to be changed at will.
    pub fn tale(&self) -> MutexGuard<'_, Tale> {
        lock(&self.inside.tale)
    }

    /// What was said to it so far.
    pub fn heard(&self) -> Vec<String> {
        lock(&self.inside.heard).clone()
    }

    /// Settings for its INBOX.
    pub fn settings(&self, security: Security) -> MailboxSettings {
        MailboxSettings {
            name: "dusta".into(),
            source: Source::Imap {
                server: Server {
                    host: "localhost".into(),
                    port: self.port,
                    security,
                    ca_file: None,
                },
                user: "csirt".into(),
                password: Secret::new("rahasia".into()),
                folders: vec!["INBOX".into()],
            },
            after: After::Keep,
            poll: std::time::Duration::from_secs(1),
        }
    }
}

impl Drop for ImapFake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn converse(stream: TcpStream, inside: Arc<Inside>) {
    let (from, mut to) = stream.into_split();
    let mut lines = BufReader::new(from.take(1 << 20)).lines();
    let greeting = lock(&inside.tale).greeting.clone() + "\r\n";
    if to.write_all(greeting.as_bytes()).await.is_err() {
        return;
    }
    let mut idling = String::new();
    while let Ok(Some(line)) = lines.next_line().await {
        lock(&inside.heard).push(line.clone());
        if let Some(tag) = line.strip_suffix(" IDLE") {
            tag.clone_into(&mut idling);
        }
        // DONE bears no tag of its own: it ends the IDLE before it (RFC 2177).
        let line = if line == "DONE" {
            format!("{idling} DONE")
        } else {
            line
        };
        let (answer, hangs_up) = answer(&line, &mut lock(&inside.tale));
        if to.write_all(&answer).await.is_err() || hangs_up {
            return;
        }
    }
}

/// The answer to a command, and whether the connection ends with it.
fn answer(line: &str, tale: &mut Tale) -> (Vec<u8>, bool) {
    let (tag, command) = line.split_once(' ').unwrap_or((line, ""));
    if let Some(lie) = lie(command, tale) {
        let told = lie.replace("TAG", tag);
        return match told.strip_suffix("HANGUP") {
            Some(told) => (told.as_bytes().to_vec(), true),
            None => (told.into_bytes(), false),
        };
    }
    let said = match command.split(' ').next().unwrap_or_default() {
        "IDLE" => return (b"+ idling\r\n".to_vec(), false),
        "CAPABILITY" => format!("* CAPABILITY {}\r\n", tale.capabilities).into_bytes(),
        "SELECT" | "EXAMINE" => opened(tale),
        "UID" => uid(command, tale),
        _ => Vec::new(),
    };
    (
        [said, format!("{tag} OK done\r\n").into_bytes()].concat(),
        false,
    )
}

fn lie(command: &str, tale: &mut Tale) -> Option<String> {
    if let Some(at) = tale.lies.iter().position(|(key, _)| command.contains(key)) {
        return Some(tale.lies.remove(at).1);
    }
    let habit = tale.habits.iter().find(|(key, _)| command.contains(key));
    habit.map(|(_, said)| said.clone())
}

fn opened(tale: &Tale) -> Vec<u8> {
    let next = tale.mails.keys().last().map_or(1, |last| last + 1);
    format!(
        "* FLAGS (\\Seen)\r\n* {} EXISTS\r\n* OK [UIDVALIDITY {}] x\r\n* OK [UIDNEXT {next}] x\r\n",
        tale.mails.len(),
        tale.uidvalidity
    )
    .into_bytes()
}

fn uid(command: &str, tale: &Tale) -> Vec<u8> {
    let mut words = command.split(' ').skip(1);
    match words.next() {
        Some("SEARCH") => search(tale),
        Some("FETCH") => fetch(words.next().unwrap_or_default(), command, tale),
        _ => Vec::new(),
    }
}

fn search(tale: &Tale) -> Vec<u8> {
    let mut uids: Vec<String> = tale.mails.keys().map(u32::to_string).collect();
    if tale.disorder {
        uids.reverse();
    }
    format!("* SEARCH {}\r\n", uids.join(" ")).into_bytes()
}

fn fetch(set: &str, command: &str, tale: &Tale) -> Vec<u8> {
    let mut said = Vec::new();
    for (number, (uid, raw)) in tale.mails.iter().enumerate() {
        if !holds(set, *uid) {
            continue;
        }
        let size = tale.sizes.get(uid).copied().unwrap_or(raw.len() as u64);
        let facts = if command.contains("RFC822.SIZE") {
            format!(" RFC822.SIZE {size} INTERNALDATE \"01-Jan-2026 00:00:00 +0000\"")
        } else {
            String::new()
        };
        let items = format!("* {} FETCH (UID {uid}{facts}", number + 1);
        said.extend_from_slice(items.as_bytes());
        if let Some((_, rest)) = command.split_once("BODY.PEEK[]") {
            said.extend_from_slice(&body(rest, raw));
        }
        said.extend_from_slice(b")\r\n");
    }
    said
}

/// The whole mail, or the part asked for by `<offset.length>`.
fn body(rest: &str, raw: &[u8]) -> Vec<u8> {
    let range = rest
        .strip_prefix('<')
        .and_then(|range| range.split_once('>'))
        .and_then(|(range, _)| range.split_once('.'));
    let Some((offset, length)) = range else {
        return [format!(" BODY[] {{{}}}\r\n", raw.len()).as_bytes(), raw].concat();
    };
    let start = offset.parse().unwrap_or(0).min(raw.len());
    let end = (start + length.parse().unwrap_or(0)).min(raw.len());
    let part = raw.get(start..end).unwrap_or_default();
    [
        format!(" BODY[]<{offset}> {{{}}}\r\n", part.len()).as_bytes(),
        part,
    ]
    .concat()
}

/// Whether a set like `1:3,7` holds this UID.
fn holds(set: &str, uid: u32) -> bool {
    set.split(',').any(|range| {
        let (from, to) = range.split_once(':').unwrap_or((range, range));
        let number = |text: &str| text.parse().unwrap_or(u32::MAX);
        (number(from)..=number(to)).contains(&uid)
    })
}
