//! The plugins of this crate, with cache and stores in memory, as the service puts them together.

mod app;
mod attacks;
mod keys;
mod mutations;
mod oauth;
mod oauth_attacks;
mod oauth_tokens;
mod passwords;
mod reload;
mod requests;
mod routes;
mod sessions;
mod settings;
mod stand_ins;
