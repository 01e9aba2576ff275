//! Hooks: the methods that events call, their order and the way they are called.

mod dispatch;
mod erased;
mod meta;
mod pattern;
mod result;
mod run;
mod slot;
mod table;

pub use self::dispatch::{Dispatcher, Events};
pub use self::erased::{AsyncMutShim, AsyncShim, PP034_hook_future, SyncMutShim, SyncShim};
pub use self::meta::{HookMeta, HookTarget, Named, OnError};
pub use self::pattern::EventPattern;
pub use self::result::{HookError, HookFailure, HookResult};
pub(crate) use self::result::{panic_text, text_of};
pub use self::slot::{Start, Started};
pub(crate) use self::table::{Gate, HookSource, TableHook, Tables};

#[cfg(test)]
mod tests;
