//! The table `users`.

use std::time::Duration;

use crate::{DatabaseError, DatabasePlugin};

/// A row of `users`.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Unique.
    pub name: String,
    /// What they may do.
    pub role: String,
    /// In PHC format.
    pub password_hash: String,
    /// How often they have logged in.
    pub logins: i64,
}

impl core::fmt::Debug for User {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // Hashes do not belong in logs.
        let Self {
            name, role, logins, ..
        } = self;
        f.debug_struct("User")
            .field("name", name)
            .field("role", role)
            .field("logins", logins)
            .finish_non_exhaustive()
    }
}

/// How long a role is believed without asking the database again.
const ROLE_TTL: Duration = Duration::from_secs(300);

impl DatabasePlugin {
    /// Adds a user, unless there is one of that name. Whether it was added.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn add_user(
        &self,
        name: &str,
        role: &str,
        password_hash: &str,
    ) -> Result<bool, DatabaseError> {
        let sql = "INSERT INTO users (name, role, password_hash) VALUES (?, ?, ?) \
                   ON CONFLICT (name) DO NOTHING";
        let done = sqlx::query(sql)
            .bind(name)
            .bind(role)
            .bind(password_hash)
            .execute(self.pool()?)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The user of that name.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn user(&self, name: &str) -> Result<Option<User>, DatabaseError> {
        let sql = "SELECT name, role, password_hash, logins FROM users WHERE name = ?";
        let row: Option<(String, String, String, i64)> = sqlx::query_as(sql)
            .bind(name)
            .fetch_optional(self.pool()?)
            .await?;
        Ok(row.map(|(name, role, password_hash, logins)| User {
            name,
            role,
            password_hash,
            logins,
        }))
    }

    /// What the user of that name may do; from the cache, where there is one and it knows.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn role(&self, name: &str) -> Result<Option<String>, DatabaseError> {
        let key = format!("role:{name}");
        if let Some(role) = self.cache.as_ref().and_then(|cache| cache.get(&key)) {
            return Ok(Some(role.to_string()));
        }
        let role: Option<String> = sqlx::query_scalar("SELECT role FROM users WHERE name = ?")
            .bind(name)
            .fetch_optional(self.pool()?)
            .await?;
        if let (Some(cache), Some(role)) = (&self.cache, &role) {
            cache.set(&key, role, Some(ROLE_TTL));
        }
        Ok(role)
    }

    /// How many users there are.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn count_users(&self) -> Result<i64, DatabaseError> {
        Ok(sqlx::query_scalar("SELECT count(*) FROM users")
            .fetch_one(self.pool()?)
            .await?)
    }

    pub(crate) async fn add_login(&self, name: &str) -> Result<(), DatabaseError> {
        sqlx::query("UPDATE users SET logins = logins + 1 WHERE name = ?")
            .bind(name)
            .execute(self.pool()?)
            .await?;
        Ok(())
    }
}
