//! The table `sessions`.

use std::time::SystemTime;

use api::{Session, SessionStore, StoreError};
use async_trait::async_trait;

use crate::error::DatabaseError;
use crate::plugin::DatabasePlugin;
use crate::pool::Pool;
use crate::query::Query;
use crate::time::{from_table, to_table};

/// How many sessions one query forgets, so that none takes long and nobody waits for it.
const BATCH: u64 = 1_000;

#[async_trait]
impl SessionStore for DatabasePlugin {
    async fn begin_session(&self, session: Session) -> Result<(), StoreError> {
        let query =
            Query::new("INSERT INTO sessions (id, user_id, expires_at) VALUES ($1, $2, $3)")
                .bind(session.id)
                .bind(session.user_id.as_str())
                .bind(to_table(session.expires_at));
        match self.execute(query).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_foreign_key_violation() => {
                Err(StoreError::NoSuchUser(session.user_id))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// When it ends is exact to the millisecond.
    async fn session(&self, id: &str) -> Result<Option<Session>, StoreError> {
        let query = Query::new(
            "SELECT id, user_id, expires_at FROM sessions WHERE id = $1 AND expires_at > $2",
        )
        .bind(id)
        .bind(to_table(SystemTime::now()));
        let Some(row) = self.fetchrow(query).await? else {
            return Ok(None);
        };
        Ok(Some(Session {
            id: row.get("id")?,
            user_id: row.get("user_id")?,
            expires_at: from_table(row.get("expires_at")?),
        }))
    }

    async fn end_session(&self, id: &str) -> Result<bool, StoreError> {
        // One that had ended by itself was there no more.
        let query = Query::new("DELETE FROM sessions WHERE id = $1 AND expires_at > $2")
            .bind(id)
            .bind(to_table(SystemTime::now()));
        Ok(self.execute(query).await? > 0)
    }

    async fn forget_ended_sessions(&self) -> Result<u64, StoreError> {
        Ok(forget_ended(self.pool()?).await?)
    }
}

/// Forgets the sessions that have ended by now, some at a time. How many these were.
pub(crate) async fn forget_ended(pool: &Pool) -> Result<u64, DatabaseError> {
    // Those that end meanwhile are for the next time, so that this comes to an end.
    let now = to_table(SystemTime::now());
    let mut forgotten = 0;
    loop {
        let query = Query::new(
            "DELETE FROM sessions WHERE id IN \
             (SELECT id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at, id LIMIT 1000)",
        )
        .bind(now);
        let some = pool.acquire().await?.execute(query).await?;
        forgotten += some;
        if some < BATCH {
            return Ok(forgotten);
        }
    }
}
