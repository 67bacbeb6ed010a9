//! What a mail states ([`Report`]) and what the rules make of it ([`Classification`]): the vocabulary of this crate.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::inventory::{AssetSeen, Inventory};
use crate::roster::{Reporter, Roster};
use crate::tongue::Tongue;

/// What the reader must know of the site it reads for. Comes from the configuration.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// Our own mailbox addresses, lower case (`csirt@batangkab.go.id`).
    pub addresses: Vec<String>,
    /// Domains of our constituency, lower case (`batangkab.go.id`); subdomains belong to them.
    pub domains: Vec<String>,
    /// The domain in the Message-IDs that we and osTicket make (`csirt.batangkab.go.id`).
    pub message_id_domains: Vec<String>,
    /// `authserv-id`s whose `Authentication-Results` may be believed (RFC 8601).
    pub authserv_ids: Vec<String>,
    /// What our register numbers begin with (`INS`).
    pub register_prefix: String,
    /// In which language staff are told of mails.
    pub tongue: Tongue,
    /// What we look after; empty where no inventory is kept.
    pub assets: Arc<Inventory>,
    /// The offices we know; empty where no roster is kept.
    pub roster: Arc<Roster>,
}

/// What kind of mail this is (labelling guide).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Report,
    FollowUp,
    Automated,
    AutoReply,
    Bounce,
    Other,
}

/// The SOP's three severities ("Tingkatan").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Low,
    Medium,
    High,
}

impl Severity {
    /// As books and labels write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl Kind {
    /// As books and labels write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::FollowUp => "follow_up",
            Self::Automated => "automated",
            Self::AutoReply => "auto_reply",
            Self::Bounce => "bounce",
            Self::Other => "other",
        }
    }
}

/// The language a mail's newest text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    Id,
    En,
    Jv,
}

/// The Traffic Light Protocol's marking (FIRST TLP 2.0; `WHITE` is today's `CLEAR`), the strictest that a mail carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tlp {
    Clear,
    Green,
    Amber,
    AmberStrict,
    Red,
}

impl Tlp {
    /// As rules ask for them.
    pub(crate) const NAMES: &[(&str, Self)] = &[
        ("clear", Self::Clear),
        ("green", Self::Green),
        ("amber", Self::Amber),
        ("amber_strict", Self::AmberStrict),
        ("red", Self::Red),
    ];

    /// `TLP:AMBER+STRICT`
    pub fn label(self) -> &'static str {
        match self {
            Self::Clear => "TLP:CLEAR",
            Self::Green => "TLP:GREEN",
            Self::Amber => "TLP:AMBER",
            Self::AmberStrict => "TLP:AMBER+STRICT",
            Self::Red => "TLP:RED",
        }
    }
}

/// A person or machine as a header names it; the address is bare and lower case, the name is cleaned of control and bidi characters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contact {
    pub name: String,
    pub address: String,
}

/// The envelope sender as the delivering server recorded it (`Return-Path`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReturnPath {
    Missing,
    /// `<>`: a bounce or another automatic mail (RFC 5321 section 4.5.5).
    Null,
    Address(String),
    /// Present, but no address could be read from it.
    Unreadable,
}

/// What the receiving server found about the sender (RFC 8601), from the topmost trusted `Authentication-Results`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authenticity {
    /// dmarc=pass, or spf/dkim pass aligned with the From domain.
    Pass,
    /// dmarc=fail, or spf and dkim both failed.
    Fail,
    /// A trusted header was there but proved nothing.
    Neutral,
    /// No trusted header at all.
    Unknown,
}

/// A sign in the mail that a machine sent it, or that it must not be answered (RFC 3834, RFC 5230, RFC 5436). Facts only: policy is the daemon's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sign {
    /// `Auto-Submitted` other than `no`; the decoded value.
    AutoSubmitted(String),
    /// `Precedence` or `X-Precedence`: bulk, junk, list, auto_reply.
    Precedence(String),
    /// Any `List-*`, `Mailing-List`, `X-Mailing-List`, `Feedback-ID`; the header's name.
    List(String),
    /// `X-Auto-Response-Suppress` naming any of All, OOF, AutoReply, DR, NDR, RN, NRN.
    SuppressAsked(String),
    /// `X-Autoreply`, `X-Loop`, `X-OTRS-Loop`, …; the header's name.
    LoopHeader(String),
    /// From or Return-Path is a system mailbox (mailer-daemon, postmaster, no-reply, owner-…, …-bounces).
    SystemSender(String),
    /// multipart/report, message/delivery-status, disposition-notification, feedback-report, text/calendar REPLY.
    MachineType(String),
    /// The envelope sender is `<>`.
    NullReturnPath,
    /// More `Received` lines than any honest route has; the count.
    ManyHops(u32),
    /// A spam or virus verdict by the receiving server.
    SpamVerdict(String),
    /// One of our own generated Message-IDs, of a letter, in References or In-Reply-To, sent by a machine-like answer; or mail from our own address.
    OwnMail(String),
    /// None of our addresses is in To, Cc or Delivered-To.
    NotAddressedToUs,
}

/// A reference of our own form found in a mail; whether it exists only the journal knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reference {
    /// `INS-2026-0042`, upper case.
    Register(String),
    /// osTicket's `[#123456]` or "tiket nomor 123456"; digits only.
    Ticket(String),
    /// A Message-ID (without angle brackets) from In-Reply-To, References, or under our domain in the text.
    MessageId(String),
}

/// An attachment, listed and never opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Sanitised for display, at most 100 characters.
    pub name: String,
    pub declared: String,
    /// By magic bytes; empty where unknown.
    pub detected: String,
    /// Bytes after transfer decoding.
    pub size: u64,
    /// Lower-case hex.
    pub sha256: String,
    /// What a zip archive lists; never unpacked.
    #[serde(default)]
    pub members: Vec<String>,
}

/// Something an incident leaves behind (`ipv4:203.0.113.7`), refanged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Observable {
    /// ipv4, ipv6, url, domain, email, md5, sha1, sha256, cve; and the traces of [`Observable::TRACES`].
    pub kind: String,
    pub value: String,
    /// Where it stood first, for people: `isi surel, baris 4`; empty where an older version found it.
    #[serde(default)]
    pub place: String,
}

/// What a report should have brought and did not (RFC 2350 practice, domain.md section 2); the acknowledgement asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    Identity,
    Evidence,
    Contact,
    Time,
    System,
}

/// Something odd about a mail: normal input, never an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Oddity(pub String);

/// One header line: lower-case name, decoded value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderLine {
    pub name: String,
    pub value: String,
}

impl Observable {
    /// Kinds that the label files do not know: they lead to people and payments, not to hosts.
    pub const TRACES: &[&str] = &["range", "bitcoin", "telegram", "whatsapp"];

    pub fn is_trace(&self) -> bool {
        Self::TRACES.contains(&self.kind.as_str())
    }
}

/// What a mail states.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// The first From address; `None` where none could be read.
    pub from: Option<Contact>,
    pub reply_to: Vec<Contact>,
    pub to: Vec<Contact>,
    pub cc: Vec<Contact>,
    pub return_path: ReturnPath,
    /// Decoded, one line, cleaned, at most 500 characters.
    pub subject: String,
    /// `Date` header, milliseconds UTC.
    pub date_ms: Option<i64>,
    /// Without angle brackets, as written, at most 998 characters.
    pub message_id: Option<String>,
    /// In-Reply-To and References, without angle brackets, in order, at most 100.
    pub thread: Vec<String>,
    /// What the sender wrote now, quotes and signature set apart; cleaned; at most 2 MiB.
    pub newest: String,
    /// Quoted history and forwarded mail.
    pub quoted: String,
    /// The address named in the line above the quoted text; empty where there is none.
    pub quoted_author: String,
    /// The sender added nothing of substance: `newest` holds what is forwarded.
    pub bare_forward: bool,
    pub attachments: Vec<Attachment>,
    /// What small text attachments say; at most 128 KiB.
    pub attached_text: String,
    /// Set where the mail is a structured report of a known format.
    pub machine: Option<Machine>,
    pub observables: Vec<Observable>,
    pub references: Vec<Reference>,
    pub signs: Vec<Sign>,
    pub authenticity: Authenticity,
    pub language: Language,
    /// The office concerned, where the mail names one.
    pub office: Option<String>,
    pub missing: Vec<Missing>,
    /// The sender's own ticket tags (`[JPCERT#123]`), kept in replies.
    pub tags: Vec<String>,
    /// The marking under which it was sent.
    pub tlp: Option<Tlp>,
    /// Who of the roster sent it.
    pub reporter: Reporter,
    /// What of the inventory it names.
    pub assets: Vec<AssetSeen>,
    /// It names a public body's host outside our care, and nothing of ours.
    pub outside: bool,
    /// The header lines, decoded, at most 64 KiB in all; for rules that ask.
    pub headers: Vec<HeaderLine>,
    /// Level-2 identity: SHA-256 over From, Date, Subject, Message-ID and the decoded parts. Equal means a duplicate delivery.
    pub canon: [u8; 32],
    /// Set where no human-readable mail could be made of the bytes at all, with the reason; such a mail is a case for a human.
    pub unreadable: Option<String>,
    /// In which language it is told what is odd here, and why it is judged as it is.
    #[serde(default)]
    pub tongue: Tongue,
    pub oddities: Vec<Oddity>,
}

/// One rule that fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fired {
    pub rule: String,
    /// The SOP clause or labelling reason the rule cites.
    pub clause: String,
    /// The very words that made it fire.
    pub words: Vec<String>,
}

/// What the rules make of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classification {
    pub kind: Kind,
    pub kind_reason: String,
    /// What the mail would be if its references pointed at nothing of ours; equals `kind` for all kinds but `FollowUp`.
    pub otherwise: Kind,
    /// Always given; meaningful for `Report` and `Automated`.
    pub severity: Severity,
    /// RSIT class and type (`malicious-code:infected-system`).
    pub incident: String,
    /// Further types.
    pub also: Vec<String>,
    pub fired: Vec<Fired>,
    /// Why this severity, one sentence each, Indonesian.
    pub reasons: Vec<String>,
    /// The clauses (SOP, labelling guide) that the deciding rules cite.
    #[serde(default)]
    pub clauses: Vec<String>,
    /// The place in the queue sheet that the rules propose, 1 first to 9; `None` follows from the severity.
    #[serde(default)]
    pub priority: Option<u8>,
    /// Marks that rules set, each once, in the order of the rules.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Clocks that rules start: `iiv`, `pdp`.
    #[serde(default)]
    pub deadlines: Vec<String>,
    /// Hash of the rule set that judged.
    pub ruleset: String,
}

/// A report that a machine wrote for machines (RFC 5965, XARF, CSV feeds).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// `arf`, `xarf`, `x-arf`, `feed`.
    pub format: String,
    /// The RSIT type its class stands for, the address it speaks of being ours.
    pub incident: Option<String>,
    pub severity: Option<Severity>,
    /// It brings the data it speaks of.
    pub evidence: bool,
}

impl Report {
    /// A scan of an identity card is attached or linked.
    pub fn identity_attached(&self) -> bool {
        !self.missing.contains(&Missing::Identity)
    }

    /// A screenshot, log, data or sample is attached.
    pub fn evidence_attached(&self) -> bool {
        !self.missing.contains(&Missing::Evidence)
    }
}
