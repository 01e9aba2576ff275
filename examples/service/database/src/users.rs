//! The table `users`.

use api::{NewUser, StoreError, User, UserStore};
use async_trait::async_trait;
use uuid::Uuid;

use crate::error::DatabaseError;
use crate::plugin::DatabasePlugin;
use crate::query::Query;
use crate::row::Row;
use crate::time::to_table;

#[async_trait]
impl UserStore for DatabasePlugin {
    async fn create_user(&self, user: NewUser) -> Result<User, StoreError> {
        // Its first bits are a time, so that the index grows at its end.
        let id = Uuid::now_v7().to_string();
        let query = Query::new(
            "INSERT INTO users (id, name, roles, password_hash, created_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(id.as_str())
        .bind(user.name.as_str())
        .bind(roles_to_table(&user.roles)?)
        .bind(user.password_hash)
        .bind(to_table(std::time::SystemTime::now()));
        match self.execute(query).await {
            Ok(_) => Ok(User {
                id,
                name: user.name,
                roles: user.roles,
            }),
            Err(error) if error.is_unique_violation() => Err(StoreError::Taken(user.name)),
            Err(error) => Err(error.into()),
        }
    }

    async fn user(&self, id: &str) -> Result<Option<User>, StoreError> {
        let query = Query::new("SELECT id, name, roles FROM users WHERE id = $1").bind(id);
        let row = self.fetchrow(query).await?;
        row.as_ref().map(user_of).transpose()
    }

    async fn credentials(&self, name: &str) -> Result<Option<(User, String)>, StoreError> {
        let query = Query::new("SELECT id, name, roles, password_hash FROM users WHERE name = $1")
            .bind(name);
        let Some(row) = self.fetchrow(query).await? else {
            return Ok(None);
        };
        Ok(Some((user_of(&row)?, row.get("password_hash")?)))
    }

    async fn count_users(&self) -> Result<u64, StoreError> {
        let query = Query::new("SELECT count(*) AS users FROM users");
        let row = self.fetchrow(query).await?;
        let users = row.map(|row| row.get::<i64>("users")).transpose()?;
        Ok(users.unwrap_or(0).unsigned_abs())
    }
}

fn user_of(row: &Row) -> Result<User, StoreError> {
    let roles: String = row.get("roles")?;
    let roles = serde_json::from_str(&roles).map_err(|source| DatabaseError::Column {
        column: "roles".to_owned(),
        source: sqlx::Error::Decode(source.into()),
    })?;
    Ok(User {
        id: row.get("id")?,
        name: row.get("name")?,
        roles,
    })
}

fn roles_to_table(roles: &[String]) -> Result<String, StoreError> {
    serde_json::to_string(roles).map_err(|error| StoreError::Unavailable(error.into()))
}
