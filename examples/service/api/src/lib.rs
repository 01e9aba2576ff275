//! What the plugins of the service agree on. No plugin knows another one: they know these events and services.

mod cache;
mod health;
mod http;
mod remote;
mod user;

pub use async_trait::async_trait;

pub use crate::cache::{Cache, CacheError};
pub use crate::health::{Health, HealthCheck};
pub use crate::http::{Body, HttpCall, HttpRequest, PEER, Peer, Problem, Response};
pub use crate::remote::{REMOTE, Work, is_for_here, is_remote, remote};
pub use crate::user::{
    AuthProvider, Identity, NewUser, Session, SessionStore, StoreError, Token, User, UserLogin,
    UserLogout, UserRegistered, UserStore,
};
