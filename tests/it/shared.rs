//! Two daemons on one PostgreSQL that is torn away under them, while one of them is stopped and goes on (P8, D8).

use std::fs::File;
use std::process::{Child, Command};
use std::time::Duration;

use sqlx::{Connection, PgConnection};
use tanggap_tests::world::home::{Home, Plan};
use tanggap_tests::world::osticket::Standin;
use tanggap_tests::world::postgres::Postgres;

fn report(token: &str) -> Vec<u8> {
    format!(
        "Return-Path: <{token}@dinkes.batangkab.go.id>\r\nFrom: Pelapor <{token}@dinkes.batangkab.go.id>\r\n\
         To: csirt@batangkab.go.id\r\nSubject: Situs kami diretas {token}\r\nMessage-ID: <{token}@dinkes.batangkab.go.id>\r\n\
         Date: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\n\
         Situs dinas kami diretas, halaman depan diganti gambar peretas {token}. Mohon bantuan Tim CSIRT.\r\n"
    )
    .into_bytes()
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// Ends every connection but ours, as an administrator or a failover does. Returns how many.
async fn tear_away(url: &str) -> i64 {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let torn = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'tanggap'";
    let (count,): (i64,) = sqlx::query_as(torn)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    count
}

fn operate(home: &Home, desk: &Standin) {
    let queue = home.succeed(&["queue", "--format", "json"]).unwrap();
    let queue: serde_json::Value = serde_json::from_str(&queue).unwrap();
    for order in queue["orders"].as_array().unwrap() {
        let key = order["key"].as_str().unwrap();
        assert_eq!(order["state"], "held", "{order}");
        let register = key.split('/').next().unwrap();
        let seen = desk
            .tickets()
            .into_iter()
            .find(|ticket| ticket.subject.contains(register));
        match seen {
            Some(ticket) => home
                .succeed(&["release", key, "--ticket", &ticket.number])
                .unwrap(),
            None => home.succeed(&["retry", key]).unwrap(),
        };
    }
}

/// A full database stops the judge again and again at the same mail: that is no mail that kills the program, and it is judged
/// like any other when there is room.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_database_is_not_blamed_on_the_mail() {
    let (cluster, desk) = (Postgres::start().unwrap(), Standin::start().await);
    let (url, key) = (desk.url(), desk.key());
    let store = format!(
        "[store]\nkind = \"postgres\"\nurl = \"{}\"\n",
        cluster.url()
    );
    let home = Home::new(&Plan {
        store: &store,
        ..Plan::embedded(&url, &key)
    })
    .unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let admin = sqlx::PgPool::connect(&cluster.url()).await.unwrap();
    let full = "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$;
                CREATE TRIGGER no_room BEFORE INSERT ON reading EXECUTE FUNCTION no_room();";
    sqlx::raw_sql(full).execute(&admin).await.unwrap();
    home.deliver("1700000000.a.test", &report("tokenfull"))
        .unwrap();
    for _ in 0..5 {
        let stopped = home.tanggap(&["run", "--once"]).unwrap().output().unwrap();
        assert_ne!(stopped.status.code(), Some(0), "it says that it could not");
    }
    sqlx::raw_sql("DROP TRIGGER no_room ON reading")
        .execute(&admin)
        .await
        .unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let subjects: Vec<String> = desk.tickets().into_iter().map(|t| t.subject).collect();
    assert!(
        subjects.len() == 1 && subjects[0].contains("tokenfull"),
        "{subjects:?}"
    );
    assert_eq!(home.letters().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_daemons_and_a_database_that_goes_away_double_nothing() {
    let (cluster, desk) = (Postgres::start().unwrap(), Standin::start().await);
    let (url, key) = (desk.url(), desk.key());
    let store = format!(
        "[store]\nkind = \"postgres\"\nurl = \"{}\"\n",
        cluster.url()
    );
    let home = Home::new(&Plan {
        store: &store,
        ..Plan::embedded(&url, &key)
    })
    .unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let log = |name: &str| File::create(home.path().join(name)).unwrap();
    let start = |name: &str| {
        home.tanggap(&["run"])
            .unwrap()
            .stderr(log(name))
            .spawn()
            .unwrap()
    };
    let (mut one, mut two) = (start("one.log"), start("two.log"));
    let mut tokens = Vec::new();
    let mut torn = 0;
    for number in 0..60 {
        let token = format!("token{number:02}x");
        home.deliver(&format!("1700000000.{token}.test"), &report(&token))
            .unwrap();
        tokens.push(token);
        match number {
            15 => signal(&one, "STOP"),
            20 | 40 => torn += tear_away(&cluster.url()).await,
            30 => signal(&one, "CONT"),
            35 => signal(&two, "STOP"),
            50 => signal(&two, "CONT"),
            _ => {}
        }
        tokio::time::sleep(Duration::from_millis(80)).await;
    }
    assert!(torn >= 2, "{torn} connections were torn away");
    for _ in 0..75 {
        if desk.tickets().len() == tokens.len() && home.letters().unwrap().len() == tokens.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    for daemon in [&mut one, &mut two] {
        assert!(daemon.try_wait().unwrap().is_none(), "both live");
        signal(daemon, "TERM");
        assert_eq!(daemon.wait().unwrap().code(), Some(0));
    }
    home.succeed(&["run", "--once"]).unwrap();
    operate(&home, &desk);
    home.succeed(&["run", "--once"]).unwrap();
    let tickets = desk.tickets();
    for token in &tokens {
        let of_it = tickets
            .iter()
            .filter(|ticket| ticket.subject.contains(token.as_str()));
        assert_eq!(of_it.count(), 1, "{token}");
    }
    assert_eq!(
        (tickets.len(), home.letters().unwrap().len()),
        (tokens.len(), tokens.len())
    );
}
