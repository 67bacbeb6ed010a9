//! The way that opens tickets by the stock API and reads osTicket's database: of the stand-in, whose tables tell what its API tells, and of
//! a real one.

use std::time::Duration;

use sqlx::Row;
use sqlx::mysql::{MySqlConnectOptions, MySqlPool};
use tanggap_bridge::{Author, DatabaseSettings, Deed, Found, TicketId};
use tanggap_tests::world::osticket::Standin;

use super::{Way, database, fresh_key, reading, ticket};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_created_is_found_followed_and_listed() {
    for way in reading().await {
        let (key, before) = (fresh_key(), way.desk.head().await.unwrap());
        assert_eq!(way.desk.lookup(key).await, Found::Absent, "{}", way.name);
        let opened = way.opened(&ticket(key)).await;
        let Found::Ticket(found) = way.desk.lookup(key).await else {
            panic!("{}: not found again", way.name);
        };
        assert_eq!(found.number, opened.number, "{}", way.name);
        let id = found.id.unwrap();
        let changes = way.since(before, id).await;
        assert!(
            changes.iter().any(|change| change.deed == Deed::Created),
            "{}: {changes:?}",
            way.name
        );
        let echo = changes
            .iter()
            .find(|change| matches!(change.deed, Deed::Message(_)))
            .unwrap();
        assert_eq!(
            echo.by,
            Author::Us(Some(key)),
            "{}: our own message is known as ours",
            way.name
        );
        let now = i64::try_from(
            std::time::SystemTime::UNIX_EPOCH
                .elapsed()
                .unwrap()
                .as_secs(),
        );
        assert!(
            (echo.at - now.unwrap()).abs() < 120,
            "{}: osTicket's clock is read in its own zone",
            way.name
        );
        let head = way.desk.head().await.unwrap();
        let again = way.desk.changes(head, Duration::ZERO).await.unwrap();
        assert!(
            again.changes.iter().any(|change| change.mark == echo.mark),
            "{}: the last rows are read once more, under the same mark",
            way.name
        );
        listed(&way, id, key).await;
    }
}

async fn listed(way: &Way, id: TicketId, key: tanggap_bridge::EffectKey) {
    let (listed, _) = way.desk.listing(TicketId(id.0 - 1), 200).await.unwrap();
    let snapshot = &listed[0];
    assert!(
        snapshot.id == id && snapshot.key == Some(key) && snapshot.whole,
        "{}: {snapshot:?}",
        way.name
    );
    assert_eq!(snapshot.subject, "Uji kontrak", "{}", way.name);
    assert_eq!(
        way.desk
            .snapshots(&[id, TicketId(i64::from(i32::MAX))])
            .await
            .unwrap(),
        std::slice::from_ref(snapshot),
        "{}: what is not there is not answered",
        way.name
    );
}

async fn connected(settings: &DatabaseSettings) -> MySqlPool {
    let options = MySqlConnectOptions::new()
        .host(&settings.host)
        .port(settings.port)
        .username(&settings.user)
        .password(&settings.password)
        .database(&settings.database);
    MySqlPool::connect_with(options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_may_read_and_nothing_else() {
    let standin = Standin::with_database().await;
    for reader in std::iter::once(standin.reader()).chain(database()) {
        let pool = connected(&reader).await;
        for write in [
            "INSERT INTO ost_thread (object_id, object_type) VALUES (1, 'T')",
            "UPDATE ost_ticket SET status_id = 3",
            "DELETE FROM ost_ticket",
        ] {
            let refused = sqlx::query(write).execute(&pool).await.unwrap_err();
            assert!(refused.to_string().contains("denied"), "{refused}");
        }
    }
}

/// Tickets of other people's, older than ours.
const OTHERS: i64 = 20_000;
/// Rows that may be read in two seconds in which nothing happens: the ends of both logs, a few times.
const IDLE_ROWS: i64 = 2_000;

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_look_costs_the_ends_of_the_logs_however_many_tickets_there_are() {
    let mut standin = Standin::with_database().await;
    let root = MySqlConnectOptions::new()
        .socket(standin.database().socket())
        .username("root")
        .database(&standin.reader().database);
    let root = MySqlPool::connect_with(root).await.unwrap();
    let filled = [
        "INSERT INTO ost_ticket (ticket_id, number, status_id, ip_address) SELECT seq, seq, 1, '10.0.0.1' FROM seq_1_to_ROWS",
        "INSERT INTO ost_thread (id, object_id, object_type) SELECT seq, seq, 'T' FROM seq_1_to_ROWS",
        "INSERT INTO ost_thread_entry (thread_id, type, body, created) SELECT seq, 'M', 'isi', NOW() FROM seq_1_to_ROWS",
        "INSERT INTO ost_thread_event (thread_id, thread_type, event_id, timestamp) SELECT seq, 'T', 1, NOW() FROM seq_1_to_ROWS",
    ];
    for statement in filled {
        let statement = statement.replace("ROWS", &OTHERS.to_string());
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&root)
            .await
            .unwrap();
    }
    let reader = Some(standin.reader());
    let way = Way::into("the stand-in's database", standin, reader).await;
    let cursor = way.desk.head().await.unwrap();
    way.desk.changes(cursor, Duration::ZERO).await.unwrap();
    sqlx::query("FLUSH TABLE_STATISTICS")
        .execute(&root)
        .await
        .unwrap();
    let silence = way.desk.changes(cursor, Duration::from_secs(2)).await;
    assert_eq!(silence.unwrap().cursor, cursor);
    let read = "SELECT CAST(COALESCE(SUM(ROWS_READ), 0) AS SIGNED) FROM information_schema.TABLE_STATISTICS WHERE TABLE_SCHEMA = 'osticket'";
    let read: i64 = sqlx::query(read).fetch_one(&root).await.unwrap().get(0);
    assert!(
        (1..IDLE_ROWS).contains(&read),
        "{read} rows of {OTHERS} tickets were read while nothing happened"
    );
}
