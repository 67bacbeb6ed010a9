//! The desk's contract against a real osTicket: run where `TANGGAP_OSTICKET_URL`, `_KEY`, `_DB_HOST`, `_DB_PORT`, `_DB_USER`, `_DB_PASSWORD`
//! and `_DB_NAME` name one that may be written to. `bridge/README.md` records when it was run and on what.

use std::time::Duration;

use tanggap_bridge::{
    Author, DatabaseSettings, Deed, Desk, DeskSettings, EffectKey, Found, NewTicket, Outcome,
    TicketId,
};

fn named(name: &str) -> Option<String> {
    std::env::var(format!("TANGGAP_OSTICKET_{name}")).ok()
}

fn desk() -> Option<Desk> {
    let database = DatabaseSettings {
        host: named("DB_HOST")?,
        port: named("DB_PORT")?.parse().ok()?,
        user: named("DB_USER")?,
        password: named("DB_PASSWORD")?,
        database: named("DB_NAME")?,
        prefix: "ost_".to_owned(),
    };
    let settings = DeskSettings {
        url: named("URL")?,
        api_key: named("KEY")?,
        timeout: Duration::from_secs(30),
        database: Some(database),
    };
    Desk::new(&settings).ok()
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
        fields: std::collections::BTreeMap::new(),
        attachments: Vec::new(),
    }
}

/// A key that no earlier run has used.
fn fresh_key() -> EffectKey {
    let unique = tanggap::clock::Clock::default().unique().to_be_bytes();
    let mut key = [7; 15];
    key[..8].copy_from_slice(&unique);
    EffectKey(key)
}

#[tokio::test]
async fn what_is_created_is_found_followed_and_listed() {
    let Some(desk) = desk() else {
        eprintln!("no real osTicket is named in the environment");
        return;
    };
    let (key, before) = (fresh_key(), desk.head().await.unwrap());
    assert_eq!(desk.lookup(key).await, Found::Absent);
    let Outcome::Done(opened) = desk.open(&ticket(key)).await else {
        panic!("not opened");
    };
    let Found::Ticket(found) = desk.lookup(key).await else {
        panic!("not found again");
    };
    assert_eq!(found.number, opened.number);

    let changes = desk.changes(before, Duration::from_secs(5)).await.unwrap();
    let ours: Vec<_> = changes
        .changes
        .iter()
        .filter(|change| change.key == Some(key))
        .collect();
    assert!(ours.iter().any(|change| change.deed == Deed::Created));
    let echo = ours
        .iter()
        .find(|change| matches!(change.deed, Deed::Message(_)))
        .unwrap();
    assert_eq!(
        echo.by,
        Author::Us(Some(key)),
        "our own message is known as ours"
    );
    let again = desk.changes(changes.cursor, Duration::ZERO).await.unwrap();
    assert!(
        again.cursor == changes.cursor
            && again.changes.iter().any(|change| change.mark == echo.mark),
        "the last rows are read once more, under the same mark"
    );

    let id = found.id.unwrap();
    let (listed, _) = desk.listing(TicketId(id.0 - 1), 200).await.unwrap();
    let snapshot = &listed[0];
    assert!(snapshot.id == id && snapshot.key == Some(key) && snapshot.whole);
    assert_eq!(snapshot.subject, "Uji kontrak");
    assert_eq!(
        desk.snapshots(&[id, TicketId(i64::from(i32::MAX))])
            .await
            .unwrap(),
        std::slice::from_ref(snapshot),
        "what is not there is not answered"
    );
    let now = i64::try_from(
        std::time::SystemTime::UNIX_EPOCH
            .elapsed()
            .unwrap()
            .as_secs(),
    )
    .unwrap();
    assert!(
        (echo.at - now).abs() < 120,
        "osTicket's clock is read in its own zone"
    );
}
