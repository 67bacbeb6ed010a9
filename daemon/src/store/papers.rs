//! Tables `paper`, `paper_file`: letters that a person answers for. Their state follows the case's events, in the same transaction.

mod rows;
mod view;

pub(super) use rows::{follow, ready};
use rows::{keep_file, newest, renew, set_message_id, standing, state_of, waiting_draft};
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
use crate::tongue::{say, spoken};

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

/// What came of a draft of which a case has one at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drafted {
    New(i64),
    /// It waited already, and has the newer enclosures now.
    Renewed(i64),
    /// A letter of this kind has its number, or is on its way: nothing was changed.
    Standing(i64, LetterState),
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

impl Store {
    /// Drafts a letter of a kind of which a case has one at most: a draft that waits gets the newer note and enclosures.
    pub async fn draft_once(
        &self,
        work: &LetterWork,
        actor: &str,
        now: Timestamp,
    ) -> Result<Drafted, StoreError> {
        let mut tx = self.begin().await?;
        let mut chain = Chain::lock(&mut tx).await?;
        cases::lock_one(&mut tx, work.case).await?;
        let found = standing(&mut tx, work.case, work.kind).await?;
        let letter = match found {
            Some((letter, LetterState::Draft)) => Some(letter),
            Some((letter, state)) => return Ok(Drafted::Standing(letter, state)),
            None => None,
        };
        if let Some(letter) = letter {
            renew(&mut tx, (work.case, letter), &work.note).await?;
        }
        let work = LetterWork {
            letter,
            ..work.clone()
        };
        let done = work_on(&mut tx, &mut chain, &work, (actor, now)).await?;
        chain.write(&mut tx).await?;
        tx.commit().await.doing("drafting a letter")?;
        Ok(letter.map_or(Drafted::New(done), Drafted::Renewed))
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
    Err(StoreError::Refused(say!(
        "surat ini sekarang: {}; yang diminta tidak dapat dilakukan lagi (tanggap letter list)",
        "this letter is now: {}; what was asked cannot be done any more (tanggap letter list)",
        state.in_words(spoken())
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
