//! `bridge/plugin/openapi.yaml` says what the plugin answers: held against its routes, and against what the stand-in and a real one say.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tanggap_tests::world::osticket::Standin;

use super::{fresh_key, named};

const DOCUMENT: &str = include_str!("../../../bridge/plugin/openapi.yaml");
const ROUTES: &str = include_str!("../../../bridge/plugin/tanggap/TanggapPlugin.php");

/// The fields that a schema requires, at its top and in the rows below it, in the order written.
fn required(schema: &str) -> Vec<Vec<String>> {
    let start = DOCUMENT.find(&format!("\n    {schema}:\n")).expect(schema) + 1;
    let block: String = DOCUMENT[start..]
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with("      "))
        .fold(String::new(), |text, line| text + line + "\n");
    let lists = block.split("required: [").skip(1);
    lists
        .map(|list| {
            let list = list.split(']').next().unwrap();
            list.split(',').map(|name| name.trim().to_owned()).collect()
        })
        .collect()
}

#[track_caller]
fn fits(value: &Value, fields: &[String], whose: &str) {
    let has: BTreeSet<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let missing: Vec<_> = fields
        .iter()
        .filter(|field| !has.contains(field.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "{whose}: {missing:?} are not in {value}"
    );
}

struct Asked {
    name: &'static str,
    url: String,
    key: String,
}

impl Asked {
    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = format!("{}api/tickets/tanggap/v1/{path}", self.url);
        let request = reqwest::Client::new()
            .request(method.parse().unwrap(), url)
            .header("X-API-Key", &self.key);
        let request = match body {
            Some(body) => request.body(body.to_string()),
            None => request,
        };
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        let value = serde_json::from_str(&text);
        (
            status,
            value.unwrap_or_else(|_| panic!("{}: {path}: {text}", self.name)),
        )
    }
}

#[test]
fn every_route_is_documented_and_nothing_else() {
    let documented: BTreeSet<String> = DOCUMENT
        .lines()
        .filter_map(|line| line.strip_prefix("  /")?.strip_suffix(':'))
        .map(|path| path.replace("/{key}", "/'"))
        .collect();
    let routed: BTreeSet<String> = ROUTES
        .lines()
        .filter_map(|line| line.split_once("$base . '")?.1.split_once([',', '$', ' ']))
        .map(|(path, _)| path.to_owned())
        .collect();
    assert_eq!(documented, routed);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_hold_what_the_document_promises() {
    let standin = Standin::with_plugin().await;
    let mut all = vec![Asked {
        name: "the stand-in",
        url: standin.url(),
        key: standin.key(),
    }];
    if let (Some(url), Some(key)) = (named("URL"), named("KEY")) {
        all.push(Asked {
            name: "the real plugin",
            url,
            key,
        });
    }
    for desk in &all {
        for (path, schema) in [
            ("health", "Health"),
            ("catalogue", "Catalogue"),
            ("head", "Cursor"),
        ] {
            let (status, said) = desk.ask("GET", path, None).await;
            assert_eq!(status, 200, "{}: {said}", desk.name);
            fits(&said, &required(schema)[0], desk.name);
        }
        let (_, head) = desk.ask("GET", "head", None).await;
        let key = fresh_key().hex();
        let new = json!({ "subject": "Uji OpenAPI", "body": "Isi", "name": "Uji", "email": "uji@dinkes.batangkab.go.id" });
        let (status, ticket) = desk
            .ask("POST", &format!("tickets/{key}"), Some(new.clone()))
            .await;
        assert_eq!(status, 201, "{}: {ticket}", desk.name);
        fits(&ticket, &required("Ticket")[0], desk.name);
        assert_eq!(
            desk.ask("POST", &format!("tickets/{key}"), Some(new)).await,
            (200, ticket.clone()),
            "{}",
            desk.name
        );
        let change = json!({ "ticket": ticket["id"], "set": "priority", "value": 3 });
        let (status, changed) = desk
            .ask(
                "POST",
                &format!("changes/{}", fresh_key().hex()),
                Some(change),
            )
            .await;
        assert_eq!(status, 200, "{}: {changed}", desk.name);
        fits(&changed, &required("Changed")[0], desk.name);
        rows(desk, &head, &ticket).await;
        errors(desk, &ticket, &key).await;
    }
}

async fn rows(desk: &Asked, head: &Value, ticket: &Value) {
    let path = format!("changes?event={}&entry={}", head["event"], head["entry"]);
    let (_, changes) = desk.ask("GET", &path, None).await;
    let lists = required("Changes");
    fits(&changes, &lists[0], desk.name);
    fits(&changes["events"][0], &lists[1], desk.name);
    fits(&changes["entries"][0], &lists[2], desk.name);
    let (_, tickets) = desk
        .ask("GET", &format!("tickets?ids={}", ticket["id"]), None)
        .await;
    fits(&tickets["tickets"][0], &required("Tickets")[1], desk.name);
}

async fn errors(desk: &Asked, ticket: &Value, used: &str) {
    let fresh = || fresh_key().hex();
    let note = |kind: &str| json!({ "ticket": ticket["id"], "kind": kind, "body": "x" });
    for (method, path, body, status, word) in [
        ("GET", format!("tickets/{}", fresh()), None, 404, "absent"),
        (
            "POST",
            format!("entries/{}", fresh()),
            Some(note("nyanyian")),
            422,
            "validation",
        ),
        (
            "POST",
            format!("entries/{used}"),
            Some(note("note")),
            409,
            "kind",
        ),
        (
            "POST",
            format!("tickets/{}", fresh()),
            Some(json!({ "subject": "x" })),
            422,
            "validation",
        ),
        (
            "POST",
            format!("entries/{}", fresh()),
            Some(json!({ "ticket": 2_000_000_000, "kind": "note", "body": "x" })),
            410,
            "gone",
        ),
        (
            "POST",
            format!("tickets/{}", fresh()),
            Some(json!("x")),
            400,
            "json",
        ),
    ] {
        let (said, answer) = desk.ask(method, &path, body).await;
        assert_eq!(
            (said, answer["error"].as_str()),
            (status, Some(word)),
            "{}: {path}: {answer}",
            desk.name
        );
        fits(&answer, &required("Error")[0], desk.name);
    }
    let stranger = Asked {
        name: desk.name,
        url: desk.url.clone(),
        key: "SALAH".into(),
    };
    let (status, answer) = stranger.ask("GET", "health", None).await;
    assert_eq!(
        (status, answer["error"].as_str()),
        (401, Some("key")),
        "{}",
        desk.name
    );
}
