//! Tables `paper`, `paper_file`: letters that a person answers for. Their state follows the case's events, in the same transaction.

use sqlx::{AssertSqlSafe, Row};

use super::books::Chain;
use super::cases::{self, CaseId};
use super::letters::{self, NewLetter};
use super::outbox::{self, NewOrder};
use super::sql::{Conn, Doing};
use super::{OrderState, Store, StoreError};
use crate::case::{Event, LetterDeed, LetterState, Lettered};
use crate::clock::Timestamp;
use crate::failpoint;
use crate::letter::Kind;
use crate::register::once_numbered;

/// A letter as people see it.
#[derive(Debug, Clone)]
pub struct PaperView {
    pub case: CaseId,
    pub register: String,
    /// Counts the letters of the case.
    pub letter: i64,
    pub kind: String,
    pub state: LetterState,
    pub note: String,
    /// Empty while it has none.
    pub number: String,
    /// After *Yth.*
    pub recipient: String,
    pub subject: String,
    /// Where it was released to; empty where nowhere, or by hand.
    pub address: String,
    /// How often it was released.
    pub turn: i64,
    pub made: Timestamp,
    /// The letter's date, where it has a number.
    pub numbered: Option<Timestamp>,
    pub unsigned_sha256: String,
    pub signed_sha256: String,
    /// Its order's state and why, where it was released by mail.
    pub order: Option<(OrderState, String)>,
    /// When it came back.
    pub bounced: Option<Timestamp>,
}

impl PaperView {
    /// `INS-2026-0042/letter/1`, as it is typed.
    pub fn name(&self) -> String {
        format!("{}/letter/{}", self.register, self.letter)
    }
}

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
}

const VIEW: &str = "SELECT p.case_id, i.register, p.letter, p.kind, p.state, p.note, p.number, p.recipient, p.subject, p.address,
        p.turn, p.made_ms, p.numbered_ms, p.unsigned_sha256, p.signed_sha256, COALESCE(o.state, ''), COALESCE(o.why, ''), l.bounced_ms
     FROM paper p JOIN incident i ON i.id = p.case_id
     LEFT JOIN outbox_order o ON o.key = i.register || '/letter/' || p.letter || CASE WHEN p.turn > 1 THEN '/' || p.turn ELSE '' END
     LEFT JOIN letter l ON l.message_id = p.message_id";

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
    let row = row.fetch_one(tx).await.doing("counting letters of a case")?;
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
        let mut tx = self.begin().await?;
        let mut chain = Chain::lock(&mut tx).await?;
        if let Some(row) = taken(&mut chain, &mut tx, work).await? {
            return Ok(LetterDone::NumberTaken { row });
        }
        let letter = work_on(&mut tx, &mut chain, work, (actor, now)).await?;
        chain.write(&mut tx).await?;
        failpoint::pass("letter.before_commit");
        tx.commit().await.doing("recording what was done with a letter")?;
        failpoint::pass("letter.committed");
        Ok(LetterDone::Done { letter })
    }

    /// Letters of one case, or of all, newest last.
    pub async fn papers(
        &self,
        case: Option<CaseId>,
        limit: i64,
    ) -> Result<Vec<PaperView>, StoreError> {
        let text = format!(
            "{VIEW} WHERE (p.case_id = $1 OR $1 = 0) ORDER BY p.made_ms DESC, p.case_id DESC, p.letter DESC LIMIT $2"
        );
        let query = sqlx::query(AssertSqlSafe(text))
            .bind(case.map_or(0, |case| case.0))
            .bind(limit);
        let rows = query.fetch_all(self.reader()).await.doing("listing letters")?;
        rows.iter().rev().map(view).collect()
    }

    /// A file of a letter, by its name where there are several.
    pub async fn paper_file(
        &self,
        paper: (CaseId, i64),
        which: PaperFile,
    ) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let rows = sqlx::query(
            "SELECT name, bytes FROM paper_file WHERE case_id = $1 AND letter = $2 AND which = $3 ORDER BY name",
        )
        .bind(paper.0.0)
        .bind(paper.1)
        .bind(which.name())
        .fetch_all(self.reader())
        .await
        .doing("reading a letter's file")?;
        let read = |row: &sqlx::any::AnyRow| -> Result<(String, Vec<u8>), sqlx::Error> {
            Ok((row.try_get(0)?, row.try_get(1)?))
        };
        rows.iter()
            .map(|row| read(row).doing("reading a letter's file"))
            .collect()
    }

    /// The first letter of ours to an address in a case: what a later one answers to. Only mail that was found authentic got one.
    pub async fn first_letter(
        &self,
        case: CaseId,
    ) -> Result<Option<(String, String)>, StoreError> {
        let row = sqlx::query(
            "SELECT message_id, recipient FROM letter WHERE case_id = $1 ORDER BY written_ms, message_id LIMIT 1",
        );
        let row = row.bind(case.0).fetch_optional(self.reader()).await;
        let read = |row: sqlx::any::AnyRow| -> Result<(String, String), sqlx::Error> {
            Ok((row.try_get(0)?, row.try_get(1)?))
        };
        row.doing("reading a case's first letter")?
            .map(|row| read(row).doing("reading a case's first letter"))
            .transpose()
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
        set_message_id(tx, (case, letter), &row.message_id).await?;
    }
    Ok(())
}

fn view(row: &sqlx::any::AnyRow) -> Result<PaperView, StoreError> {
    let state: String = row.try_get(4).doing("listing letters")?;
    let order: String = row.try_get(15).doing("listing letters")?;
    let why: String = row.try_get(16).doing("listing letters")?;
    let order = (!order.is_empty()).then(|| OrderState::named(&order));
    let (state, order) = (named(&state)?, order.transpose()?);
    let view = || -> Result<PaperView, sqlx::Error> {
        let numbered: i64 = row.try_get(12)?;
        let bounced: Option<i64> = row.try_get(17)?;
        Ok(PaperView {
            case: CaseId(row.try_get(0)?),
            register: row.try_get(1)?,
            letter: row.try_get(2)?,
            kind: row.try_get(3)?,
            state,
            note: row.try_get(5)?,
            number: row.try_get(6)?,
            recipient: row.try_get(7)?,
            subject: row.try_get(8)?,
            address: row.try_get(9)?,
            turn: row.try_get(10)?,
            made: Timestamp(row.try_get(11)?),
            numbered: (numbered > 0).then_some(Timestamp(numbered)),
            unsigned_sha256: row.try_get(13)?,
            signed_sha256: row.try_get(14)?,
            order: order.map(|state| (state, why)),
            bounced: bounced.map(Timestamp),
        })
    };
    view().doing("listing letters")
}
