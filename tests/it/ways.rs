//! The desk's contract: the same questions of every way into osTicket, asked of the stand-in always and of a real osTicket where
//! `TANGGAP_OSTICKET_URL` and `_KEY` name one that may be written to (`_DB_HOST`, `_DB_PORT`, `_DB_USER`, `_DB_PASSWORD`, `_DB_NAME` for
//! the way that reads its database). What a way cannot do it must say in words; what it can do it must have done.

mod ambiguous;
mod closing;
mod doctor;
mod merged;
mod openapi;
mod outage;
mod together;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tanggap_bridge::{
    Attachment, Author, Catalogue, Change, Changed, Cursor, DatabaseSettings, Deed, Desk,
    DeskSettings, EffectKey, Found, NewChange, NewMessage, NewNote, NewReply, NewTicket, Outcome,
    ReadError, Recourse, Setting, Snapshot, TicketId, TicketNumber, TicketRef,
};
use tanggap_tests::world::osticket::Standin;

/// One way into one osTicket.
struct Way {
    name: &'static str,
    desk: Desk,
    /// Lives as long as its way is asked.
    #[expect(dead_code, reason = "it ends with its owner")]
    standin_kept: Option<Standin>,
}

fn named(name: &str) -> Option<String> {
    std::env::var(format!("TANGGAP_OSTICKET_{name}")).ok()
}

fn settings(url: String, api_key: String) -> DeskSettings {
    DeskSettings {
        url,
        api_key,
        timeout: Duration::from_secs(30),
        database: None,
    }
}

fn database() -> Option<DatabaseSettings> {
    Some(DatabaseSettings {
        host: named("DB_HOST")?,
        port: named("DB_PORT")?.parse().ok()?,
        user: named("DB_USER")?,
        password: named("DB_PASSWORD")?,
        database: named("DB_NAME")?,
        prefix: "ost_".to_owned(),
    })
}

async fn ways() -> Vec<Way> {
    let mut ways = Vec::new();
    for (name, standin) in [
        ("the stand-in's plugin", Standin::with_plugin().await),
        ("the stand-in's stock API", Standin::start().await),
    ] {
        let desk = Desk::find(&settings(standin.url(), standin.key())).await;
        let desk = desk.unwrap();
        let standin_kept = Some(standin);
        ways.push(Way {
            name,
            desk,
            standin_kept,
        });
    }
    if let (Some(url), Some(key)) = (named("URL"), named("KEY")) {
        let settings = settings(url, key);
        let stock = Desk::new(&settings).unwrap();
        let plugin = Desk::find(&settings).await.unwrap();
        let real = |name, desk| Way {
            name,
            desk,
            standin_kept: None,
        };
        ways.push(real("the real plugin", plugin));
        ways.push(real("the real stock API", stock));
        if let Some(database) = database() {
            let reading = DeskSettings {
                database: Some(database),
                ..settings
            };
            ways.push(real(
                "the real stock API and database",
                Desk::new(&reading).unwrap(),
            ));
        }
    }
    ways
}

/// A key that no earlier run has used.
fn fresh_key() -> EffectKey {
    let unique = tanggap::clock::Clock::default().unique().to_be_bytes();
    let mut key = [9; 15];
    key[..8].copy_from_slice(&unique);
    EffectKey(key)
}

fn ticket(key: EffectKey) -> NewTicket {
    NewTicket {
        key,
        subject: "Uji kontrak".into(),
        body: "Isi uji".into(),
        reporter_name: "Uji".into(),
        reporter_address: "uji@dinkes.batangkab.go.id".into(),
        stand_in_address: "csirt@batangkab.go.id".into(),
        topic: None,
        priority: None,
        department: None,
        sla: None,
        fields: BTreeMap::new(),
        attachments: Vec::new(),
    }
}

impl Way {
    async fn opened(&self, ticket: &NewTicket) -> TicketRef {
        match self.desk.open(ticket).await {
            Outcome::Done(opened) => opened,
            other => panic!("{}: {other:?}", self.name),
        }
    }

    fn writes(&self) -> bool {
        self.desk.capabilities().writes
    }

    fn reads(&self) -> bool {
        self.desk.capabilities().reads
    }

    async fn now(&self, id: TicketId) -> Snapshot {
        let mut found = self.desk.snapshots(&[id]).await.unwrap();
        assert_eq!(found.len(), 1, "{}", self.name);
        found.remove(0)
    }

    /// Every change of this ticket since, each once.
    async fn since(&self, mut cursor: Cursor, id: TicketId) -> Vec<Change> {
        let mut found: BTreeMap<_, Change> = BTreeMap::new();
        loop {
            let changes = self.desk.changes(cursor, Duration::ZERO).await.unwrap();
            for change in changes.changes {
                if change.ticket == Some(id) {
                    found.insert(change.mark, change);
                }
            }
            if changes.cursor == cursor {
                return found.into_values().collect();
            }
            cursor = changes.cursor;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_one_ticket_however_often_and_however_many_at_once_ask() {
    for way in ways().await {
        let key = fresh_key();
        if way.desk.capabilities().in_doubt != Recourse::Repeat {
            way.opened(&ticket(key)).await;
            continue;
        }
        let new = ticket(key);
        let eight = (0..8).map(|_| way.opened(&new));
        let mut opened = futures::future::join_all(eight).await;
        opened.push(way.opened(&new).await);
        let first = opened.remove(0);
        assert!(
            opened.iter().all(|other| *other == first),
            "{}: {opened:?}",
            way.name
        );
        assert_eq!(
            way.desk.lookup(key).await,
            Found::Ticket(first.clone()),
            "{}",
            way.name
        );
        assert_eq!(
            way.desk.lookup(fresh_key()).await,
            Found::Absent,
            "{}",
            way.name
        );
        let id = first.id.unwrap();
        let (listed, _) = way.desk.listing(TicketId(id.0 - 1), 200).await.unwrap();
        let ours: Vec<_> = listed.iter().filter(|seen| seen.key == Some(key)).collect();
        assert!(
            ours.len() == 1 && ours[0].whole && ours[0].id == id,
            "{}: {listed:?}",
            way.name
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_way_cannot_do_it_says_in_words_and_does_not_skip() {
    for way in ways().await {
        let opened = way.opened(&ticket(fresh_key())).await;
        if !way.writes() {
            let note = NewNote {
                key: fresh_key(),
                ticket: opened.clone(),
                title: "uji".into(),
                body: "x".into(),
                attachments: Vec::new(),
            };
            let Outcome::Never { why } = way.desk.note(&note).await else {
                panic!("{}", way.name);
            };
            assert!(
                why.contains(&opened.number.0) && why.contains("doctor"),
                "{why}"
            );
        }
        if !way.reads() {
            let Err(ReadError::Unable { why }) = way.desk.head().await else {
                panic!("{}", way.name);
            };
            assert!(
                why.contains("[osticket.database]") && why.contains("plugin"),
                "{why}"
            );
            assert!(matches!(
                way.desk.lookup(fresh_key()).await,
                Found::Unable { .. }
            ));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_written_once_a_key_and_known_as_ours() {
    for way in ways().await.into_iter().filter(Way::writes) {
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
    for way in ways().await.into_iter().filter(Way::writes) {
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
    for way in ways().await.into_iter().filter(Way::writes) {
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

#[tokio::test(flavor = "multi_thread")]
async fn news_ends_the_wait_and_silence_costs_nothing() {
    for way in ways()
        .await
        .into_iter()
        .filter(|way| way.writes() && way.reads())
    {
        let opened = way.opened(&ticket(fresh_key())).await;
        let mut cursor = way.desk.head().await.unwrap();
        for _ in 0..2 {
            cursor = way
                .desk
                .changes(cursor, Duration::ZERO)
                .await
                .unwrap()
                .cursor;
        }
        let begun = Instant::now();
        let silence = way
            .desk
            .changes(cursor, Duration::from_secs(2))
            .await
            .unwrap();
        assert!(
            begun.elapsed() >= Duration::from_millis(1900),
            "{}: it waits",
            way.name
        );
        assert!(silence.cursor == cursor && !silence.more, "{}", way.name);
        let note = NewNote {
            key: fresh_key(),
            ticket: opened,
            title: "uji".into(),
            body: "kabar".into(),
            attachments: Vec::new(),
        };
        let begun = Instant::now();
        let (news, noted) =
            tokio::join!(way.desk.changes(cursor, Duration::from_secs(20)), async {
                tokio::time::sleep(Duration::from_millis(500)).await;
                way.desk.note(&note).await
            });
        assert_eq!(noted, Outcome::Done(()), "{}", way.name);
        assert!(news.unwrap().cursor.entry > cursor.entry, "{}", way.name);
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "{}: {:?}",
            way.name,
            begun.elapsed()
        );
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
    for way in ways().await.into_iter().filter(Way::writes) {
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
