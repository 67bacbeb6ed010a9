//! One letter's row and its files: every statement that reads or moves them.

use sqlx::Row;

use super::super::StoreError;
use super::super::cases::CaseId;
use super::super::sql::{Conn, Doing};
use super::PaperFile;
use crate::case::{Event, LetterDeed, LetterState, Lettered};
use crate::clock::Timestamp;
use crate::letter::Kind;

/// The letters that events bring or move.
pub(in crate::store) async fn follow(
    tx: &mut Conn,
    events: &[(CaseId, i64, &Event)],
    now: Timestamp,
) -> Result<(), StoreError> {
    for (case, _, event) in events {
        match event {
            Event::LetterDrafted { kind, note } => {
                insert(tx, *case, (kind, note), now).await?;
            }
            Event::Lettered(told) => moved(tx, *case, told, now).await?,
            _ => {}
        }
    }
    Ok(())
}

async fn insert(
    tx: &mut Conn,
    case: CaseId,
    (kind, note): (&str, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let formal = Kind::named(kind).is_some_and(Kind::is_formal);
    let state = if formal {
        LetterState::Draft
    } else {
        LetterState::Ready
    };
    sqlx::query(
        "INSERT INTO paper (case_id, letter, kind, state, note, number, recipient, subject, address, turn, made_ms, numbered_ms,
                            unsigned_sha256, signed_sha256, message_id)
         VALUES ($1, (SELECT COUNT(*) FROM paper WHERE case_id = $1) + 1, $2, $3, $4, '', '', '', '', 0, $5, 0, '', '', '')",
    )
    .bind(case.0)
    .bind(kind.to_owned())
    .bind(state.name())
    .bind(note.to_owned())
    .bind(now.0)
    .execute(tx)
    .await
    .doing("drafting a letter")?;
    Ok(())
}

/// What a deed changes in the row; an empty text and a zero leave what is.
#[derive(Default)]
struct Change<'a> {
    state: &'static str,
    number: &'a str,
    recipient: &'a str,
    subject: &'a str,
    address: &'a str,
    turn: i64,
    numbered_ms: i64,
    unsigned: &'a str,
    signed: &'a str,
}

impl<'a> Change<'a> {
    fn of(deed: &'a LetterDeed, now: Timestamp) -> Self {
        let to = |state: LetterState| Self {
            state: state.name(),
            ..Self::default()
        };
        match deed {
            LetterDeed::Numbered {
                number,
                to: recipient,
                subject,
                sha256,
            } => Self {
                number,
                recipient,
                subject,
                unsigned: sha256,
                numbered_ms: now.0,
                ..to(LetterState::Numbered)
            },
            LetterDeed::Signed { sha256, .. } => Self {
                signed: sha256,
                ..to(LetterState::Signed)
            },
            LetterDeed::Released { address, turn } => Self {
                address,
                turn: *turn,
                ..to(LetterState::Released)
            },
            LetterDeed::Sent(sent) => Self {
                recipient: &sent.to,
                subject: &sent.subject,
                ..to(LetterState::Sent)
            },
            LetterDeed::Refused { .. } => to(LetterState::Released),
            LetterDeed::Cancelled { .. } => to(LetterState::Cancelled),
        }
    }
}

async fn moved(
    tx: &mut Conn,
    case: CaseId,
    told: &Lettered,
    now: Timestamp,
) -> Result<(), StoreError> {
    let change = Change::of(&told.deed, now);
    sqlx::query(
        "UPDATE paper SET state = $3,
             number = CASE WHEN $4 = '' THEN number ELSE $4 END,
             recipient = CASE WHEN $5 = '' THEN recipient ELSE $5 END,
             subject = CASE WHEN $6 = '' THEN subject ELSE $6 END,
             address = CASE WHEN $7 = '' THEN address ELSE $7 END,
             turn = CASE WHEN $8 = 0 THEN turn ELSE $8 END,
             numbered_ms = CASE WHEN $9 = 0 THEN numbered_ms ELSE $9 END,
             unsigned_sha256 = CASE WHEN $10 = '' THEN unsigned_sha256 ELSE $10 END,
             signed_sha256 = CASE WHEN $11 = '' THEN signed_sha256 ELSE $11 END
         WHERE case_id = $1 AND letter = $2",
    )
    .bind(case.0)
    .bind(told.letter)
    .bind(change.state)
    .bind(change.number.to_owned())
    .bind(change.recipient.to_owned())
    .bind(change.subject.to_owned())
    .bind(change.address.to_owned())
    .bind(change.turn)
    .bind(change.numbered_ms)
    .bind(change.unsigned.to_owned())
    .bind(change.signed.to_owned())
    .execute(tx)
    .await
    .doing("moving a letter")?;
    Ok(())
}

/// The case's newest draft of a kind that waits for its number.
pub(super) async fn waiting_draft(
    tx: &mut Conn,
    case: CaseId,
    kind: Kind,
) -> Result<Option<i64>, StoreError> {
    let row = sqlx::query(
        "SELECT MAX(letter) FROM paper WHERE case_id = $1 AND kind = $2 AND state = 'draft'",
    );
    let row = row.bind(case.0).bind(kind.name()).fetch_one(tx).await;
    row.doing("looking for a draft")?
        .try_get(0)
        .doing("looking for a draft")
}

/// Whether a plain mail of this kind waits for its release.
pub(in crate::store) async fn ready(
    tx: &mut Conn,
    case: CaseId,
    kind: Kind,
) -> Result<bool, StoreError> {
    let row =
        sqlx::query("SELECT 1 FROM paper WHERE case_id = $1 AND kind = $2 AND state = 'ready'");
    let row = row.bind(case.0).bind(kind.name()).fetch_optional(tx).await;
    Ok(row.doing("looking for a letter that waits")?.is_some())
}

pub(super) async fn newest(tx: &mut Conn, case: CaseId) -> Result<i64, StoreError> {
    let row = sqlx::query("SELECT COUNT(*) FROM paper WHERE case_id = $1").bind(case.0);
    let row = row
        .fetch_one(tx)
        .await
        .doing("counting letters of a case")?;
    row.try_get(0).doing("counting letters of a case")
}

pub(super) async fn state_of(
    tx: &mut Conn,
    case: CaseId,
    letter: i64,
) -> Result<(LetterState, i64), StoreError> {
    let row = sqlx::query("SELECT state, turn FROM paper WHERE case_id = $1 AND letter = $2")
        .bind(case.0)
        .bind(letter);
    let row = row.fetch_one(tx).await.doing("reading a letter's state")?;
    let state: String = row.try_get(0).doing("reading a letter's state")?;
    let turn = row.try_get(1).doing("reading a letter's state")?;
    Ok((named(&state)?, turn))
}

pub(super) fn named(state: &str) -> Result<LetterState, StoreError> {
    LetterState::named(state).ok_or_else(|| StoreError::Unreadable {
        what: format!("the letter state {state:?}"),
    })
}

pub(super) async fn keep_file(
    tx: &mut Conn,
    (case, letter): (CaseId, i64),
    (which, name, bytes): &(PaperFile, String, Vec<u8>),
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO paper_file (case_id, letter, which, name, bytes) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(case.0)
    .bind(letter)
    .bind(which.name())
    .bind(name)
    .bind(bytes.clone())
    .execute(tx)
    .await
    .doing("keeping a letter's file")?;
    Ok(())
}

pub(super) async fn set_message_id(
    tx: &mut Conn,
    (case, letter): (CaseId, i64),
    message_id: &str,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE paper SET message_id = $3 WHERE case_id = $1 AND letter = $2")
        .bind(case.0)
        .bind(letter)
        .bind(message_id.to_owned())
        .execute(tx)
        .await
        .doing("naming a letter's mail")?;
    Ok(())
}

/// The case's newest letter of a kind that was not cancelled.
pub(super) async fn standing(
    tx: &mut Conn,
    case: CaseId,
    kind: Kind,
) -> Result<Option<(i64, LetterState)>, StoreError> {
    let doing = "looking for a letter of this kind";
    let row = sqlx::query(
        "SELECT letter, state FROM paper WHERE case_id = $1 AND kind = $2 AND state <> 'cancelled' ORDER BY letter DESC LIMIT 1",
    );
    let row = row.bind(case.0).bind(kind.name()).fetch_optional(tx).await;
    let Some(row) = row.doing(doing)? else {
        return Ok(None);
    };
    let state: String = row.try_get(1).doing(doing)?;
    Ok(Some((row.try_get(0).doing(doing)?, named(&state)?)))
}

/// A draft's enclosures go, and what it is to say is said anew, before it gets newer ones.
pub(super) async fn renew(
    tx: &mut Conn,
    (case, letter): (CaseId, i64),
    note: &str,
) -> Result<(), StoreError> {
    let doing = "renewing a draft";
    sqlx::query(
        "DELETE FROM paper_file WHERE case_id = $1 AND letter = $2 AND which = 'enclosure'",
    )
    .bind(case.0)
    .bind(letter)
    .execute(&mut *tx)
    .await
    .doing(doing)?;
    let text = "UPDATE paper SET note = $3 WHERE case_id = $1 AND letter = $2 AND $3 <> ''";
    let done = sqlx::query(text)
        .bind(case.0)
        .bind(letter)
        .bind(note.to_owned())
        .execute(tx)
        .await;
    done.map(|_| ()).doing(doing)
}
