//! The values inside attributes: names, patterns, versions, durations.
//!
//! These parsers know the text only; the attributes decide where a text came from and which code a mistake has.

pub(crate) mod duration;
pub(crate) mod name;
pub(crate) mod pattern;
pub(crate) mod version;
