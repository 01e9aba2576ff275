//! The plugins, as applications use them.

mod common;
mod memory;
mod model;
mod own_server;
mod redis;
