//! `POST /api/tickets.json`: the way tanggap uses.

use serde_json::json;

use super::{Subject, fresh, is_number};

#[tokio::test]
async fn success_is_201_with_the_number_alone_and_the_key_in_the_address_field() {
    for desk in Subject::all().await {
        let token = fresh();
        let ip = "fd00:1122:3344:5566:7788:99aa:bbcc:ddee";
        let (status, body) = desk.create(&token, &json!({ "ip": ip })).await;
        assert!(
            status == 201 && is_number(&body),
            "{}: {status} {body}",
            desk.name()
        );
        let ticket = desk.only(&token).await;
        assert_eq!(
            (ticket.number, ticket.ip),
            (body, ip.to_owned()),
            "{} (O6)",
            desk.name()
        );
        assert_eq!(ticket.entries.len(), 1);
    }
}

#[tokio::test]
async fn a_wrong_key_is_told_like_no_key_and_its_letters_case_does_not_matter() {
    for desk in Subject::all().await {
        for key in ["", "SALAH"] {
            let (status, body) = desk.ask("tickets.json", key, "{}").await;
            assert_eq!(status, 401, "{} (O14)", desk.name());
            assert!(
                body.contains("Valid API key required"),
                "{}: {body}",
                desk.name()
            );
        }
        let lower = desk.key().to_lowercase();
        let (status, _) = desk.ask("tickets.json", &lower, "[]").await;
        assert_eq!(status, 400, "{}: past the key", desk.name());
    }
}

#[tokio::test]
async fn what_is_no_json_object_is_400_with_words() {
    for desk in Subject::all().await {
        for (path, body, words) in [
            ("tickets.json", &b"{"[..], "Syntax error, malformed JSON"),
            (
                "tickets.json",
                b"{\"subject\":\"\xff\"}",
                "Malformed UTF-8 characters",
            ),
            ("tickets.nothing", b"{}", "URL not supported"),
        ] {
            let (status, answer) = desk.ask(path, &desk.key(), body).await;
            assert_eq!(status, 400, "{}: {answer}", desk.name());
            assert!(answer.contains(words), "{}: {answer}", desk.name());
        }
    }
}

#[tokio::test]
async fn a_refusal_is_500_with_its_words_and_makes_no_ticket() {
    for desk in Subject::all().await {
        for (fields, words) in [
            (json!({ "subject": "" }), "required field"),
            (json!({ "email": "" }), "Incomplete client information"),
            (json!({ "name": "" }), "Incomplete client information"),
            (json!({ "source": "Phone" }), "Invalid ticket origin given"),
            (json!({ "source": "" }), "Invalid ticket origin given"),
        ] {
            let token = fresh();
            let (status, answer) = desk.create(&token, &fields).await;
            assert_eq!(status, 500, "{}: {fields}: {answer}", desk.name());
            assert!(
                answer.starts_with("Unable to create new ticket") && answer.contains(words),
                "{}: {fields}: {answer}",
                desk.name()
            );
            assert!(desk.tickets(&token).await.is_empty(), "{}", desk.name());
        }
    }
}

#[tokio::test]
async fn a_php_fatal_error_is_a_page_with_status_200() {
    for desk in Subject::all().await {
        let token = fresh();
        let fields = json!({ "message": ["a", "b"] });
        let (status, answer) = desk.create(&token, &fields).await;
        assert_eq!(status, 200, "{} (O18): {answer}", desk.name());
        assert!(
            answer.contains("Fatal error") && !is_number(&answer),
            "{}",
            desk.name()
        );
    }
}

#[tokio::test]
async fn a_name_is_needed_only_of_a_new_user() {
    for desk in Subject::all().await {
        let token = fresh();
        assert_eq!(desk.create(&token, &json!({})).await.0, 201);
        let (status, answer) = desk.create(&token, &json!({ "name": "" })).await;
        assert_eq!(status, 201, "{}: {answer}", desk.name());
    }
}

#[tokio::test]
async fn a_message_id_of_ours_is_stored_and_keeps_nobody_from_a_second_ticket() {
    for desk in Subject::all().await {
        let token = fresh();
        let mid = format!("<{token}@uji.example>");
        for _ in 0..2 {
            assert_eq!(desk.create(&token, &json!({ "mid": mid })).await.0, 201);
        }
        let tickets = desk.tickets(&token).await;
        assert_eq!(tickets.len(), 2, "{}", desk.name());
        assert_eq!(tickets[0].entries[0].mid, mid, "{}", desk.name());
    }
}

#[tokio::test]
async fn creates_at_once_with_one_key_are_tickets_each() {
    for desk in Subject::all().await {
        let token = fresh();
        let fields = json!({ "ip": "fd00::77" });
        // The user is there already, so that what is raced is the ticket alone.
        assert_eq!(desk.create(&token, &fields).await.0, 201);
        let four = (0..4).map(|_| desk.create(&token, &fields));
        let answers = futures::future::join_all(four).await;
        let opened = answers.iter().filter(|(status, _)| *status == 201).count();
        assert_eq!(opened, 4, "{}: {answers:?}", desk.name());
        assert_eq!(desk.tickets(&token).await.len(), 5, "{}", desk.name());
    }
}

#[tokio::test]
async fn a_long_text_leaves_the_message_empty_and_becomes_a_file() {
    for desk in Subject::all().await {
        let token = fresh();
        let fields = json!({ "message": "panjang ".repeat(8_200) });
        assert_eq!(desk.create(&token, &fields).await.0, 201);
        let ticket = desk.only(&token).await;
        assert_eq!(ticket.entries[0].body, "", "{} (O19)", desk.name());
        assert_eq!(ticket.entries[0].files.len(), 1, "{} (O19)", desk.name());

        let token = fresh();
        let fields = json!({ "message": "panjang ".repeat(7_400) });
        assert_eq!(desk.create(&token, &fields).await.0, 201);
        let ticket = desk.only(&token).await;
        assert!(ticket.entries[0].body.len() > 59_000, "{}", desk.name());
    }
}

#[tokio::test]
async fn a_long_title_is_cut_and_an_emoji_vanishes() {
    for desk in Subject::all().await {
        let token = fresh();
        let subject = format!("{token} a\u{1f600}b {}", "x".repeat(400));
        assert_eq!(
            desk.create(&token, &json!({ "subject": subject })).await.0,
            201
        );
        let ticket = desk.only(&token).await;
        assert_eq!(
            ticket.entries[0].title.chars().count(),
            255,
            "{} (O20)",
            desk.name()
        );
        assert!(
            !ticket.subject.contains('\u{1f600}'),
            "{} (O20)",
            desk.name()
        );
        assert!(
            ticket.subject.contains("ab"),
            "{}: {}",
            desk.name(),
            ticket.subject
        );
    }
}

#[tokio::test]
async fn a_text_like_a_data_url_is_lost_and_an_empty_one_is_a_dash() {
    for desk in Subject::all().await {
        for message in ["data:isi yang hilang", ""] {
            let token = fresh();
            assert_eq!(
                desk.create(&token, &json!({ "message": message })).await.0,
                201
            );
            let ticket = desk.only(&token).await;
            assert_eq!(ticket.entries[0].body, "-", "{}: {message:?}", desk.name());
        }
    }
}

#[tokio::test]
async fn two_files_of_one_content_are_one() {
    for desk in Subject::all().await {
        let token = fresh();
        let files = json!([
            { "a.txt": "data:text/plain;base64,aXNpIHlhbmcgc2FtYQ==" },
            { "b.txt": "data:text/plain;base64,aXNpIHlhbmcgc2FtYQ==" },
            { "c.txt": "data:text/plain;base64,aXNpIGxhaW4=" },
        ]);
        assert_eq!(
            desk.create(&token, &json!({ "attachments": files }))
                .await
                .0,
            201
        );
        let ticket = desk.only(&token).await;
        assert_eq!(ticket.entries[0].files.len(), 2, "{} (O21)", desk.name());
    }
}
