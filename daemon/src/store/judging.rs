//! One sitting of the judge: what becomes of the claimed mails is written in one transaction.

mod outlook;

pub use outlook::Outlook;

use std::collections::HashMap;
use std::time::Duration;

use sqlx::any::AnyRow;
use sqlx::{Any, Row, Transaction};
use tanggap_rules::Past;

use super::books::{Chain, Stamp};
use super::cases::{self, CaseFacts, CaseId};
use super::counting;
use super::journal::{self, EntryId};
use super::letters::{self, LetterCounts, NewLetter};
use super::marks::{self, Related};
use super::outbox::{self, NewOrder};
use super::papers;
use super::readings::{self, Reading};
use super::sql::Doing;
use super::unread::LEASE;
use super::{Store, StoreError};
use crate::case::{Effect, Event};
use crate::clock::Timestamp;
use crate::failpoint;
use crate::mailbox::Place;
use crate::register::NewRow;
use crate::ticket::Kin;

/// A case about to be opened.
pub struct NewCase {
    pub facts: CaseFacts,
    pub participants: Vec<String>,
}

/// What a sitting's mails point at: looked up for all of them at once, because a thread may name a hundred Message-IDs.
#[derive(Debug, Default)]
pub struct Pointers {
    pub message_ids: Vec<String>,
    pub canons: Vec<[u8; 32]>,
}

/// An open sitting. Dropped without `commit`, nothing of it happened.
pub struct Judging {
    tx: Transaction<'static, Any>,
    now: Timestamp,
    readings: Vec<Reading>,
    register_prefix: String,
    /// Who stands in the events.
    actor: String,
    /// Locked before any case of the sitting.
    books: Chain,
    /// What the pointers led to; kept up with what the sitting itself adds.
    letters: HashMap<String, CaseId>,
    mails: HashMap<String, CaseId>,
    twins: HashMap<[u8; 32], Twin>,
}

/// The first mail of some content, and its case.
type Twin = (EntryId, Option<CaseId>);

impl Store {
    /// Opens the sitting that writes down what was found; proves first that we are still the judge.
    pub async fn judging(
        &self,
        claim: (i64, Timestamp),
        pointers: Pointers,
        register_prefix: &str,
    ) -> Result<Judging, StoreError> {
        let (epoch, now) = claim;
        let mut tx = self.begin().await?;
        self.confirm_lease(&mut tx, LEASE, epoch).await?;
        Ok(Judging {
            books: Chain::lock(&mut tx).await?,
            letters: letters::cases_of(&mut tx, &pointers.message_ids).await?,
            mails: readings::cases_of(&mut tx, &pointers.message_ids).await?,
            twins: readings::first_with(&mut tx, &pointers.canons).await?,
            tx,
            now,
            readings: Vec::new(),
            register_prefix: register_prefix.to_owned(),
            actor: "tanggap".to_owned(),
        })
    }

    /// A sitting for what an operator brings. It needs no lease: it reads no list that another judge reads too.
    pub async fn sitting_by_hand(
        &self,
        now: Timestamp,
        register_prefix: &str,
        operator: &str,
    ) -> Result<Judging, StoreError> {
        let mut tx = self.begin().await?;
        Ok(Judging {
            books: Chain::lock(&mut tx).await?,
            letters: HashMap::new(),
            mails: HashMap::new(),
            twins: HashMap::new(),
            tx,
            now,
            readings: Vec::new(),
            register_prefix: register_prefix.to_owned(),
            actor: operator.to_owned(),
        })
    }
}

impl Judging {
    /// The moment of this sitting: everything in it happens at once.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The first mail with this level-2 identity, and its case.
    pub fn first_with(&self, canon: [u8; 32]) -> Option<Twin> {
        self.twins.get(&canon).copied()
    }

    /// The case of a mail that somebody sent us earlier.
    pub fn case_by_mail(&self, message_id: &str) -> Option<CaseId> {
        self.mails.get(message_id).copied()
    }

    /// The case of a letter that we sent.
    pub fn case_by_letter(&self, message_id: &str) -> Option<CaseId> {
        self.letters.get(message_id).copied()
    }

    pub async fn case_by_register(&mut self, register: &str) -> Result<Option<CaseId>, StoreError> {
        self.case_where("SELECT id FROM incident WHERE register = $1", register)
            .await
    }

    pub async fn case_by_ticket(&mut self, number: &str) -> Result<Option<CaseId>, StoreError> {
        self.case_where(
            "SELECT id FROM incident WHERE ticket = $1 ORDER BY id DESC LIMIT 1",
            number,
        )
        .await
    }

    async fn case_where(
        &mut self,
        statement: &'static str,
        value: &str,
    ) -> Result<Option<CaseId>, StoreError> {
        let row = sqlx::query(statement).bind(value.to_owned());
        let row = row
            .fetch_optional(&mut *self.tx)
            .await
            .doing("finding a case")?;
        row.map(|row| Ok(CaseId(row.try_get(0).doing("finding a case")?)))
            .transpose()
    }

    pub async fn register_of(&mut self, case: CaseId) -> Result<String, StoreError> {
        let row = sqlx::query("SELECT register FROM incident WHERE id = $1").bind(case.0);
        row.fetch_one(&mut *self.tx)
            .await
            .doing("reading a register number")?
            .try_get(0)
            .doing("reading a register number")
    }

    /// Other cases of this case's reporter, newest first, among the last few thousand: those are found by their ids.
    pub async fn kin(&mut self, case: CaseId) -> Result<Vec<Kin>, StoreError> {
        let rows = sqlx::query(
            "SELECT k.register, k.subject, k.ticket FROM incident c JOIN incident k ON k.reporter = c.reporter AND k.id < c.id AND k.id > c.id - 5000
             WHERE c.id = $1 AND c.reporter <> '' ORDER BY k.id DESC LIMIT 5",
        )
        .bind(case.0)
        .fetch_all(&mut *self.tx)
        .await
        .doing("finding related cases")?;
        let kin = |row: &AnyRow| {
            Ok(Kin {
                register: row.try_get(0)?,
                subject: row.try_get(1)?,
                ticket: row.try_get(2)?,
                why: "pelapor sama".to_owned(),
            })
        };
        rows.iter()
            .map(|row| kin(row).doing("finding related cases"))
            .collect()
    }

    /// Ties the case to what it speaks of.
    pub async fn mark(
        &mut self,
        case: CaseId,
        marks: &[(String, String)],
    ) -> Result<(), StoreError> {
        marks::insert(&mut self.tx, case, marks, self.now).await
    }

    /// Other cases that speak of the same, within a window before this sitting.
    pub async fn related(
        &mut self,
        case: CaseId,
        window: Duration,
    ) -> Result<Vec<Related>, StoreError> {
        marks::related(&mut self.tx, case, self.now.minus(window)).await
    }

    pub async fn participants(&mut self, case: CaseId) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query("SELECT address FROM participant WHERE case_id = $1").bind(case.0);
        let rows = rows
            .fetch_all(&mut *self.tx)
            .await
            .doing("reading who belongs to a case")?;
        rows.iter()
            .map(|row| row.try_get(0).doing("reading who belongs to a case"))
            .collect()
    }

    /// Opens a case under the year's next number, which it returns.
    pub async fn open_case(&mut self, new: &NewCase) -> Result<(CaseId, String), StoreError> {
        let year = self.now.register_year();
        let number = cases::next_number(&mut self.tx, year).await?;
        let register = format!("{}-{year}-{number:04}", self.register_prefix);
        let case = cases::insert(&mut self.tx, &register, &new.facts, self.now).await?;
        cases::add_participants(&mut self.tx, case, &new.participants).await?;
        Ok((case, register))
    }

    pub async fn add_participant(&mut self, case: CaseId, address: &str) -> Result<(), StoreError> {
        cases::add_participants(&mut self.tx, case, &[address.to_owned()]).await
    }

    /// Lets the machine take an event in; returns what it wants done.
    pub async fn apply(&mut self, case: CaseId, event: Event) -> Result<Vec<Effect>, StoreError> {
        let events = [(case, event)];
        let mut applied =
            cases::apply_unbooked(&mut self.tx, &events, &self.actor, self.now).await?;
        let stamp = (self.actor.as_str(), self.now);
        cases::enter(&mut self.books, &mut self.tx, &mut applied, stamp).await?;
        match applied.illegal.into_iter().next() {
            Some(illegal) => Err(illegal.into()),
            None => Ok(applied
                .effects
                .into_iter()
                .map(|(_, effect)| effect)
                .collect()),
        }
    }

    /// Enters a row into a book; returns its number.
    pub async fn enter(&mut self, case: CaseId, row: NewRow) -> Result<i64, StoreError> {
        let stamp = Stamp {
            case: Some(case),
            actor: &self.actor,
            now: self.now,
        };
        self.books.enter(&mut self.tx, row, stamp).await
    }

    /// Makes effects durable.
    pub async fn order(&mut self, orders: &[NewOrder]) -> Result<(), StoreError> {
        outbox::insert(&mut self.tx, orders, self.now).await
    }

    pub async fn letter_counts(
        &mut self,
        recipient: &str,
        domain: &str,
    ) -> Result<LetterCounts, StoreError> {
        letters::counts(&mut self.tx, recipient, domain, self.now).await
    }

    pub async fn add_letter(&mut self, case: CaseId, letter: &NewLetter) -> Result<(), StoreError> {
        letters::insert(&mut self.tx, case, letter, self.now).await?;
        self.letters.insert(letter.message_id.clone(), case);
        Ok(())
    }

    /// Whether a plain mail of this kind waits for its release.
    pub async fn letter_waits(
        &mut self,
        case: CaseId,
        kind: crate::letter::Kind,
    ) -> Result<bool, StoreError> {
        papers::ready(&mut self.tx, case, kind).await
    }

    pub async fn letter_bounced(&mut self, message_id: &str) -> Result<(), StoreError> {
        letters::bounced(&mut self.tx, message_id, self.now).await
    }

    /// Puts what was taken down into the journal, as a mail that is being judged now.
    pub async fn keep(&mut self, place: Place, raw: &[u8]) -> Result<EntryId, StoreError> {
        journal::keep_one(&mut self.tx, place, raw, self.now).await
    }

    /// The case that a mail stands in.
    pub async fn case_of_entry(&mut self, entry: EntryId) -> Result<Option<CaseId>, StoreError> {
        readings::case_of(&mut self.tx, entry).await
    }

    /// Puts a mail into another case.
    pub async fn move_entry(&mut self, entry: EntryId, case: CaseId) -> Result<(), StoreError> {
        readings::move_to(&mut self.tx, entry, case).await
    }

    /// When reports came that share one of these keys, since a moment; what this sitting has counted is among them.
    pub async fn past(&mut self, keys: &[String], since: Timestamp) -> Result<Past, StoreError> {
        counting::past(&mut self.tx, keys, since).await
    }

    /// Counts a report by its keys from now on, and forgets what is older than any rule may ask for.
    pub async fn count(
        &mut self,
        entry: EntryId,
        keys: &[String],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        counting::note(&mut self.tx, entry, keys, at).await
    }

    /// Writes down what became of a mail, at the sitting's end; the mails behind it find it at once.
    pub fn record(&mut self, reading: Reading) {
        let twin = (reading.entry, reading.case);
        self.twins.entry(reading.canon).or_insert(twin);
        if let Some(case) = reading.case {
            let id = reading.message_id.clone();
            self.mails.entry(id).or_insert(case);
        }
        self.readings.push(reading);
    }

    /// All of it, or none.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        readings::insert(&mut self.tx, &self.readings, self.now.0).await?;
        self.books.write(&mut self.tx).await?;
        failpoint::pass("judge.before_commit");
        self.tx.commit().await.doing("committing what was judged")?;
        failpoint::pass("judge.committed");
        Ok(())
    }
}
