//! Table `letter_counter`: the numbers that this house gives to formal letters, one after the other.
//!
//! A number is offered, the letter is printed with it, and then it is claimed in the transaction that enters the letter: whoever was
//! faster has it, the other is offered the next one. So no transaction is open while a page is laid out, no number is given twice, and
//! none is lost to a crash.

use sqlx::Row;

use super::sql::{Conn, Doing};
use super::{Store, StoreError};
use crate::config::Block;
use crate::register::once_numbered;

/// A number offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberClaim {
    /// The range it is from.
    pub range: Block,
    pub number: i64,
    /// The number given last when it was offered; `None` before the first.
    pub after: Option<i64>,
}

impl Store {
    /// The next number of these ranges that no letter bears, also none that a person numbered by hand; `None` where they are used up.
    pub async fn offer_number(
        &self,
        ranges: &[Block],
        written: impl Fn(i64) -> String,
    ) -> Result<Option<NumberClaim>, StoreError> {
        for range in ranges {
            let after = self.last_number(*range).await?;
            let mut number = after.map_or(range.from, |last| last + 1);
            while number <= range.to && self.is_numbered(&written(number)).await? {
                number += 1;
            }
            if number <= range.to {
                return Ok(Some(NumberClaim {
                    range: *range,
                    number,
                    after,
                }));
            }
        }
        Ok(None)
    }

    /// The number given last in a range.
    pub async fn last_number(&self, range: Block) -> Result<Option<i64>, StoreError> {
        let row = sqlx::query("SELECT last FROM letter_counter WHERE year = $1 AND first = $2");
        let row = row
            .bind(range.year)
            .bind(range.from)
            .fetch_optional(self.reader())
            .await
            .doing("reading the last letter's number")?;
        row.map(|row| row.try_get(0).doing("reading the last letter's number"))
            .transpose()
    }

    /// Whether a letter bears this number, or bore it before it was cancelled.
    async fn is_numbered(&self, number: &str) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT 1 FROM book_entry WHERE once = $1 LIMIT 1");
        let row = row
            .bind(once_numbered(number))
            .fetch_optional(self.reader())
            .await
            .doing("looking for a letter's number")?;
        Ok(row.is_some())
    }
}

/// Takes the number that was offered; `false` where somebody has taken one since.
pub(super) async fn claim(tx: &mut Conn, offer: &NumberClaim) -> Result<bool, StoreError> {
    let taken = match offer.after {
        None => sqlx::query(
            "INSERT INTO letter_counter (year, first, last) VALUES ($1, $2, $3) ON CONFLICT (year, first) DO NOTHING",
        )
        .bind(offer.range.year)
        .bind(offer.range.from)
        .bind(offer.number),
        Some(after) => sqlx::query(
            "UPDATE letter_counter SET last = $3 WHERE year = $1 AND first = $2 AND last = $4",
        )
        .bind(offer.range.year)
        .bind(offer.range.from)
        .bind(offer.number)
        .bind(after),
    };
    let taken = taken.execute(tx).await.doing("taking a letter's number")?;
    Ok(taken.rows_affected() == 1)
}
