//! Table `entry`: raw mail, kept before anything looks inside (SOP step 1: the report itself, untouched).

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Row};

use super::packed::{Packed, unpack};
use super::sql::{Conn, Doing, list, rows, rows_at_once};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::failpoint;
use crate::mailbox::Place;
use crate::tongue::{say, word};

/// One mail in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(pub i64);

/// The raw bytes of an arriving mail.
#[derive(Debug, Clone)]
pub enum RawMail {
    Whole(Vec<u8>),
    /// Too large to be in memory as a whole.
    Parts(Packed),
}

impl RawMail {
    /// Whether these are its bytes.
    pub fn is(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Whole(raw) => raw == bytes,
            Self::Parts(packed) => packed.digest == <[u8; 32]>::from(Sha256::digest(bytes)),
        }
    }
}

/// A mail as it was found at its place.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub place: Place,
    pub raw: RawMail,
    /// When the server says it arrived there.
    pub internal_ms: Option<i64>,
    pub seen: Timestamp,
}

/// What `keep` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kept {
    /// Contents that were new.
    pub entries: u64,
    /// Places that were new.
    pub sightings: u64,
}

/// An arrival, ready to be written.
pub(super) struct Ready {
    pub place: Place,
    pub packed: Packed,
    pub internal_ms: Option<i64>,
    pub seen: Timestamp,
}

impl Store {
    /// Makes mails durable: raw bytes and sightings in one transaction. Content that is known already gets a sighting only.
    pub async fn keep(&self, arrivals: Vec<Arrival>) -> Result<Kept, StoreError> {
        if arrivals.is_empty() {
            return Ok(Kept::default());
        }
        let ready = packed_off_thread(arrivals).await?;
        let mut tx = self.begin().await?;
        let fresh = insert_entries(&mut tx, &ready).await?;
        insert_unread(&mut tx, &fresh).await?;
        let ids = entry_ids(&mut tx, &ready, &fresh).await?;
        let sightings = super::sightings::insert(&mut tx, &ready, &ids).await?;
        failpoint::pass("journal.before_commit");
        tx.commit().await.doing("keeping mail")?;
        failpoint::pass("journal.after_commit");
        Ok(Kept {
            entries: fresh.len() as u64,
            sightings,
        })
    }

    /// The raw bytes of an entry, at most `limit` of them.
    pub async fn raw(&self, entry: EntryId, limit: u64) -> Result<Vec<u8>, StoreError> {
        let row = sqlx::query("SELECT raw, more_parts, size, removed_ms FROM entry WHERE id = $1")
            .bind(entry.0)
            .fetch_one(self.reader())
            .await
            .doing("reading the journal")?;
        let first: Vec<u8> = row.try_get(0).doing("reading the journal")?;
        let removed: i64 = row.try_get(3).doing("reading the journal")?;
        if removed != 0 {
            return Err(removed_then(entry, Timestamp(removed)));
        }
        let more: i64 = row.try_get(1).doing("reading the journal")?;
        let size: i64 = row.try_get(2).doing("reading the journal")?;
        let mut raw =
            Vec::with_capacity(usize::try_from(size.unsigned_abs().min(limit)).unwrap_or(0));
        unpack(&first, &mut raw)?;
        for part in 1..=more {
            if raw.len() as u64 >= limit {
                break;
            }
            unpack(&self.part(entry, part).await?, &mut raw)?;
        }
        raw.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(raw)
    }

    async fn part(&self, entry: EntryId, part: i64) -> Result<Vec<u8>, StoreError> {
        let row = sqlx::query("SELECT raw FROM entry_part WHERE entry_id = $1 AND part = $2");
        let row = row
            .bind(entry.0)
            .bind(part)
            .fetch_one(self.reader())
            .await
            .doing("reading the journal")?;
        row.try_get(0).doing("reading the journal")
    }

    /// The raw bytes of many small entries in one statement, in the order asked for; nothing where they were removed.
    pub async fn raws(&self, entries: &[EntryId]) -> Result<Vec<Vec<u8>>, StoreError> {
        let text = format!(
            "SELECT id, raw FROM entry WHERE id IN {}",
            list(0, entries.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for entry in entries {
            query = query.bind(entry.0);
        }
        let rows = query
            .fetch_all(self.reader())
            .await
            .doing("reading the journal")?;
        let mut found = HashMap::with_capacity(rows.len());
        for row in rows {
            let id: i64 = row.try_get(0).doing("reading the journal")?;
            let frame: Vec<u8> = row.try_get(1).doing("reading the journal")?;
            let mut raw = Vec::new();
            if !frame.is_empty() {
                unpack(&frame, &mut raw)?;
            }
            found.insert(EntryId(id), raw);
        }
        Ok(entries
            .iter()
            .map(|entry| found.remove(entry).unwrap_or_default())
            .collect())
    }
}

/// What the journal no longer has, and what it still knows.
fn removed_then(entry: EntryId, at: Timestamp) -> StoreError {
    StoreError::Refused(say!(
        "isi asli surel jurnal {} sudah dihapus menurut retensi pada {}; sidik SHA-256, tanggal, dan penilaiannya tetap ada (tanggap journal, tanggap books retention)",
        "the content of journal mail {} was removed by retention on {}; its SHA-256 hash, dates and judgement stay (tanggap journal, tanggap books retention)",
        entry.0,
        crate::letter::dates::day(at.wib())
    ))
}

/// Keeps one small text inside a transaction that goes on with it. The same text at the same moment is the same entry.
pub(super) async fn keep_one(
    tx: &mut Conn,
    place: Place,
    raw: &[u8],
    now: Timestamp,
) -> Result<EntryId, StoreError> {
    let arrival = Arrival {
        place,
        raw: RawMail::Whole(raw.to_vec()),
        internal_ms: None,
        seen: now,
    };
    let ready = [ready(arrival)?];
    let fresh = insert_entries(tx, &ready).await?;
    let Some(id) = fresh.values().next().copied() else {
        return Err(StoreError::Refused(
            word(
                "catatan yang sama persis sudah ada; lihat `tanggap case list`",
                "exactly this record is there already; see `tanggap case list`",
            )
            .to_owned(),
        ));
    };
    super::sightings::insert(tx, &ready, &fresh).await?;
    Ok(EntryId(id))
}

/// Hashing and compressing are work for a thread of its own.
async fn packed_off_thread(arrivals: Vec<Arrival>) -> Result<Vec<Ready>, StoreError> {
    let work = tokio::task::spawn_blocking(move || arrivals.into_iter().map(ready).collect());
    match work.await {
        Ok(result) => result,
        Err(stopped) => Err(StoreError::Compression(std::io::Error::other(stopped))),
    }
}

fn ready(arrival: Arrival) -> Result<Ready, StoreError> {
    let packed = match arrival.raw {
        RawMail::Whole(raw) => Packed::whole(&raw)?,
        RawMail::Parts(packed) => packed,
    };
    Ok(Ready {
        place: arrival.place,
        packed,
        internal_ms: arrival.internal_ms,
        seen: arrival.seen,
    })
}

/// Inserts the contents that are new; returns them by digest.
async fn insert_entries(
    tx: &mut Conn,
    ready: &[Ready],
) -> Result<HashMap<[u8; 32], i64>, StoreError> {
    let mut seen = HashSet::new();
    let distinct: Vec<&Ready> = ready
        .iter()
        .filter(|mail| seen.insert(mail.packed.digest))
        .collect();
    let mut fresh = HashMap::with_capacity(distinct.len());
    for some in distinct.chunks(rows_at_once(COLUMNS)) {
        insert_some(tx, some, &mut fresh).await?;
    }
    insert_parts(tx, &distinct, &fresh).await?;
    Ok(fresh)
}

const COLUMNS: usize = 5;

async fn insert_some(
    tx: &mut Conn,
    mails: &[&Ready],
    fresh: &mut HashMap<[u8; 32], i64>,
) -> Result<(), StoreError> {
    let text = format!(
        "INSERT INTO entry (digest, size, kept_ms, more_parts, raw) VALUES {} ON CONFLICT (digest) DO NOTHING RETURNING id, digest",
        rows(mails.len(), COLUMNS)
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for mail in mails {
        let more = mail.packed.parts().len().saturating_sub(1);
        query = query
            .bind(mail.packed.digest.to_vec())
            .bind(i64::try_from(mail.packed.size).unwrap_or(i64::MAX))
            .bind(mail.seen.0)
            .bind(i64::try_from(more).unwrap_or(i64::MAX))
            .bind(mail.packed.parts().next().unwrap_or_default().to_vec());
    }
    for row in query.fetch_all(tx).await.doing("keeping mail")? {
        fresh.insert(digest_of(&row, 1)?, row.try_get(0).doing("keeping mail")?);
    }
    Ok(())
}

/// The further parts of large mails, a statement each: they are a mebibyte apiece.
async fn insert_parts(
    tx: &mut Conn,
    mails: &[&Ready],
    fresh: &HashMap<[u8; 32], i64>,
) -> Result<(), StoreError> {
    for mail in mails {
        let Some(id) = fresh.get(&mail.packed.digest) else {
            continue;
        };
        for (number, part) in (1_i64..).zip(mail.packed.parts().skip(1)) {
            sqlx::query("INSERT INTO entry_part (entry_id, part, raw) VALUES ($1, $2, $3)")
                .bind(id)
                .bind(number)
                .bind(part)
                .execute(&mut *tx)
                .await
                .doing("keeping a part of a large mail")?;
        }
    }
    Ok(())
}

async fn insert_unread(tx: &mut Conn, fresh: &HashMap<[u8; 32], i64>) -> Result<(), StoreError> {
    if fresh.is_empty() {
        return Ok(());
    }
    let values: Vec<String> = (1..=fresh.len()).map(|n| format!("(${n},0)")).collect();
    let text = format!(
        "INSERT INTO unread (entry_id, tries) VALUES {}",
        values.join(",")
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for id in fresh.values() {
        query = query.bind(id);
    }
    query.execute(tx).await.doing("queueing mail to be read")?;
    Ok(())
}

/// The entry of every arrival, whether it is new or was there before.
async fn entry_ids(
    tx: &mut Conn,
    ready: &[Ready],
    fresh: &HashMap<[u8; 32], i64>,
) -> Result<HashMap<[u8; 32], i64>, StoreError> {
    let mut ids = fresh.clone();
    for mail in ready {
        if ids.contains_key(&mail.packed.digest) {
            continue;
        }
        let row = sqlx::query("SELECT id FROM entry WHERE digest = $1");
        let row = row
            .bind(mail.packed.digest.to_vec())
            .fetch_one(&mut *tx)
            .await
            .doing("finding a known mail")?;
        ids.insert(
            mail.packed.digest,
            row.try_get(0).doing("finding a known mail")?,
        );
    }
    Ok(ids)
}

pub(super) fn digest_of(row: &sqlx::any::AnyRow, column: usize) -> Result<[u8; 32], StoreError> {
    let bytes: Vec<u8> = row.try_get(column).doing("reading a digest")?;
    bytes.try_into().map_err(|_| StoreError::Unreadable {
        what: "a digest".to_owned(),
    })
}
