//! Turns the bytes of a mail into a [`Report`]: bounded, total, without a look at anything but the bytes.

mod attached;
mod beside;
mod clean;
mod columns;
mod fangs;
mod files;
mod headers;
mod hosts;
mod html;
mod limits;
mod machine;
mod marks;
mod observables;
mod offices;
mod parts;
mod pieces;
mod prose;
mod references;
mod returned;
mod scope;
mod shared;
mod signs;
mod spared;
mod tail;
mod tlp;
mod traces;
mod xarf;
mod zipped;

pub(crate) use attached::{is_card, is_card_word};
pub use files::files;
pub(crate) use parts::hex;
pub(crate) use tlp::strictest as strictest_marking;

use std::sync::LazyLock;

use mail_parser::{HeaderName, Message, MessageParser};

use crate::language;
use crate::report::{Authenticity, Language, Missing, Oddity, Report, ReturnPath, Site};
use crate::roster::Reporter;
use crate::tongue::{Tongue, Words};
use crate::words;

/// Takes apart what is asked of it; of all other headers only the place is noted, and `headers` reads their raw lines.
static PARSER: LazyLock<MessageParser> = LazyLock::new(|| {
    MessageParser::new()
        .default_header_ignore()
        .with_mime_headers()
        .with_date_headers()
        .with_address_headers()
        .header_text(HeaderName::Subject)
});

/// What a mail states. Never fails: what could not be read is told in [`Report::unreadable`] or as an [`Oddity`].
pub fn read(raw: &[u8], site: &Site) -> Report {
    let mut oddities = Vec::new();
    let (now, beyond) = limits::one_text(raw);
    if !beyond.is_empty() {
        oddities.push(words!(
            "teks lebih dari 8 MB: sisanya tidak dibaca",
            "over 8 MB of text: the rest is not read"
        ));
    }
    let bounded = limits::bounded(now, &mut oddities);
    let Some(message) = PARSER.parse(bounded.as_ref()) else {
        return nothing(raw, &oddities, site.tongue);
    };
    let mut report = of_headers(&message, site);
    report.tongue = site.tongue;
    let mut leaves = parts::gather(&message, &mut oddities);
    report.oddities = told(&oddities, site.tongue);
    leaves.see_beyond(beyond);
    of_parts(&mut report, &message, &leaves, site);
    report.canon = parts::canon(&report, &leaves);
    let unreadable = unreadable(&report, raw);
    report.unreadable = unreadable.map(|why| why.told(site.tongue).to_owned());
    report
}

fn told(oddities: &[Words], tongue: Tongue) -> Vec<Oddity> {
    let told = oddities.iter().map(|odd| odd.told(tongue).to_owned());
    told.map(Oddity).collect()
}

/// The parts of the report that the headers alone give.
fn of_headers(message: &Message<'_>, site: &Site) -> Report {
    let lines = headers::lines(message);
    let (signs, authenticity) = (
        signs::find(message, &lines, site),
        headers::authenticity(&lines, site),
    );
    Report {
        from: headers::contacts(message.from()).into_iter().next(),
        reply_to: headers::contacts(message.reply_to()),
        to: headers::contacts(message.to()),
        cc: headers::contacts(message.cc()),
        return_path: headers::return_path(&lines),
        subject: headers::subject(&lines),
        date_ms: message
            .date()
            .map(|date| date.to_timestamp().saturating_mul(1000)),
        message_id: headers::message_id(&lines),
        thread: headers::thread(&lines),
        signs,
        authenticity,
        headers: headers::kept(lines),
        ..blank()
    }
}

fn of_parts(report: &mut Report, message: &Message<'_>, leaves: &parts::Leaves, site: &Site) {
    let prose = prose::apart(&leaves.text, &report.subject, &leaves.enclosed);
    report.newest = prose.newest;
    report.quoted = prose.quoted;
    report.bare_forward = prose.bare_forward;
    report.quoted_author = prose.quoted_author;
    report.attachments.clone_from(&leaves.attachments);
    report.attached_text.clone_from(&leaves.attached_text);
    let shared = shared::Shared::of(report, leaves);
    report.machine = machine::recognise(message, report, leaves);
    report.references = references::find(report, shared.told, site);
    references::add_returned(report, returned::message_ids(message), site);
    report.tags = references::tags(&report.subject);
    report.observables = observables::find(report, leaves, (&prose.forwarded, &shared), site);
    report.language = language::of(&report.subject, &report.newest);
    report.office = offices::named(report, shared.told);
    report.missing = missing(report, shared.told);
    report.observables.extend(traces::find(report, &shared));
    report.tlp = tlp::of(report, leaves, shared.told);
    scope::place(report, (leaves, &shared), site);
}

fn missing(report: &Report, told: shared::Told) -> Vec<Missing> {
    let mut missing = Vec::new();
    if !attached::identity(report, told) {
        missing.push(Missing::Identity);
    }
    if !attached::evidence(report) {
        missing.push(Missing::Evidence);
    }
    let mut story = [&report.subject, "\n", &report.newest].concat();
    // The only letters whose lower case holds one of ASCII's.
    if !story.is_ascii() && story.contains(['\u{130}', '\u{212a}']) {
        story = story.to_lowercase();
    }
    if !attached::names_a_contact(&story) {
        missing.push(Missing::Contact);
    }
    if !attached::names_a_time(&story) {
        missing.push(Missing::Time);
    }
    if !attached::names_a_system(&story) {
        missing.push(Missing::System);
    }
    missing
}

/// The reason why people must look at the bytes themselves, if there is one.
fn unreadable(report: &Report, raw: &[u8]) -> Option<Words> {
    if raw.iter().all(u8::is_ascii_whitespace) {
        return Some(words!("surel kosong", "empty mail"));
    }
    let wordless = report.newest.trim().is_empty()
        && report.quoted.trim().is_empty()
        && report.attachments.is_empty();
    if report.from.is_none() && report.subject.is_empty() && wordless {
        return Some(words!(
            "tidak ada kepala surel dan tidak ada teks yang dapat dibaca",
            "no mail headers and no readable text"
        ));
    }
    if report.from.is_none() && wordless {
        return Some(words!(
            "tidak ada pengirim dan tidak ada teks yang dapat dibaca",
            "no sender and no readable text"
        ));
    }
    if report.from.is_none()
        && report.date_ms.is_none()
        && report.message_id.is_none()
        && report.to.is_empty()
    {
        return Some(words!(
            "bukan surel: tidak ada satu pun kepala yang dikenal",
            "no mail: not one known header"
        ));
    }
    None
}

fn nothing(raw: &[u8], oddities: &[Words], tongue: Tongue) -> Report {
    let mut report = blank();
    report.tongue = tongue;
    report.oddities = told(oddities, tongue);
    report.canon = parts::digest(raw);
    let text = String::from_utf8_lossy(raw.get(..raw.len().min(limits::TEXT)).unwrap_or_default());
    report.newest = clean::text(&text);
    let why = if report.newest.trim().is_empty() {
        words!("surel kosong", "empty mail")
    } else {
        words!(
            "bukan surel: tidak ada kepala yang dapat dibaca",
            "no mail: no readable header"
        )
    };
    report.unreadable = Some(why.told(tongue).to_owned());
    report
}

fn blank() -> Report {
    Report {
        from: None,
        reply_to: Vec::new(),
        to: Vec::new(),
        cc: Vec::new(),
        return_path: ReturnPath::Missing,
        subject: String::new(),
        date_ms: None,
        message_id: None,
        thread: Vec::new(),
        newest: String::new(),
        quoted: String::new(),
        quoted_author: String::new(),
        bare_forward: false,
        attachments: Vec::new(),
        attached_text: String::new(),
        machine: None,
        observables: Vec::new(),
        references: Vec::new(),
        signs: Vec::new(),
        authenticity: Authenticity::Unknown,
        language: Language::Id,
        office: None,
        missing: Vec::new(),
        tags: Vec::new(),
        tlp: None,
        reporter: Reporter::default(),
        assets: Vec::new(),
        outside: false,
        headers: Vec::new(),
        canon: [0; 32],
        unreadable: None,
        tongue: Tongue::default(),
        oddities: Vec::new(),
    }
}
