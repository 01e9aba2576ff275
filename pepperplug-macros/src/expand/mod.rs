//! Model → tokens. Nothing here can fail: whatever can belongs to an earlier stage.

pub(crate) mod dump;
pub(crate) mod event;
pub(crate) mod fallback;
mod field;
pub(crate) mod function;
pub(crate) mod hook;
pub(crate) mod inject;
pub(crate) mod link;
pub(crate) mod method;
pub(crate) mod path;
pub(crate) mod plugin;
pub(crate) mod plugins;
pub(crate) mod service;
mod version;
