//! What `tanggap doctor` says of the way it found, and what a daemon does that starts while osTicket is down.

use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::osticket::Standin;

fn doctor(home: &Home) -> (Option<i32>, String) {
    let output = home.tanggap(&["doctor"]).unwrap().output().unwrap();
    (output.status.code(), both(&output))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plugin_needs_no_database_and_an_old_one_is_named() {
    let desk = Standin::with_plugin().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    let (code, said) = doctor(&home);
    assert!(
        code == Some(0) && said.contains("Akun basis data tidak"),
        "{said}"
    );
    desk.set_up(|setup| setup.plugin = Some("1.0.0".to_owned()));
    let (code, said) = doctor(&home);
    assert!(code == Some(1) && said.contains("lebih tua"), "{said}");
    desk.set_up(|setup| setup.plugin = None);
    let (code, said) = doctor(&home);
    assert!(
        code == Some(0) && said.contains("API bawaan saja"),
        "{said}"
    );
    home.secret("osticket.key", "SALAH").unwrap();
    desk.set_up(|setup| setup.plugin = Some("1.1.0".to_owned()));
    let (code, said) = doctor(&home);
    assert!(
        code == Some(1) && said.contains("osTicket saw") && said.contains("127.0.0.1"),
        "{said}"
    );
}

fn report(token: &str, rest: &str) -> Vec<u8> {
    format!(
        "Return-Path: <budi@dinkes.batangkab.go.id>\r\nFrom: Budi <budi@dinkes.batangkab.go.id>\r\nTo: csirt@batangkab.go.id\r\n\
         Subject: Situs kami diretas {token}\r\nMessage-ID: <{token}@dinkes.batangkab.go.id>\r\nDate: Mon, 23 Nov 2026 08:41:00 +0700\r\n\
         MIME-Version: 1.0\r\n{rest}"
    )
    .into_bytes()
}

const STORY: &str =
    "Situs dinas kami diretas, halaman depan diganti gambar peretas. Mohon bantuan Tim CSIRT.\r\n";

fn with_files(story: &str) -> String {
    let file = |name: &str, body: &str| {
        format!(
            "--x\r\nContent-Type: text/plain; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n{body}\r\n"
        )
    };
    let card = "--x\r\nContent-Type: image/jpeg; name=\"KTP Budi.jpg\"\r\nContent-Disposition: attachment; filename=\"KTP Budi.jpg\"\r\n\
                Content-Transfer-Encoding: base64\r\n\r\n/9j/4AAQSkZJRgABAQAAAQ==\r\n";
    format!(
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n{story}\r\n{}{card}--x--\r\n",
        file("access.log", "GET /wp-admin 200")
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn files_reach_the_ticket_and_cards_and_red_content_do_not() {
    let desk = Standin::with_plugin().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    home.deliver("1.a.test", &report("tokena", &with_files(STORY)))
        .unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let follow = report(
        "tokenb",
        &with_files("Berikut susulan kami, log terlampir."),
    );
    let follow = String::from_utf8(follow).unwrap();
    let follow = follow.replace(
        "MIME-Version",
        "In-Reply-To: <tokena@dinkes.batangkab.go.id>\r\nMIME-Version",
    );
    home.deliver("2.b.test", follow.as_bytes()).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let tickets = desk.tickets();
    assert_eq!(tickets.len(), 1, "{tickets:?}");
    let names: Vec<Vec<&str>> = tickets[0]
        .entries
        .iter()
        .map(|entry| {
            entry
                .attachments
                .iter()
                .map(|file| file.name.as_str())
                .collect()
        })
        .collect();
    let messages: Vec<_> = tickets[0]
        .entries
        .iter()
        .zip(&names)
        .filter(|(entry, _)| entry.kind != "N")
        .collect();
    assert_eq!(messages.len(), 2);
    for (entry, names) in messages {
        assert_eq!(**names, ["access.log"], "{}", entry.body);
        assert!(
            entry.body.contains("tidak disalin: kartu identitas"),
            "{}",
            entry.body
        );
        assert!(
            !entry.body.contains("Alasan"),
            "reasons are for staff alone: {}",
            entry.body
        );
    }
    let note = tickets[0]
        .entries
        .iter()
        .find(|entry| entry.kind == "N")
        .expect("a note");
    assert!(
        note.body.contains("Keaslian pengirim") && note.body.contains("Aturan yang kena"),
        "{}",
        note.body
    );

    home.deliver(
        "3.c.test",
        &report(
            "tokenc",
            &with_files(&format!(
                "TLP:RED\r\n{STORY}rahasia-sekali http://jahat.example/x"
            )),
        ),
    )
    .unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let red = desk.tickets().pop().unwrap();
    let all = serde_json::to_string(&red).unwrap();
    assert!(
        !all.contains("rahasia-sekali") && !all.contains("jahat") && !all.contains("access.log"),
        "{all}"
    );
    assert!(
        !red.subject.contains("tokenc")
            && red.body().contains("TLP:RED")
            && red.body().contains("tanggap explain"),
        "{all}"
    );
    let second = red.entries.iter().find(|entry| entry.kind == "N").unwrap();
    assert!(second.body.contains("INS-2026-0001"), "{}", second.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_that_starts_while_osticket_is_down_waits_for_the_plugin() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let home = Home::new(&Plan::embedded(&format!("http://{address}/"), "KUNCI-UJI")).unwrap();
    home.deliver("1.a.test", &report("tokena", &format!("\r\n{STORY}")))
        .unwrap();
    let mut daemon = home.tanggap(&["run"]).unwrap().spawn().unwrap();
    for _ in 0..100 {
        if home.letters().unwrap().len() == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert_eq!(
        home.letters().unwrap().len(),
        1,
        "the receipt does not wait for osTicket"
    );
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let desk = Standin::serve(listener, "KUNCI-UJI", None);
    desk.set_up(|setup| setup.plugin = Some("1.1.0".to_owned()));
    for _ in 0..600 {
        if desk
            .tickets()
            .iter()
            .any(|ticket| ticket.entries.len() == 2)
        {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    let tickets = desk.tickets();
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    assert_eq!(tickets.len(), 1);
    assert_eq!(
        tickets[0].entries.len(),
        2,
        "the report and the note, by the plugin: {tickets:?}"
    );
}
