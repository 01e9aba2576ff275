//! What a closure says of itself as a hook.

use core::time::Duration;

use super::meta::NORMAL;
use super::policy::{Declared, OnError};

/// How a closure is a hook: what `#[hook(…)]` says of a method.
///
/// ```
/// use std::time::Duration;
///
/// use pepperplug::{HookOptions, OnError};
///
/// let options = HookOptions::new()
///     .name("audit")
///     .priority(100)
///     .after(&["auth"])
///     .timeout(Duration::from_secs(2))
///     .on_error(OnError::Ignore);
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "it does nothing until a closure is added with it"]
pub struct HookOptions {
    pub(super) name: Option<&'static str>,
    pub(super) priority: i32,
    pub(super) before: &'static [&'static str],
    pub(super) after: &'static [&'static str],
    pub(super) policies: Declared,
    pub(super) parallel: Option<bool>,
    pub(super) once: bool,
}

impl HookOptions {
    /// Of normal priority, with the policies of its event.
    pub const fn new() -> Self {
        Self {
            name: None,
            priority: NORMAL,
            before: &[],
            after: &[],
            policies: Declared::NONE,
            parallel: None,
            once: false,
        }
    }

    /// What it is called in errors and reports; the closure's type, unless set.
    pub const fn name(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    /// Its priority: higher runs first. 50 unless set; `low` is 0, and `high` is 100. Of one priority, plugins come first.
    pub const fn priority(mut self, priority: i32) -> Self {
        self.priority = priority;
        self
    }

    /// It runs before the hooks of these plugins, whatever the priorities say.
    pub const fn before(mut self, plugins: &'static [&'static str]) -> Self {
        self.before = plugins;
        self
    }

    /// It runs after the hooks of these plugins, whatever the priorities say.
    pub const fn after(mut self, plugins: &'static [&'static str]) -> Self {
        self.after = plugins;
        self
    }

    /// How long one call may take, if it has to wait.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.policies.timeout_ms = Some(millis(limit));
        self
    }

    /// How often it is tried again. Then it may run more than once for one event.
    pub const fn retries(mut self, retries: u32) -> Self {
        self.policies.retries = Some(retries);
        self
    }

    /// The pause before it is tried again for the first time. 10 ms unless set.
    pub fn backoff(mut self, pause: Duration) -> Self {
        self.policies.backoff_ms = Some(millis(pause));
        self
    }

    /// What happens when it fails.
    pub const fn on_error(mut self, on_error: OnError) -> Self {
        self.policies.on_error = Some(on_error);
        self
    }

    /// With [`OnError::Disable`], after how many failures, and within what time, it is taken out.
    pub fn disable_after(mut self, failures: u32, within: Duration) -> Self {
        self.policies.disable_after = Some(failures);
        self.policies.disable_within_ms = Some(millis(within));
        self
    }

    /// It may wait at the same time as its neighbours of the same priority that say so too.
    pub const fn parallel(mut self) -> Self {
        self.parallel = Some(true);
        self
    }

    /// It is called once at most, and is gone then.
    pub const fn once(mut self) -> Self {
        self.once = true;
        self
    }
}

impl Default for HookOptions {
    fn default() -> Self {
        Self::new()
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
