#![doc = include_str!("../docs/testing.md")]

mod builder;
mod closure;
mod fault;
mod log;
mod manager;
mod stand_in;

pub use self::builder::TestManagerBuilder;
pub use self::log::{HookLog, HookRecord, Recorded};
pub use self::manager::TestManager;
pub use crate::lifecycle::Phase;
