use tanggap_rules::Report;

use crate::letter::tests::{report, with_facts};
use crate::letter::{SealedLetter, receipt};

fn sealed(change: impl FnOnce(&mut Report)) -> SealedLetter {
    let mut report = report();
    change(&mut report);
    with_facts(&report, receipt)
}

/// The headers' lines, unfolded.
fn headers(letter: &SealedLetter) -> Vec<String> {
    let (head, _) = letter.text.split_once("\r\n\r\n").unwrap_or_default();
    head.replace("\r\n ", " ")
        .split("\r\n")
        .map(str::to_owned)
        .collect()
}

/// What RFC 5321 and RFC 5322 ask of every byte of a message.
fn check_form(letter: &SealedLetter) {
    let text = &letter.text;
    assert!(text.is_ascii(), "{text}");
    assert!(text.ends_with("\r\n"));
    let bare = text.replace("\r\n", "");
    assert!(
        !bare.contains(['\r', '\n', '\0']),
        "a bare CR, LF or NUL: {text:?}"
    );
    for line in text.split("\r\n") {
        assert!(line.len() <= 998, "{} characters in {line:?}", line.len());
    }
}

#[test]
fn the_whole_head_of_a_receipt() {
    let letter = sealed(|report| {
        report.thread = vec!["first@x.example".to_owned(), "second@x.example".to_owned()];
    });
    check_form(&letter);
    let id = "ack.a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5@batangkab.go.id";
    assert_eq!(letter.message_id, id);
    assert_eq!(
        (letter.from.as_deref(), letter.to.as_str()),
        (None, "budi@dinkes.batangkab.go.id")
    );
    let expect = [
        "From: Batangkab-CSIRT <csirt@batangkab.go.id>".to_owned(),
        "To: budi@dinkes.batangkab.go.id".to_owned(),
        "Subject: Re: Web dinas diretas [INS-2026-0042]".to_owned(),
        "Date: Mon, 23 Nov 2026 08:41:00 +0700".to_owned(),
        format!("Message-ID: <{id}>"),
        "In-Reply-To: <abc.1@dinkes.batangkab.go.id>".to_owned(),
        "References: <first@x.example> <second@x.example> <abc.1@dinkes.batangkab.go.id>"
            .to_owned(),
        "Auto-Submitted: auto-replied".to_owned(),
        "Precedence: bulk".to_owned(),
        "X-Auto-Response-Suppress: All".to_owned(),
        "MIME-Version: 1.0".to_owned(),
        "Content-Type: text/plain; charset=utf-8".to_owned(),
        "Content-Transfer-Encoding: 7bit".to_owned(),
    ];
    assert_eq!(headers(&letter), expect);
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    let change = |report: &mut Report| report.subject = "Réseau – gangguan 🔥".to_owned();
    assert_eq!(sealed(change), sealed(change));
    let other = with_facts(&report(), |facts| {
        let mut facts = *facts;
        facts.key = [1; 15];
        receipt(&facts)
    });
    assert_ne!(other.message_id, sealed(change).message_id);
}

#[test]
fn what_is_not_ascii_is_encoded() {
    let letter = sealed(|report| {
        report.subject = "Gangguan – «jaringan» 🔥".to_owned();
        if let Some(from) = &mut report.from {
            "Nur’aini Çelik".clone_into(&mut from.name);
        }
    });
    check_form(&letter);
    assert!(
        letter.text.contains("Subject: Re: Gangguan =?utf-8?b?"),
        "{}",
        letter.text
    );
    assert!(
        letter
            .text
            .contains("Content-Transfer-Encoding: quoted-printable\r\n")
    );
    assert!(
        letter
            .text
            .contains("Yth. Bapak/Ibu Nur=E2=80=99aini =C3=87elik,"),
        "{}",
        letter.text
    );
}

/// `faults.md` 4.5 and S10: nothing a stranger wrote can end a header, a line, or the message.
#[test]
fn no_strangers_word_becomes_a_header_or_a_command() {
    let hostile = [
        "a\r\nBcc: victim@x.example",
        "a\n.\nMAIL FROM:<x@y.example>",
        "a\r.\rQUIT",
        "a\u{2028}Bcc: x\u{2029}",
        "a\0b\u{0b}c\u{0c}d\u{85}e",
        "=?utf-8?q?a=0D=0ABcc:_v@x.example?=",
        ".\r\n.",
        "🔥\r\nX: y",
    ];
    let plain = sealed(|_| {});
    for text in hostile {
        let letter = sealed(|report| {
            text.clone_into(&mut report.subject);
            report.message_id = Some(text.to_owned());
            report.thread = vec![
                text.to_owned(),
                format!("{text}@x.example>\r\nBcc: <v@x.example"),
            ];
            report.tags = vec![text.to_owned()];
            report.office = Some(text.to_owned());
            if let Some(from) = &mut report.from {
                text.clone_into(&mut from.name);
            }
        });
        check_form(&letter);
        let names = |letter: &SealedLetter| -> Vec<String> {
            let name = |line: &String| line.split(':').next().unwrap_or_default().to_owned();
            headers(letter)
                .iter()
                .map(name)
                .filter(|name| !["In-Reply-To", "References"].contains(&name.as_str()))
                .collect()
        };
        assert_eq!(names(&letter), names(&plain), "{text:?} in {}", letter.text);
        assert!(
            !letter.text.contains("\r\n."),
            "{text:?}: a line begins with a full stop"
        );
    }
}

#[test]
fn a_thread_is_bounded_and_its_ids_are_sound() {
    let letter = sealed(|report| {
        report.thread = (0..100)
            .map(|n| format!("{n}.{}@x.example", "a".repeat(230)))
            .collect();
        report.thread.push("b".repeat(900));
        report.thread.push("a b@x.example".to_owned());
    });
    check_form(&letter);
    let lines = headers(&letter);
    let references = lines
        .iter()
        .find_map(|line| line.strip_prefix("References: "));
    let ids: Vec<&str> = references.unwrap_or_default().split(' ').collect();
    assert_eq!(ids.len(), 10);
    assert!(
        ids.first().is_some_and(|id| id.starts_with("<91.")),
        "{ids:?}"
    );
    assert_eq!(ids.last(), Some(&"<abc.1@dinkes.batangkab.go.id>"));
}

#[test]
fn a_report_without_a_message_id_starts_no_thread() {
    let letter = sealed(|report| report.message_id = None);
    let lines = headers(&letter);
    assert!(
        !lines
            .iter()
            .any(|line| line.starts_with("In-Reply-To") || line.starts_with("References"))
    );
}
