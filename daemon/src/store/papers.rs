//! Tables `paper`, `paper_file`: letters that a person answers for. Their state follows the case's events, in the same transaction.

mod view;

use sqlx::Row;

pub use view::PaperView;

use super::books::Chain;
use super::cases::{self, CaseId};
use super::letters::{self, NewLetter};
use super::numbers::{self, NumberClaim};
use super::outbox::{self, NewOrder};
use super::sql::{Conn, Doing};
use super::{Store, StoreError};
use crate::case::{Event, LetterDeed, LetterState, Lettered};
use crate::clock::Timestamp;
use crate::failpoint;
use crate::letter::Kind;
use crate::register::once_numbered;

/// Which file of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperFile {
    Unsigned,
    Signed,
    /// Goes along with it.
    Enclosure,
}

impl PaperFile {
    fn name(self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Signed => "signed",
            Self::Enclosure => "enclosure",
        }
    }
}

/// What a person does with a letter: all of it in one transaction, or nothing.
#[derive(Debug, Clone)]
pub struct LetterWork {
    pub case: CaseId,
    /// `None`: the case's waiting draft of this kind, or a new one.
    pub letter: Option<i64>,
    pub kind: Kind,
    /// Of a new letter: what it is to say beside the template's own words.
    pub note: String,
    /// In their order.
    pub deeds: Vec<LetterDeed>,
    pub files: Vec<(PaperFile, String, Vec<u8>)>,
    /// The finished mail, where it goes by mail: the order's payload, and what the book of letters says.
    pub mail: Option<(String, NewLetter)>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterDone {
    Done {
        letter: i64,
    },
    /// The number stands in the register of letters already, in this row.
    NumberTaken {
        row: i64,
    },
    /// The number that was offered has been given to another letter since.
    NumberMoved,
}

/// The letters that events bring or move.
pub(super) async fn follow(
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
async fn waiting_draft(tx: &mut Conn, case: CaseId, kind: Kind) -> Result<Option<i64>, StoreError> {
    let row = sqlx::query(
        "SELECT MAX(letter) FROM paper WHERE case_id = $1 AND kind = $2 AND state = 'draft'",
    );
    let row = row.bind(case.0).bind(kind.name()).fetch_one(tx).await;
    row.doing("looking for a draft")?
        .try_get(0)
        .doing("looking for a draft")
}

/// Whether a plain mail of this kind waits for its release.
pub(super) async fn ready(tx: &mut Conn, case: CaseId, kind: Kind) -> Result<bool, StoreError> {
    let row =
        sqlx::query("SELECT 1 FROM paper WHERE case_id = $1 AND kind = $2 AND state = 'ready'");
    let row = row.bind(case.0).bind(kind.name()).fetch_optional(tx).await;
    Ok(row.doing("looking for a letter that waits")?.is_some())
}

async fn newest(tx: &mut Conn, case: CaseId) -> Result<i64, StoreError> {
    let row = sqlx::query("SELECT COUNT(*) FROM paper WHERE case_id = $1").bind(case.0);
    let row = row
        .fetch_one(tx)
        .await
        .doing("counting letters of a case")?;
    row.try_get(0).doing("counting letters of a case")
}

async fn state_of(
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

fn named(state: &str) -> Result<LetterState, StoreError> {
    LetterState::named(state).ok_or_else(|| StoreError::Unreadable {
        what: format!("the letter state {state:?}"),
    })
}

async fn keep_file(
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

async fn set_message_id(
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

impl Store {
    /// Does what a person does with a letter: files, events, books and the order, or nothing.
    pub async fn letter_work(
        &self,
        work: &LetterWork,
        actor: &str,
        now: Timestamp,
    ) -> Result<LetterDone, StoreError> {
        self.numbered_work(work, None, (actor, now)).await
    }

    /// The same for a letter that bears a number of ours.
    pub async fn numbered_work(
        &self,
        work: &LetterWork,
        offer: Option<&NumberClaim>,
        (actor, now): (&str, Timestamp),
    ) -> Result<LetterDone, StoreError> {
        let mut tx = self.begin().await?;
        let mut chain = Chain::lock(&mut tx).await?;
        if let Some(offer) = offer
            && !numbers::claim(&mut tx, offer).await?
        {
            return Ok(LetterDone::NumberMoved);
        }
        if let Some(row) = taken(&mut chain, &mut tx, work).await? {
            return Ok(LetterDone::NumberTaken { row });
        }
        let letter = work_on(&mut tx, &mut chain, work, (actor, now)).await?;
        chain.write(&mut tx).await?;
        failpoint::pass("letter.before_commit");
        tx.commit()
            .await
            .doing("recording what was done with a letter")?;
        failpoint::pass("letter.committed");
        Ok(LetterDone::Done { letter })
    }
}

/// The row of the register of letters in which a number of this work stands already.
async fn taken(
    chain: &mut Chain,
    tx: &mut Conn,
    work: &LetterWork,
) -> Result<Option<i64>, StoreError> {
    for deed in &work.deeds {
        if let LetterDeed::Numbered { number, .. } = deed {
            return chain.entered_before(tx, &once_numbered(number)).await;
        }
    }
    Ok(None)
}

/// Letters that leave with something else, in its transaction.
pub(super) async fn work_through(
    tx: &mut Conn,
    works: &[LetterWork],
    stamp: (&str, Timestamp),
) -> Result<(), StoreError> {
    if works.is_empty() {
        return Ok(());
    }
    let mut chain = Chain::lock(tx).await?;
    for work in works {
        work_on(tx, &mut chain, work, stamp).await?;
    }
    chain.write(tx).await
}

async fn work_on(
    tx: &mut Conn,
    chain: &mut Chain,
    work: &LetterWork,
    stamp: (&str, Timestamp),
) -> Result<i64, StoreError> {
    cases::lock_one(tx, work.case).await?;
    let letter = match work.letter {
        Some(letter) => letter,
        None => drafted(tx, chain, work, stamp).await?,
    };
    for deed in &work.deeds {
        allowed(tx, (work.case, letter), deed).await?;
        let told = Lettered {
            letter,
            kind: work.kind.name().to_owned(),
            deed: deed.clone(),
        };
        apply(tx, chain, (work, letter), (Event::Lettered(told), stamp)).await?;
    }
    for file in &work.files {
        keep_file(tx, (work.case, letter), file).await?;
    }
    Ok(letter)
}

/// The draft that waits, or a new one.
async fn drafted(
    tx: &mut Conn,
    chain: &mut Chain,
    work: &LetterWork,
    stamp: (&str, Timestamp),
) -> Result<i64, StoreError> {
    if !work.deeds.is_empty()
        && let Some(letter) = waiting_draft(tx, work.case, work.kind).await?
    {
        return Ok(letter);
    }
    let event = Event::LetterDrafted {
        kind: work.kind.name().to_owned(),
        note: work.note.clone(),
    };
    apply(tx, chain, (work, 0), (event, stamp)).await?;
    newest(tx, work.case).await
}

/// The case is locked by now: whoever was faster has moved the letter.
async fn allowed(
    tx: &mut Conn,
    (case, letter): (CaseId, i64),
    deed: &LetterDeed,
) -> Result<(), StoreError> {
    let (state, turn) = state_of(tx, case, letter).await?;
    let in_turn = match deed {
        LetterDeed::Released { turn: next, .. } => *next == turn + 1,
        _ => true,
    };
    if in_turn && state.after(deed).is_some() {
        return Ok(());
    }
    Err(StoreError::Refused(format!(
        "surat ini sekarang: {}; yang diminta tidak dapat dilakukan lagi (tanggap letter list)",
        state.in_words()
    )))
}

/// Applies one event, enters its rows, and orders what follows.
async fn apply(
    tx: &mut Conn,
    chain: &mut Chain,
    (work, letter): (&LetterWork, i64),
    (event, stamp): (Event, (&str, Timestamp)),
) -> Result<(), StoreError> {
    let (actor, now) = stamp;
    let events = [(work.case, event)];
    let mut applied = cases::apply_unbooked(tx, &events, actor, now).await?;
    if let Some(illegal) = applied.illegal.drain(..).next() {
        return Err(illegal.into());
    }
    cases::enter(chain, tx, &mut applied, stamp).await?;
    let Some((payload, row)) = &work.mail else {
        return Ok(());
    };
    for (case, effect) in applied.effects {
        let register = cases::register(tx, case).await?;
        let order = NewOrder {
            key: format!("{register}/{}", effect.key()),
            case,
            effect,
            payload: payload.clone(),
        };
        outbox::insert(tx, &[order], now).await?;
        letters::insert(tx, case, row, now).await?;
        cases::add_participants(tx, case, std::slice::from_ref(&row.recipient)).await?;
        set_message_id(tx, (case, letter), &row.message_id).await?;
    }
    Ok(())
}
