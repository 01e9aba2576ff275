//! The plugin, as applications use it, on both databases.

mod common;
mod migrations;
mod postgres;
mod proxy;
mod queries;
mod reload;
mod sqlite;
mod stores;
