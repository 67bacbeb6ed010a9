//! `POST /api/tickets.email`: what tanggap does not use, and why.

use super::{Subject, fresh, is_number};

fn letter(token: &str, mid: &str, rest: &str) -> String {
    format!(
        "From: Uji <{token}@dinkes.example>\nTo: csirt@batangkab.go.id\nSubject: Uji {token}\nMessage-ID: {mid}\nAuto-Submitted: auto-generated\n{rest}\nIsi uji {token}\n"
    )
}

#[tokio::test]
async fn the_same_mail_later_is_one_ticket_whatever_its_content() {
    for desk in Subject::all().await {
        let (token, other) = (fresh(), fresh());
        let mid = format!("<{token}@uji.example>");
        let (status, number) = desk.mail(&letter(&token, &mid, "")).await;
        assert!(
            status == 201 && is_number(&number),
            "{}: {number}",
            desk.name()
        );
        assert_eq!(
            desk.mail(&letter(&token, &mid, "")).await,
            (201, number.clone()),
            "{} (O1)",
            desk.name()
        );
        let stranger = desk.mail(&letter(&other, &mid, "")).await;
        assert_eq!(stranger, (201, number), "{} (O7)", desk.name());
        assert!(
            desk.tickets(&other).await.is_empty(),
            "{} (O7)",
            desk.name()
        );
        assert_eq!(
            desk.only(&token).await.entries.len(),
            1,
            "{} (O7)",
            desk.name()
        );
    }
}

#[tokio::test]
async fn the_same_mail_at_once_is_more_than_one_ticket() {
    for desk in Subject::all().await {
        let token = fresh();
        let mail = letter(&token, &format!("<{token}@uji.example>"), "");
        let four = (0..4).map(|_| desk.mail(&mail));
        futures::future::join_all(four).await;
        assert!(desk.tickets(&token).await.len() > 1, "{} (O2)", desk.name());
    }
}

#[tokio::test]
async fn an_id_in_other_letters_speaks_in_the_first_ones_ticket() {
    for desk in Subject::all().await {
        let (token, other) = (fresh(), fresh());
        let mid = format!("<{token}@uji.example>");
        assert_eq!(desk.mail(&letter(&token, &mid, "")).await.0, 201);
        desk.mail(&letter(&other, &mid.to_uppercase(), "")).await;
        assert_eq!(
            desk.only(&token).await.entries.len(),
            2,
            "{} (O8)",
            desk.name()
        );
        assert!(
            desk.tickets(&other).await.is_empty(),
            "{} (O8)",
            desk.name()
        );
    }
}

#[tokio::test]
async fn an_id_too_long_for_its_column_is_never_found_again() {
    for desk in Subject::all().await {
        let token = fresh();
        let mail = letter(
            &token,
            &format!("<{token}.{}@uji.example>", "x".repeat(300)),
            "",
        );
        for _ in 0..2 {
            assert_eq!(desk.mail(&mail).await.0, 201);
        }
        assert_eq!(desk.tickets(&token).await.len(), 2, "{} (O9)", desk.name());
    }
}

#[tokio::test]
async fn a_stranger_who_knows_an_id_speaks_in_the_ticket() {
    for desk in Subject::all().await {
        let (token, other) = (fresh(), fresh());
        let mid = format!("<{token}@uji.example>");
        assert_eq!(desk.mail(&letter(&token, &mid, "")).await.0, 201);
        let reference = format!("References: {mid}\n");
        desk.mail(&letter(
            &other,
            &format!("<{other}@uji.example>"),
            &reference,
        ))
        .await;
        assert_eq!(
            desk.only(&token).await.entries.len(),
            2,
            "{} (O11)",
            desk.name()
        );
    }
}

#[tokio::test]
async fn what_names_no_sender_is_500_and_leaves_nothing() {
    for desk in Subject::all().await {
        for raw in ["", "\u{1}\u{2}\u{3}", "Subject: tanpa pengirim\n\nIsi\n"] {
            let (status, answer) = desk.mail(raw).await;
            assert_eq!(status, 500, "{} (O15): {raw:?}: {answer}", desk.name());
        }
    }
}
