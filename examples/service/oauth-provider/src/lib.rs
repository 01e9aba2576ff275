//! A small OAuth 2 provider on a loopback port: authorization codes with PKCE (RFC 6749, RFC 7636), introspection
//! (RFC 7662) and revocation (RFC 7009), for one client. It asks nobody for consent, and it misbehaves when told to. For
//! tests and for the tour: it is no provider for anybody else.
//!
//! ```
//! # async fn start() -> std::io::Result<()> {
//! use oauth_provider::{Client, Misbehavior, Provider};
//!
//! let client = Client::new("service", "secret", "http://127.0.0.1:8080/oauth/callback");
//! let provider = Provider::start(client).await?;
//! println!("authorize at {}/authorize", provider.url());
//! provider.misbehave(Some(Misbehavior::ExpiredCode));
//! provider.stop().await;
//! # Ok(())
//! # }
//! ```

mod authorize;
mod grants;
mod introspect;
mod misbehavior;
mod provider;
mod token;

pub use crate::misbehavior::Misbehavior;
pub use crate::provider::{Calls, Client, Provider};
