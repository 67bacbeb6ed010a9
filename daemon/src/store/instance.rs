//! Table `instance`: the secret behind every key of ours.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sqlx::{AnyPool, Row};

use super::sql::Doing;
use super::{Store, StoreError};
use crate::clock::{Timestamp, random_bytes};

/// Reads the secret; the first daemon makes it.
pub(super) async fn secret(pool: &AnyPool, now: Timestamp) -> Result<[u8; 32], StoreError> {
    let fresh = random_bytes::<32>();
    sqlx::query("INSERT INTO instance (id, secret, created_ms) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING")
        .bind(fresh.to_vec())
        .bind(now.0)
        .execute(pool)
        .await
        .doing("making the instance secret")?;
    let row = sqlx::query("SELECT secret FROM instance WHERE id = 1");
    let row = row
        .fetch_one(pool)
        .await
        .doing("reading the instance secret")?;
    let bytes: Vec<u8> = row.try_get(0).doing("reading the instance secret")?;
    bytes.try_into().map_err(|_| StoreError::Unreadable {
        what: "an instance secret".to_owned(),
    })
}

impl Store {
    /// The key of one effect: nobody outside can guess or choose it (`faults.md` section 3, Identities).
    pub fn effect_key(&self, order_key: &str) -> [u8; 15] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret)
            .unwrap_or_else(|_| unreachable!("any length is a key"));
        mac.update(order_key.as_bytes());
        let whole = mac.finalize().into_bytes();
        std::array::from_fn(|i| whole.get(i).copied().unwrap_or_default())
    }
}
