//! Finds every sign that a machine sent a mail, or that it must not be answered (RFC 3834 section 2, RFC 5230, RFC 5436).

use mail_parser::{Message, MimeHeaders};

use super::headers::{self, Line};
use crate::report::{ReturnPath, Sign, Site};

const LIST: &[&str] = &["mailing-list", "x-mailing-list", "feedback-id"];
const LOOP: &[&str] = &[
    "x-autoreply",
    "x-autorespond",
    "x-autoresponse",
    "x-autoresponder",
    "x-autoreply-from",
    "x-mail-autoreply",
    "x-loop",
    "x-otrs-loop",
    "x-rt-loop-prevention",
    "x-failed-recipients",
    "x-auto-reply",
    "x-mdloop",
    "x-zendesk-from-account-id",
    "x-redmine-host",
    "x-jira-fingerprint",
    "x-cron-env",
    "x-freshdesk-original-subject",
];
const SUPPRESS: &[&str] = &["all", "oof", "autoreply", "dr", "ndr", "rn", "nrn"];
const SYSTEM: &[&str] = &[
    "mailer-daemon",
    "mailerdaemon",
    "mail-daemon",
    "postmaster",
    "root",
    "daemon",
    "noreply",
    "no-reply",
    "no_reply",
    "do-not-reply",
    "donotreply",
    "do_not_reply",
    "nobody",
    "autoresponder",
    "auto-reply",
    "autoreply",
    "listserv",
    "majordomo",
    "tidak-membalas",
    "jangan-balas",
];
const MANY_HOPS: usize = 30;

/// Every sign, each occurrence of each header looked at.
pub fn find(message: &Message<'_>, lines: &[Line], site: &Site) -> Vec<Sign> {
    let mut signs = Vec::new();
    for line in lines {
        of_line(line, &mut signs);
    }
    of_senders(message, lines, site, &mut signs);
    of_types(message, &mut signs);
    let hops = headers::all(lines, "received").count();
    if hops > MANY_HOPS {
        signs.push(Sign::ManyHops(u32::try_from(hops).unwrap_or(u32::MAX)));
    }
    if !addressed(message, lines, site) {
        signs.push(Sign::NotAddressedToUs);
    }
    signs
}

const ASKED: &[&str] = &[
    "auto-submitted",
    "autosubmitted",
    "precedence",
    "x-precedence",
    "x-auto-response-suppress",
];
const VERDICTS: &[&str] = &[
    "x-spam-flag",
    "x-spam",
    "x-spam-status",
    "x-spamd-result",
    "x-virus-status",
    "x-virus-found",
    "x-amavis-alert",
];

/// Whether a header of this name may be a sign: of most the value need not be read.
fn may_be_a_sign(name: &str) -> bool {
    // Of the many names few begin so.
    if !name.starts_with(['a', 'f', 'l', 'm', 'p', 'x']) {
        return false;
    }
    let known = [ASKED, LIST, LOOP, VERDICTS];
    name.starts_with("list-") || known.iter().any(|names| names.contains(&name))
}

fn of_line(line: &Line, signs: &mut Vec<Sign>) {
    if !may_be_a_sign(&line.name) {
        return;
    }
    let value = headers::without_comments(&line.value).to_lowercase();
    let value = value.trim();
    match line.name.as_str() {
        "auto-submitted" | "autosubmitted" if !value.is_empty() && first_word(value) != "no" => {
            signs.push(Sign::AutoSubmitted(value.chars().take(100).collect()));
        }
        "precedence" | "x-precedence" if precedence(value) => {
            signs.push(Sign::Precedence(value.chars().take(40).collect()));
        }
        "x-auto-response-suppress" if suppresses(value) => {
            signs.push(Sign::SuppressAsked(value.chars().take(100).collect()));
        }
        name if name.starts_with("list-") || LIST.contains(&name) => {
            signs.push(Sign::List(line.name.clone()));
        }
        name if LOOP.contains(&name) => {
            if !matches!(value, "no" | "false") {
                signs.push(Sign::LoopHeader(line.name.clone()));
            }
        }
        name => of_verdict(name, value, signs),
    }
}

fn first_word(value: &str) -> &str {
    value
        .split([';', ' ', '\t', ','])
        .next()
        .unwrap_or_default()
}

fn precedence(value: &str) -> bool {
    ["bulk", "junk", "list", "auto_reply", "auto-reply"]
        .iter()
        .any(|word| first_word(value) == *word)
}

fn suppresses(value: &str) -> bool {
    let mut words = value.split([',', ';', ' ', '\t']).map(str::trim);
    words.any(|word| SUPPRESS.contains(&word))
}

fn of_verdict(name: &str, value: &str, signs: &mut Vec<Sign>) {
    let bad = match name {
        "x-spam-flag" | "x-spam" => value.starts_with("yes") || value == "true",
        "x-spam-status" => value.starts_with("yes"),
        "x-spamd-result" => value.contains("action=reject"),
        "x-virus-status" | "x-virus-found" => {
            value.starts_with("infected") || value.starts_with("yes")
        }
        "x-amavis-alert" => value.contains("infected") || value.contains("banned"),
        _ => false,
    };
    if bad {
        signs.push(Sign::SpamVerdict(format!(
            "{name}: {}",
            value.chars().take(80).collect::<String>()
        )));
    }
}

/// Whether a local part belongs to a machine or a role that nobody reads.
pub fn system_mailbox(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default();
    let base = local.split('+').next().unwrap_or_default();
    SYSTEM.contains(&base)
        || base.starts_with("noreply")
        || base.starts_with("no-reply")
        || base.starts_with("do-not-reply")
        || base.starts_with("bounce")
        || base.starts_with("owner-")
        || base.starts_with("mailer-daemon")
        || base.starts_with("microsoftexchange")
        || base.starts_with("prvs=")
        || base.starts_with("srs0=")
        || [
            "-request", "-bounces", "-bounce", "-admin", "-owner", "-noreply",
        ]
        .iter()
        .any(|end| base.ends_with(end))
}

fn of_senders(message: &Message<'_>, lines: &[Line], site: &Site, signs: &mut Vec<Sign>) {
    let path = headers::return_path(lines);
    if path == ReturnPath::Null {
        signs.push(Sign::NullReturnPath);
    }
    let mut senders: Vec<String> = headers::contacts(message.from())
        .into_iter()
        .map(|contact| contact.address)
        .collect();
    if let ReturnPath::Address(address) = path {
        senders.push(address);
    }
    for address in senders {
        if system_mailbox(&address) && !signs.contains(&Sign::SystemSender(address.clone())) {
            signs.push(Sign::SystemSender(address.clone()));
        }
        if site.addresses.contains(&address) {
            signs.push(Sign::OwnMail(address));
        }
    }
    own_acknowledgement(lines, site, signs);
}

/// A letter's id in the thread of a machine-like mail: somebody's robot answers ours.
fn own_acknowledgement(lines: &[Line], site: &Site, signs: &mut Vec<Sign>) {
    let machine = signs.iter().any(|sign| {
        matches!(
            sign,
            Sign::AutoSubmitted(_)
                | Sign::Precedence(_)
                | Sign::LoopHeader(_)
                | Sign::NullReturnPath
        )
    });
    let own = headers::thread(lines).into_iter().find(|id| {
        let domain = id.rsplit('@').next().unwrap_or_default();
        site.message_id_domains
            .iter()
            .any(|ours| ours.eq_ignore_ascii_case(domain))
    });
    if let (true, Some(id)) = (machine, own) {
        signs.push(Sign::OwnMail(id));
    }
}

fn of_types(message: &Message<'_>, signs: &mut Vec<Sign>) {
    for part in message.parts.iter().take(super::limits::PARTS) {
        let Some(content) = part.content_type() else {
            continue;
        };
        let main = content.ctype().to_ascii_lowercase();
        let sub = content.subtype().unwrap_or_default().to_ascii_lowercase();
        let reply = content
            .attribute("method")
            .is_some_and(|method| method.eq_ignore_ascii_case("reply"));
        let machine = match (main.as_str(), sub.as_str()) {
            ("multipart", "report")
            | (
                "message",
                "delivery-status"
                | "global-delivery-status"
                | "disposition-notification"
                | "feedback-report",
            ) => true,
            ("text", "calendar") => reply,
            _ => false,
        };
        let name = format!("{main}/{sub}");
        if machine && !signs.contains(&Sign::MachineType(name.clone())) {
            signs.push(Sign::MachineType(name));
        }
    }
}

/// One of our addresses is named as a recipient. Without any configured address nothing can be said, and nothing is.
fn addressed(message: &Message<'_>, lines: &[Line], site: &Site) -> bool {
    if site.addresses.is_empty() {
        return true;
    }
    let named = headers::contacts(message.to())
        .into_iter()
        .chain(headers::contacts(message.cc()));
    let ours = |address: &str| {
        let plain = address
            .split_once('+')
            .and_then(|(local, rest)| Some(format!("{local}@{}", rest.split_once('@')?.1)));
        site.addresses
            .iter()
            .any(|own| own == address || Some(own) == plain.as_ref())
    };
    let delivered = [
        "delivered-to",
        "x-original-to",
        "envelope-to",
        "resent-to",
        "apparently-to",
    ];
    named.into_iter().any(|contact| ours(&contact.address))
        || delivered.iter().any(|name| {
            headers::all(lines, name).any(|value| {
                value
                    .split([',', ' '])
                    .filter_map(headers::bare)
                    .any(|address| ours(&address))
            })
        })
}
