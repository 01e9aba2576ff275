//! What can go wrong.

use api::BoxError;

/// What can go wrong in `auth`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// There is no such user, or the password is another: which of the two is nobody's business.
    #[error("no such user, or the password is another")]
    Refused,
    /// The session was closed, or fell out of the cache, while it was opened.
    #[error("the session is already closed")]
    NoSession,
    /// `initialize` has not run.
    #[error("passwords cannot be checked yet")]
    NotReady,
    /// A password that cannot be hashed, or parameters that argon2 does not take.
    #[error("argon2: {0}")]
    Argon2(String),
    /// The operating system gives no random numbers.
    #[error("no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// The thread that worked on a password is gone.
    #[error("the work on a password was cut short: {0}")]
    CutShort(#[from] tokio::task::JoinError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] database::DatabaseError),
    /// A hook on one of the events that are emitted here failed.
    #[error(transparent)]
    Emit(#[from] pepperplug::Error),
    /// An [`AuthProvider`](api::AuthProvider) failed.
    #[error(transparent)]
    Provider(BoxError),
}
