//! Starting and stopping: states, order, rollback.

mod build;
mod crew;
mod failure;
mod held;
mod plan;
mod problem;
mod progress;
mod reconfigure;
mod reload;
mod runner;
mod start;
mod state;
mod stop;
mod task;
mod walk;

pub(crate) use self::failure::Failures;
pub use self::failure::Phase;
pub(crate) use self::problem::{Ending, Line, Note, Problems};
pub use self::problem::{ShutdownError, StartError};
pub(crate) use self::reconfigure::reconfigure;
pub use self::reload::{Reload, ReloadError};
pub(crate) use self::start::{Kept, StartContext, roll_back, start, undo};
pub use self::state::{PluginState, Timeouts};
pub(crate) use self::state::{Records, Threads};
pub(crate) use self::stop::{Running, stop};

#[cfg(test)]
mod tests;
