//! The database of the service: a pool of connections, migrations, users and sessions.
//!
//! The plugin [`DatabasePlugin`] keeps them in SQLite, or, with the crate feature `postgres` and a url `postgres://…`, in
//! PostgreSQL. It provides `dyn UserStore` and `dyn SessionStore`. Plugins with tables of their own inject it and ask it
//! [`Query`]s, which are written once for both databases:
//!
//! ```
//! # use database::{DatabaseError, DatabasePlugin, Query};
//! async fn name_of(database: &DatabasePlugin, id: &str) -> Result<Option<String>, DatabaseError> {
//!     let query = Query::new("SELECT name FROM users WHERE id = $1").bind(id);
//!     let row = database.fetchrow(query).await?;
//!     row.map(|row| row.get("name")).transpose()
//! }
//! ```

mod connection;
mod error;
mod migrations;
mod plugin;
mod pool;
mod query;
mod row;
mod sessions;
mod settings;
mod sweep;
mod time;
mod users;

pub use crate::connection::Connection;
pub use crate::error::DatabaseError;
pub use crate::plugin::DatabasePlugin;
pub use crate::pool::PoolState;
pub use crate::query::{Query, Value};
pub use crate::row::{FromColumn, Row};
pub use crate::settings::DatabaseSettings;
