//! Table `desk_way`: whether the way into osTicket can write to tickets that exist, as the daemon found it.

use sqlx::Row;

use super::sql::Doing;
use super::{Store, StoreError};

impl Store {
    /// Remembers what the daemon found.
    pub async fn set_desk_writes(&self, writes: bool) -> Result<(), StoreError> {
        if self.desk_writes().await? == Some(writes) {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO desk_way (id, writes) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET writes = excluded.writes",
        )
        .bind(i64::from(writes))
        .execute(&mut *tx)
        .await
        .doing("remembering the way into osTicket")?;
        tx.commit().await.doing("remembering the way into osTicket")
    }

    /// What the daemon found last; `None` before the first time.
    pub async fn desk_writes(&self) -> Result<Option<bool>, StoreError> {
        let row = sqlx::query("SELECT writes FROM desk_way WHERE id = 1")
            .fetch_optional(self.reader())
            .await
            .doing("reading the way into osTicket")?;
        row.map(|row| {
            let writes: i64 = row.try_get(0).doing("reading the way into osTicket")?;
            Ok(writes == 1)
        })
        .transpose()
    }
}
