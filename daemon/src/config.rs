//! The configuration as meant. What is written is a [`Form`]; the modules below read one section each and tell every fault at once.

mod bssn;
mod deadlines;
mod desk;
mod hours;
mod letters;
mod lists;
mod mailbox;
mod mapping;
mod numbering;
mod post;
mod retention;
mod secret;
mod server;
mod store;
mod team;
mod words;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tanggap_bridge::DatabaseSettings;
use tanggap_rules::form::{Faults, Form, Table};
use tanggap_rules::{Site, Tongue};

use crate::case::Hours;
use crate::tongue::{say, spoken};

pub use bssn::BssnSettings;
pub use deadlines::{DeadlineSettings, WarnedRole};
pub use letters::{LetterSettings, Paper, Signatory};
pub use lists::{ListError, Lists};
pub use mapping::Mapping;
pub use numbering::{Block, NumberFormat, Numbering};
pub use retention::RetentionSettings;

/// A password or key: never printed, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: String) -> Self {
        Self(value)
    }

    /// The value itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Everything `tanggap run` needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    pub team: Team,
    pub site: Site,
    /// What staff read in osTicket, and what a terminal shows unless told otherwise.
    pub tongue: Tongue,
    /// Where the site's assets and offices are listed.
    pub lists: Lists,
    pub store: StoreSettings,
    pub mailboxes: Vec<MailboxSettings>,
    pub osticket: OsticketSettings,
    pub post: PostSettings,
    pub receipt: ReceiptSettings,
    pub rules: RulesSettings,
    pub limits: Limits,
    pub letters: LetterSettings,
    /// When the office works: for times in working hours.
    pub hours: Hours,
    /// How long back related cases are looked for.
    pub related_window: Duration,
    pub bssn: BssnSettings,
    pub deadlines: DeadlineSettings,
    pub retention: RetentionSettings,
}

/// Who we are, in letters.
#[derive(Debug, Clone)]
pub struct Team {
    /// `Batangkab-CSIRT`
    pub name: String,
    /// `Dinas Komunikasi dan Informatika Kabupaten Batang`
    pub office: String,
    /// English name of the organisation, for English letters.
    pub office_english: String,
    /// The address letters come from.
    pub address: String,
    /// What register numbers begin with (`INS`).
    pub register_prefix: String,
}

#[derive(Debug, Clone)]
pub enum StoreSettings {
    /// The embedded default: one file.
    Sqlite { path: PathBuf },
    /// `postgres://user@host/database`, the password apart.
    Postgres {
        url: String,
        password: Option<Secret>,
    },
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    Tls,
    StartTls,
    /// Only to a loopback host, or where the setting says `accept_plain_text = true` in so many words.
    Plain,
}

/// Where a server is and how to speak to it.
#[derive(Debug, Clone)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Extra certificate authority file (PEM) besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// What happens to a mail on the server once it is durable here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    Keep,
    /// IMAP: set `\Seen` and the keyword; Maildir: add the flag `S` and move to `cur`.
    Mark,
    Move {
        folder: String,
    },
}

#[derive(Debug, Clone)]
pub enum Source {
    Imap {
        server: Server,
        user: String,
        password: Secret,
        folders: Vec<String>,
    },
    Maildir {
        path: PathBuf,
        folders: Vec<String>,
    },
}

#[derive(Debug, Clone)]
pub struct MailboxSettings {
    /// The account's name in our records; never change it for an existing account.
    pub name: String,
    pub source: Source,
    pub after: After,
    /// A look at least this often, IDLE or not; at most 60 s.
    pub poll: Duration,
}

#[derive(Debug, Clone)]
pub struct OsticketSettings {
    /// What staff read there.
    pub tongue: Tongue,
    pub url: String,
    pub api_key: Secret,
    pub timeout: Duration,
    pub topic: Option<i64>,
    /// osTicket priority ids for Low, Medium, High.
    pub priority_low: Option<i64>,
    pub priority_medium: Option<i64>,
    pub priority_high: Option<i64>,
    /// osTicket's ids for new tickets; where there are none, osTicket decides.
    pub department: Option<i64>,
    pub sla: Option<i64>,
    /// Harmless files of reports are copied into tickets.
    pub attachments: bool,
    /// How many requests at once, at most.
    pub at_once: usize,
    /// Its database, where an account of ours may read it.
    pub database: Option<DatabaseSettings>,
    /// What osTicket's words mean to the SOP.
    pub mapping: Mapping,
    /// No second try and no look-up of an unknown outcome before this long after sending (`faults.md` section 3, Fence).
    pub fence: Duration,
}

#[derive(Debug, Clone)]
pub enum PostSettings {
    Smtp {
        server: Server,
        user: Option<String>,
        password: Option<Secret>,
        connections: usize,
    },
    /// Letters as `.eml` files in a directory.
    Directory { path: PathBuf },
}

/// Whose mail may be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Only mail that the receiving server found authentic (RFC 8601).
    Authenticated,
    /// Also mail without any verdict, if Return-Path and From are of one domain.
    ReturnPath,
}

/// What to do when it cannot be known whether a letter left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Wait for a human: never a double letter.
    Hold,
    /// Send once more, byte-identical: never a lost letter.
    ResendOnce,
}

#[derive(Debug, Clone)]
pub struct ReceiptSettings {
    pub enabled: bool,
    pub trust: Trust,
    pub doubt: Doubt,
    /// Receipts to one sender in 24 hours.
    pub per_sender_day: u32,
    /// Receipts to one domain in an hour.
    pub per_domain_hour: u32,
    /// Receipts in all in an hour.
    pub in_all_hour: u32,
}

#[derive(Debug, Clone)]
pub struct RulesSettings {
    /// A folder of the site's own rule files; the shipped book is always there.
    pub folder: Option<PathBuf>,
    /// Whether a rule's `deadline` starts a case's clock; the SOP itself names none.
    pub deadlines: bool,
}

#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes; a larger mail is kept and becomes a case for a human, unread.
    pub mail_size: u64,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{}", say!("berkas konfigurasi {} tidak dapat dibaca", "the configuration file {} cannot be read", path.display()))]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{}", _0.told(spoken()))]
    Faulty(Faults),
    /// Mails cannot be read as the daemon reads them.
    #[error("{}", say!("{0}\n\ndaftar aset atau OPD salah tulis; surel tidak dapat dinilai tanpanya", "{0}\n\nthe list of assets or of units is written wrongly; mails cannot be judged without it", _0))]
    Lists(String),
}

/// Which secrets are read with the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Secrets {
    /// Every one: for the daemon.
    #[default]
    All,
    /// Files, and credentials only where the service manager gave us any: for a check by hand.
    Reachable,
    /// Only the store's: for a command beside the daemon, which speaks to nobody else.
    Store,
}

/// What the configuration is read in: where relative paths start, and what the service manager prepared.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The configuration file's folder.
    pub folder: PathBuf,
    /// `$CREDENTIALS_DIRECTORY` (`LoadCredential=` of systemd).
    pub credentials: Option<PathBuf>,
    /// `$STATE_DIRECTORY`, where the embedded store lives unless the file says otherwise.
    pub state: Option<PathBuf>,
    pub secrets: Secrets,
}

impl Surroundings {
    /// The surroundings of a configuration file in this process.
    pub fn of(file: &Path, secrets: Secrets) -> Self {
        let named = |name| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        Self {
            folder: file.parent().map(Path::to_owned).unwrap_or_default(),
            credentials: named("CREDENTIALS_DIRECTORY"),
            state: named("STATE_DIRECTORY"),
            secrets,
        }
    }

    /// The store is opened by every verb, so its secret is always needed.
    fn for_store(&self) -> Self {
        let secrets = if self.secrets == Secrets::Store {
            Secrets::All
        } else {
            self.secrets
        };
        Self {
            secrets,
            ..self.clone()
        }
    }

    /// A path as written, from the configuration file's folder.
    fn path(&self, written: &str) -> PathBuf {
        self.folder.join(written)
    }
}

impl Config {
    /// Reads a file and the secrets it names; every fault is told at once.
    pub fn load(file: &Path, secrets: Secrets) -> Result<Self, ConfigError> {
        let unreadable = |source| ConfigError::Unreadable {
            path: file.to_owned(),
            source,
        };
        let text = std::fs::read_to_string(file).map_err(unreadable)?;
        Self::parse(
            &file.display().to_string(),
            &text,
            &Surroundings::of(file, secrets),
        )
        .map_err(ConfigError::Faulty)
    }

    /// Reads a configuration's text; of the world outside only the files it names are touched: secrets, holidays.
    pub fn parse(file: &str, text: &str, around: &Surroundings) -> Result<Self, Faults> {
        let form = Form::parse(file, text);
        let (config, listed) = read(&form.root(), around);
        let mut faults = form.finish();
        faults.extend(listed);
        match config {
            Some(config) if faults.is_empty() => Ok(config),
            _ => Err(faults),
        }
    }
}

/// The site of the shipped example, for reading mails where no configuration is given.
pub fn example_site() -> Result<Site, Faults> {
    let form = Form::parse("example.toml", include_str!("config/example.toml"));
    let site = seat(&form.root(), &Surroundings::default()).0.site;
    let faults = form.finish();
    if faults.is_empty() {
        Ok(site)
    } else {
        Err(faults)
    }
}

/// Who and where we are.
struct Seat {
    team: Option<Team>,
    site: Site,
    tongue: Tongue,
    lists: Lists,
}

/// And what is wrong in the lists that the site names.
fn seat(root: &Table<'_>, around: &Surroundings) -> (Seat, Faults) {
    let team = root
        .need("team")
        .table()
        .and_then(|table| team::read(&table));
    let table = root.maybe("site").table();
    let mut site = team::site(table.as_ref(), team.as_ref());
    let tongue = team::tongue(table.as_ref());
    site.tongue = tongue;
    let (lists, faults) = lists::read(table.as_ref(), around, &mut site);
    (
        Seat {
            team,
            site,
            tongue,
            lists,
        },
        faults,
    )
}

fn read(root: &Table<'_>, around: &Surroundings) -> (Option<Config>, Faults) {
    let (seat, faults) = seat(root, around);
    (sections(root, around, seat), faults)
}

fn rules_of(table: Option<&Table<'_>>, around: &Surroundings) -> RulesSettings {
    let folder = table.and_then(|table| table.maybe("folder").text());
    let deadlines = table.and_then(|table| table.maybe("deadlines").flag());
    RulesSettings {
        folder: folder.map(|folder| around.path(&folder)),
        deadlines: deadlines.unwrap_or(false),
    }
}

/// Asks for every section before giving up on any, so that all faults are told.
fn sections(root: &Table<'_>, around: &Surroundings, seat: Seat) -> Option<Config> {
    let Seat {
        team,
        site,
        tongue,
        lists,
    } = seat;
    let store = store::read(root.maybe("store").table().as_ref(), &around.for_store());
    let mailboxes = mailbox::read_all(&root.need("mailbox"), around);
    let osticket = root
        .need("osticket")
        .table()
        .and_then(|table| desk::read(&table, (around, tongue)));
    let post = root
        .need("post")
        .table()
        .and_then(|table| post::read(&table, around));
    let receipt = post::receipt(root.maybe("receipt").table().as_ref(), &site);
    let rules = root.maybe("rules").table();
    let rules = rules_of(rules.as_ref(), around);
    let letters = root.maybe("letters").table();
    let letters = letters::read(letters.as_ref(), team.as_ref(), around);
    let hours = hours::read(root.maybe("hours").table().as_ref(), around);
    let deadlines = root.maybe("deadlines").table();
    let deadlines = deadlines::read(deadlines.as_ref(), &site.addresses);
    let related = root.maybe("related").table();
    let related_days = related
        .and_then(|table| table.maybe("days").integer(1..=3650))
        .map(i64::unsigned_abs);
    let bssn = bssn::read(root.maybe("bssn").table().as_ref(), around);
    let retention = retention::read(root.maybe("retention").table().as_ref());
    let limits = root.maybe("limits").table();
    let mail_size = limits.and_then(|table| table.maybe("mail_size").parsed(words::size));
    Some(Config {
        team: team?,
        site,
        tongue,
        lists,
        store: store?,
        mailboxes,
        osticket: osticket?,
        post: post?,
        receipt,
        rules,
        letters,
        hours,
        related_window: Duration::from_hours(24 * related_days.unwrap_or(90)),
        bssn,
        deadlines,
        retention,
        limits: Limits {
            mail_size: mail_size.unwrap_or(50 << 20),
        },
    })
}

#[cfg(test)]
mod tests;
