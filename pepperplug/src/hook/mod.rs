//! Hooks: the methods that events call, their order and the way they are called.

mod body;
mod call;
mod call_all;
mod catalogue;
mod change;
mod dispatch;
mod dynamic;
mod emission;
mod emitting;
mod group;
mod history;
mod hook_run;
mod listen;
mod meta;
mod next;
mod observe;
mod options;
mod order;
mod patience;
mod pattern;
mod policy;
mod read;
mod result;
mod roster;
mod sink;
mod slot;
mod status;
mod subscription;
mod sync;
mod table;
mod tables;
mod trace;
mod turn;
mod values;
mod visit;
mod watch;

#[cfg(feature = "testing")]
pub(crate) use self::call::Fault;
pub use self::call::{AroundMutShim, AroundShim, MutShim, PP034_hook_future, Shim};
pub(crate) use self::catalogue::{DynamicEvent, Registered};
pub use self::dispatch::Dispatcher;
pub(crate) use self::dynamic::{DynamicEmit, EmitData, made_of};
pub(crate) use self::emitting::emit_sync;
pub use self::emitting::{Emitting, Events};
pub(crate) use self::history::{Historic, Keep, Kept};
pub use self::meta::{HookMeta, HookTarget, Named};
pub use self::next::Next;
pub(crate) use self::observe::Observers;
pub use self::observe::{HookOutcome, HookResultKind};
pub use self::options::HookOptions;
pub use self::pattern::EventPattern;
pub(crate) use self::policy::{Declared, PolicyOverride};
pub use self::policy::{HookPolicy, OnError, PolicyOrigin, PolicyValue};
pub(crate) use self::read::meet_thread;
pub use self::result::{HookError, HookFailure, HookResult};
pub(crate) use self::result::{panic_text, text_of};
pub(crate) use self::roster::{Gate, HookSource};
pub use self::sink::{Ask, Errors, Gather, Sink};
pub use self::slot::Start;
pub use self::status::Status;
pub use self::subscription::Subscription;
pub(crate) use self::table::{Table, TableHook};

#[cfg(test)]
mod tests;
