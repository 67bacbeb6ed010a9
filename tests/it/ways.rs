//! The desk's contract: the same questions of every way into osTicket, asked of the stand-in always and of a real osTicket where
//! `TANGGAP_OSTICKET_URL` and `_KEY` name one that may be written to (`_DB_HOST`, `_DB_PORT`, `_DB_USER`, `_DB_PASSWORD`, `_DB_NAME` for
//! the way that reads its database). What a way cannot do it must say in words; what it can do it must have done.

mod ambiguous;
mod closing;
mod database;
mod doctor;
mod merged;
mod openapi;
mod outage;
mod reader;
mod together;
mod worse;
mod writing;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tanggap_bridge::{
    Change, Cursor, DatabaseSettings, Desk, DeskSettings, EffectKey, Found, NewNote, NewTicket,
    Outcome, ReadError, Recourse, Snapshot, TicketId, TicketRef,
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

impl Way {
    fn real(name: &'static str, desk: Desk) -> Self {
        Self {
            name,
            desk,
            standin_kept: None,
        }
    }

    /// The way that is found where everything is offered that this stand-in has.
    async fn into(
        name: &'static str,
        standin: Standin,
        database: Option<DatabaseSettings>,
    ) -> Self {
        let offered = DeskSettings {
            database,
            ..settings(standin.url(), standin.key())
        };
        Self {
            name,
            desk: Desk::find(&offered).await.unwrap(),
            standin_kept: Some(standin),
        }
    }
}

/// What the environment names.
fn real_settings() -> Option<DeskSettings> {
    Some(settings(named("URL")?, named("KEY")?))
}

/// The plugin's: those that can write into tickets.
async fn writing() -> Vec<Way> {
    let standin = Standin::with_plugin().await;
    let mut ways = vec![Way::into("the stand-in's plugin", standin, None).await];
    if let Some(settings) = real_settings() {
        let plugin = Desk::find(&settings).await.unwrap();
        ways.push(Way::real("the real plugin", plugin));
    }
    ways
}

/// Those with an account that may read the database.
async fn reading() -> Vec<Way> {
    let standin = Standin::with_database().await;
    let reader = Some(standin.reader());
    let mut ways = vec![Way::into("the stand-in's stock API and database", standin, reader).await];
    if let (Some(settings), Some(database)) = (real_settings(), database()) {
        let settings = DeskSettings {
            database: Some(database),
            ..settings
        };
        let desk = Desk::new(&settings).unwrap();
        ways.push(Way::real("the real stock API and database", desk));
    }
    ways
}

/// All of them.
async fn ways() -> Vec<Way> {
    let mut ways = writing().await;
    let standin = Standin::start().await;
    ways.push(Way::into("the stand-in's stock API", standin, None).await);
    if let Some(settings) = real_settings() {
        let stock = Desk::new(&settings).unwrap();
        ways.push(Way::real("the real stock API", stock));
    }
    ways.extend(reading().await);
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

    /// Makes something happen that osTicket's logs tell of.
    async fn stir(&self, opened: &TicketRef) {
        if self.writes() {
            let note = NewNote {
                key: fresh_key(),
                ticket: opened.clone(),
                title: "uji".into(),
                body: "kabar".into(),
                attachments: Vec::new(),
            };
            assert_eq!(
                self.desk.note(&note).await,
                Outcome::Done(()),
                "{}",
                self.name
            );
        } else {
            self.opened(&ticket(fresh_key())).await;
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
async fn news_ends_the_wait_and_silence_costs_nothing() {
    for way in ways().await.into_iter().filter(Way::reads) {
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
        let begun = Instant::now();
        let (news, ()) = tokio::join!(way.desk.changes(cursor, Duration::from_secs(20)), async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            way.stir(&opened).await;
        });
        let news = news.unwrap().cursor;
        assert!(
            news.entry > cursor.entry || news.event > cursor.event,
            "{}",
            way.name
        );
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "{}: {:?}",
            way.name,
            begun.elapsed()
        );
    }
}
