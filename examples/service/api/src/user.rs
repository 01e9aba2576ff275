//! Who somebody is, and how that is known.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use pepperplug::{BoxError, event, service};
use serde::{Deserialize, Serialize};

/// Somebody who may log in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Unique, and never given to another.
    pub id: String,
    /// Unique at any time.
    pub name: String,
    /// What they may do.
    pub roles: Vec<String>,
}

/// A user to be created.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Not taken by another.
    pub name: String,
    /// What they may do.
    pub roles: Vec<String>,
    /// The hash of the password, in the PHC string format.
    pub password_hash: String,
}

/// The users, in a database.
#[async_trait]
#[service("user-store")]
pub trait UserStore: Send + Sync {
    /// Creates a user.
    ///
    /// # Errors
    /// [`StoreError::Taken`], where another has that name.
    async fn create_user(&self, user: NewUser) -> Result<User, StoreError>;

    /// The user of that id.
    async fn user(&self, id: &str) -> Result<Option<User>, StoreError>;

    /// The user of that name, and the hash of the password.
    async fn credentials(&self, name: &str) -> Result<Option<(User, String)>, StoreError>;

    /// How many there are.
    async fn count_users(&self) -> Result<u64, StoreError>;
}

/// Somebody's stay, from login to logout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The id of the token that it was begun with.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// When it ends, unless it is ended before.
    pub expires_at: SystemTime,
}

/// The sessions, in a database.
#[async_trait]
#[service("session-store")]
pub trait SessionStore: Send + Sync {
    /// Begins a session.
    ///
    /// # Errors
    /// [`StoreError::NoSuchUser`], where nobody has the id of its user.
    async fn begin_session(&self, session: Session) -> Result<(), StoreError>;

    /// The session of that id, unless it has ended.
    async fn session(&self, id: &str) -> Result<Option<Session>, StoreError>;

    /// Ends a session. Whether there was one.
    async fn end_session(&self, id: &str) -> Result<bool, StoreError>;

    /// Forgets all sessions that have ended, and says how many.
    async fn forget_ended_sessions(&self) -> Result<u64, StoreError>;
}

/// Why a store did not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another user has that name.
    #[error("the name `{0}` is taken")]
    Taken(String),
    /// Nobody has that id.
    #[error("there is no user of the id `{0}`")]
    NoSuchUser(String),
    /// All connections were in use for that long.
    #[error("no connection to the database was free within {0:?}: all are in use")]
    PoolExhausted(Duration),
    /// The database does not answer, or answers with an error.
    #[error("the database is unavailable: {0}")]
    Unavailable(#[source] BoxError),
}

/// Who sends a request, and how we know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The user.
    pub user: User,
    /// The scheme that proved it, such as `Bearer`.
    pub scheme: String,
    /// The session, where there is one.
    pub session: Option<String>,
}

/// Proves who somebody is, in one scheme of the header `Authorization`.
#[async_trait]
#[service("auth-provider")]
pub trait AuthProvider: Send + Sync {
    /// Its scheme, such as `Bearer`. Compared without regard to case.
    fn scheme(&self) -> &'static str;

    /// Whose credentials these are; none where they are of a kind that another provider of the scheme may know.
    ///
    /// # Errors
    /// Where they are wrong, expired or revoked.
    async fn authenticate(&self, credentials: &str) -> Result<Option<Identity>, BoxError>;

    /// As [`authenticate`](Self::authenticate), where it is known which address they come from. For those who count
    /// failures; all others make no difference.
    ///
    /// # Errors
    /// As above, and where too many from there were wrong.
    async fn authenticate_from(
        &self,
        credentials: &str,
        peer: Option<IpAddr>,
    ) -> Result<Option<Identity>, BoxError> {
        let _ = peer;
        self.authenticate(credentials).await
    }
}

/// Somebody has proved who they are, and wants a token: whoever issues tokens answers. Others only listen: they answer
/// nothing, and have a higher priority.
#[event("user.login", mode = first, output = Token)]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserLogin {
    /// Who it is.
    pub user: User,
}

/// What a request proves who sends it with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Tells it from others; no secret.
    pub id: String,
    /// What the header `Authorization: Bearer` carries.
    pub value: String,
    /// When it expires.
    pub expires_at: SystemTime,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Whoever has the value is the user.
        f.debug_struct("Token")
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Somebody leaves: the token is of no use from now on, on any node.
#[event("user.logout")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserLogout {
    /// Who it is.
    pub user: User,
    /// The id of the token.
    pub token: String,
}

/// Somebody is new.
#[event("user.registered")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserRegistered {
    /// Who it is.
    pub user: User,
}
