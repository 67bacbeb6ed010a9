//! What is written into tickets: entries once a key, fields read back and left to who was faster, and nothing but text.

use tanggap_bridge::{
    Attachment, Author, Catalogue, Changed, Deed, EffectKey, NewChange, NewMessage, NewNote,
    NewReply, NewTicket, Outcome, Setting, Snapshot, TicketId, TicketNumber, TicketRef,
};

use super::{fresh_key, ticket, writing};

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_written_once_a_key_and_known_as_ours() {
    for way in writing().await {
        let opened = way.opened(&ticket(fresh_key())).await;
        let before = way.desk.head().await.unwrap();
        let files = vec![Attachment {
            name: "../bukti\u{202e}.txt".into(),
            media_type: "text/plain".into(),
            bytes: b"isi berkas".to_vec(),
        }];
        let keys = [fresh_key(), fresh_key(), fresh_key()];
        for _ in 0..2 {
            let message = NewMessage {
                key: keys[0],
                ticket: opened.clone(),
                body: "susulan".into(),
                reporter_address: "uji@dinkes.batangkab.go.id".into(),
                attachments: files.clone(),
            };
            assert_eq!(
                way.desk.append(&message).await,
                Outcome::Done(()),
                "{}",
                way.name
            );
            let note = NewNote {
                key: keys[1],
                ticket: opened.clone(),
                title: "penilaian".into(),
                body: "catatan <b>x</b> & y".into(),
                attachments: Vec::new(),
            };
            assert_eq!(
                way.desk.note(&note).await,
                Outcome::Done(()),
                "{}",
                way.name
            );
            let reply = NewReply {
                key: keys[2],
                ticket: opened.clone(),
                body: "jawaban".into(),
                attachments: Vec::new(),
            };
            assert_eq!(
                way.desk.reply(&reply).await,
                Outcome::Done(()),
                "{}",
                way.name
            );
        }
        let changes = way.since(before, opened.id.unwrap()).await;
        let told: Vec<(Option<EffectKey>, String)> = changes
            .iter()
            .filter_map(|change| match (&change.by, &change.deed) {
                (
                    Author::Us(Some(key)),
                    Deed::Message(entry) | Deed::Note(entry) | Deed::Reply(entry),
                ) if keys.contains(key) => Some((Some(*key), entry.text.clone())),
                _ => None,
            })
            .collect();
        let texts = ["susulan", "catatan <b>x</b> & y", "jawaban"];
        let expect: Vec<_> = keys
            .iter()
            .zip(texts)
            .map(|(key, text)| (Some(*key), text.to_owned()))
            .collect();
        assert_eq!(told, expect, "{}", way.name);
        let strangers = changes
            .iter()
            .filter(|change| !matches!(change.by, Author::Us(_)));
        let assigned = strangers.filter(|change| !matches!(change.deed, Deed::Created));
        assert_eq!(assigned.count(), 0, "{}: {changes:?}", way.name);
    }
}

fn settings_of(catalogue: &Catalogue) -> Vec<(Setting, String)> {
    let last = |named: &[tanggap_bridge::Named]| named.last().unwrap().clone();
    let mut open = catalogue
        .statuses
        .iter()
        .filter(|status| status.standing == tanggap_bridge::Standing::Open);
    let open = open.next_back().unwrap();
    let closed = catalogue
        .statuses
        .iter()
        .find(|status| status.standing == tanggap_bridge::Standing::Closed)
        .unwrap();
    let (priority, topic) = (last(&catalogue.priorities), last(&catalogue.topics));
    let (department, agent) = (
        catalogue.departments[1].clone(),
        catalogue.agents[0].clone(),
    );
    let mut all = vec![
        (Setting::Status(open.id), open.name.clone()),
        (Setting::Priority(priority.id), priority.name),
        (Setting::Topic(topic.id), topic.name),
        (Setting::Department(department.id), department.name),
        (Setting::Agent(agent.id), agent.name),
        (Setting::Status(closed.id), closed.name.clone()),
        (Setting::Status(open.id), open.name.clone()),
        (
            Setting::StatusNamed(vec!["tidak ada".into(), closed.name.to_lowercase()]),
            closed.name.clone(),
        ),
    ];
    if catalogue.fields.iter().any(|field| field.name == "sistem") {
        let value = "Situs & basis data".to_owned();
        all.push((
            Setting::Field {
                name: "sistem".into(),
                value: value.clone(),
            },
            value,
        ));
    }
    all
}

fn field_of(setting: &Setting, now: &Snapshot) -> String {
    let name = |named: &Option<tanggap_bridge::Named>| named.clone().unwrap_or_default().name;
    match setting {
        Setting::Status(_) | Setting::StatusNamed(_) | Setting::Reopen => {
            now.status.clone().unwrap().name
        }
        Setting::Priority(_) => name(&now.priority),
        Setting::Topic(_) => name(&now.topic),
        Setting::Department(_) => name(&now.department),
        Setting::Agent(_) => name(&now.agent),
        Setting::Field { name, .. } => now.fields.get(name).cloned().unwrap_or_default(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_is_set_read_back_and_left_to_whom_was_faster() {
    for way in writing().await {
        let opened = way.opened(&ticket(fresh_key())).await;
        let (id, before) = (opened.id.unwrap(), way.desk.head().await.unwrap());
        let catalogue = way.desk.catalogue().await.unwrap();
        for (set, shown) in settings_of(&catalogue) {
            let mut change = NewChange {
                key: fresh_key(),
                ticket: opened.clone(),
                set: set.clone(),
                if_still: Some("yang tidak pernah ada".into()),
            };
            let was = field_of(&set, &way.now(id).await);
            let kept = Changed::Kept { now: was };
            assert_eq!(
                way.desk.change(&change).await,
                Outcome::Done(kept),
                "{}: {set:?}",
                way.name
            );
            (change.key, change.if_still) = (fresh_key(), None);
            for _ in 0..2 {
                let done = way.desk.change(&change).await;
                let now = shown.clone();
                assert_eq!(
                    done,
                    Outcome::Done(Changed::Written { now }),
                    "{}: {set:?}",
                    way.name
                );
            }
            assert_eq!(
                field_of(&set, &way.now(id).await),
                shown,
                "{}: {set:?}",
                way.name
            );
        }
        let reopen = NewChange {
            key: fresh_key(),
            ticket: opened.clone(),
            set: Setting::Reopen,
            if_still: None,
        };
        let reopened = way.desk.change(&reopen).await;
        assert!(
            matches!(reopened, Outcome::Done(Changed::Written { .. })),
            "{}: {reopened:?}",
            way.name
        );
        let standing = way.now(id).await.status.unwrap().standing;
        assert_eq!(standing, tanggap_bridge::Standing::Open, "{}", way.name);
        for change in way.since(before, id).await {
            assert!(
                matches!(change.by, Author::Us(_)) || change.deed == Deed::Created,
                "{}: {change:?}",
                way.name
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_is_refused_and_changes_nothing() {
    for way in writing().await {
        let opened = way.opened(&ticket(fresh_key())).await;
        let was = way.now(opened.id.unwrap()).await;
        let field = |name: &str| Setting::Field {
            name: name.into(),
            value: "x".into(),
        };
        for set in [
            Setting::Priority(9999),
            Setting::Status(9999),
            Setting::StatusNamed(vec!["tidak ada".into()]),
            field("tidak_ada"),
        ] {
            let change = NewChange {
                key: fresh_key(),
                ticket: opened.clone(),
                set,
                if_still: None,
            };
            let said = way.desk.change(&change).await;
            assert!(
                matches!(said, Outcome::Never { .. }),
                "{}: {said:?}",
                way.name
            );
        }
        assert_eq!(way.now(opened.id.unwrap()).await, was, "{}", way.name);
        let nowhere = TicketRef {
            number: TicketNumber("0".into()),
            id: Some(TicketId(2_000_000_000)),
        };
        let change = NewChange {
            key: fresh_key(),
            ticket: nowhere,
            set: Setting::Priority(1),
            if_still: None,
        };
        let Outcome::Never { why } = way.desk.change(&change).await else {
            panic!("{}", way.name);
        };
        assert!(why.contains("dihapus"), "{why}");
    }
}

/// `faults.md` section 4.5: what a sender may put into a subject, a name, a text, a file's name.
const ATTACKS: [&str; 9] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "a\r\nBcc: korban@contoh.example",
    "laporan\u{202e}fdp.exe",
    "nol\u{200b}lebar\u{2066}x\u{2069}",
    "[#123456] Ref-Mid: <a@b.example>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "%{ticket.number} {{7*7}} ${jndi:ldap://x}",
    "\u{0}\u{7}\u{1b}[31mmerah \u{1f600}",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_reaches_a_staff_browser_is_text() {
    for way in writing().await {
        for attack in ATTACKS {
            let before = way.desk.head().await.unwrap();
            let new = NewTicket {
                subject: format!("Uji {attack}"),
                reporter_name: format!("N {attack}"),
                body: format!("Awal\n{attack}"),
                attachments: vec![Attachment {
                    name: format!("{attack}.txt"),
                    media_type: "text/plain".into(),
                    bytes: attack.as_bytes().to_vec(),
                }],
                ..ticket(fresh_key())
            };
            let opened = way.opened(&new).await;
            let id = opened.id.unwrap();
            let subject = way.now(id).await.subject;
            let changes = way.since(before, id).await;
            let texts = changes.iter().filter_map(|change| match &change.deed {
                Deed::Message(entry) => Some(format!("{}\n{}", entry.title, entry.text)),
                _ => None,
            });
            let seen = format!("{subject}\n{}", texts.collect::<Vec<_>>().join("\n"));
            let hidden = |c: &char| {
                (c.is_control() && *c != '\n')
                    || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
                    || c.len_utf8() > 3
            };
            assert_eq!(seen.chars().find(hidden), None, "{}: {seen:?}", way.name);
            assert!(
                !subject.contains('#') && !subject.contains('\n'),
                "{}: {subject}",
                way.name
            );
            assert!(!seen.contains("Ref-Mid:"), "{}: {seen}", way.name);
            assert!(
                seen.contains("Awal"),
                "{}: the text is there: {seen}",
                way.name
            );
        }
    }
}
