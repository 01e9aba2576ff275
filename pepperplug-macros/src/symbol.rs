//! The names users write: attributes and their options.
//!
//! Each name is spelt once, here, so that a key table, the code that reads the value and a message cannot disagree.

pub(crate) const EVENT: &str = "event";
pub(crate) const HOOK: &str = "hook";
pub(crate) const INIT: &str = "init";
pub(crate) const INJECT: &str = "inject";
pub(crate) const PLUGIN: &str = "plugin";
pub(crate) const SERVICE: &str = "service";

pub(crate) const AFTER: &str = "after";
pub(crate) const BACKOFF: &str = "backoff";
pub(crate) const BEFORE: &str = "before";
pub(crate) const CRATE: &str = "crate";
pub(crate) const DESCRIPTION: &str = "description";
pub(crate) const DISABLE_AFTER: &str = "disable_after";
pub(crate) const DISABLE_WITHIN: &str = "disable_within";
pub(crate) const EMITS: &str = "emits";
pub(crate) const FEATURE: &str = "feature";
pub(crate) const HISTORIC: &str = "historic";
pub(crate) const MODE: &str = "mode";
pub(crate) const NAME: &str = "name";
pub(crate) const ON_ERROR: &str = "on_error";
pub(crate) const OPTIONAL: &str = "optional";
pub(crate) const OUTPUT: &str = "output";
pub(crate) const PARALLEL: &str = "parallel";
pub(crate) const PRIORITY: &str = "priority";
pub(crate) const PROVIDES: &str = "provides";
pub(crate) const REQUIRES: &str = "requires";
pub(crate) const RETRIES: &str = "retries";
pub(crate) const SEQUENTIAL: &str = "sequential";
pub(crate) const SETTINGS: &str = "settings";
pub(crate) const SINGLE: &str = "single";
pub(crate) const SYNC: &str = "sync";
pub(crate) const TIMEOUT: &str = "timeout";
pub(crate) const VERSION: &str = "version";

/// The methods of a `#[plugin] impl` that the lifecycle calls.
pub(crate) const INITIALIZE: &str = "initialize";
pub(crate) const CLEANUP: &str = "cleanup";
pub(crate) const RECONFIGURE: &str = "reconfigure";
