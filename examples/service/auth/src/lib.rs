//! Who sends a request: the plugin `auth`, and a plugin for each way to prove who one is.
//!
//! | plugin | feature | what it does |
//! | --- | --- | --- |
//! | `auth` | | asks the providers who sends a request, begins and ends sessions, answers `/register`, `/login`, `/logout` and `/me` |
//! | `accounts` | | users and sessions, and what the cache knows of them |
//! | `basic` | `basic` | `Authorization: Basic`, and whatever else has to do with passwords |
//! | `jwt` | `jwt` | `Authorization: Bearer`, with tokens that it signs |
//! | `oauth`, `oauth-bearer` | `oauth` | the accounts of an OAuth 2 provider, and its tokens as `Authorization: OAuth` or `Bearer` |
//!
//! # How a logout holds
//!
//! A signature stays valid, so no token is believed for its signature alone: each belongs to a session, and the session
//! store is asked with each request whether that has ended. What the cache knows of a session is believed only where the
//! setting `accounts.session_cache` allows it, and for no longer than that; see [`AccountsSettings`].

mod accounts;
mod auth;
#[cfg(feature = "basic")]
mod basic;
mod challenge;
mod credentials;
mod duration;
mod error;
#[cfg(feature = "jwt")]
mod jwt;
#[cfg(feature = "basic")]
mod limiter;
#[cfg(feature = "oauth")]
mod oauth;
mod random;
mod routes;
mod rules;
mod services;
mod settings;

pub use crate::accounts::{AccountsPlugin, AccountsSettings};
pub use crate::auth::{AuthPlugin, create_first_user};
#[cfg(feature = "basic")]
pub use crate::basic::{BasicPlugin, BasicSettings};
pub use crate::error::AuthError;
#[cfg(feature = "jwt")]
pub use crate::jwt::{JwtPlugin, JwtSettings, KeyAlgorithm, KeySettings, new_secret};
#[cfg(feature = "oauth")]
pub use crate::oauth::{Endpoint, OAuthBearerPlugin, OAuthPlugin, OAuthSettings, ProviderSettings};
pub use crate::rules::PasswordRules;
pub use crate::services::{Passwords, TokenIssuer};
pub use crate::settings::{AuthSettings, FirstUser};
