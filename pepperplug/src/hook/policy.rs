//! What a hook may take and how failures are met: declared on the event, overridden on the hook, overridden by settings.

use core::fmt;
use core::time::Duration;
use std::hash::{BuildHasher, Hasher, RandomState};

/// What happens when a hook fails, all its retries included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum OnError {
    /// The emitter gets the error. The default.
    #[default]
    Fail,
    /// The error is logged, and the emitter is not told.
    Ignore,
    /// The error is logged; after some within a while the hook is taken out, until it is put back.
    Disable,
}

impl fmt::Display for OnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Fail => "fail",
            Self::Ignore => "ignore",
            Self::Disable => "disable",
        })
    }
}

/// The policies that an event or a hook declares.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Declared {
    pub(crate) timeout_ms: Option<u64>,
    pub(crate) retries: Option<u32>,
    pub(crate) backoff_ms: Option<u64>,
    pub(crate) on_error: Option<OnError>,
    pub(crate) disable_after: Option<u32>,
    pub(crate) disable_within_ms: Option<u64>,
}

impl Declared {
    pub(crate) const NONE: Self = Self {
        timeout_ms: None,
        retries: None,
        backoff_ms: None,
        on_error: None,
        disable_after: None,
        disable_within_ms: None,
    };
}

/// Where the value of a policy comes from; each overrides those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyOrigin {
    /// Nobody says anything.
    Default,
    /// The event's `#[event(…)]`.
    Event,
    /// The hook's `#[hook(…)]`, or the options of a closure.
    Hook,
    /// The settings, and where in them.
    Settings(String),
}

impl fmt::Display for PolicyOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.pad("default"),
            Self::Event => f.pad("event"),
            Self::Hook => f.pad("hook"),
            Self::Settings(place) => f.pad(place),
        }
    }
}

/// A policy's value that holds, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyValue<T> {
    /// The value.
    pub value: T,
    /// Who says so.
    pub origin: PolicyOrigin,
}

/// The policies that hold for one hook.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HookPolicy {
    /// How long one attempt may take. `None` is as long as it likes.
    pub timeout: PolicyValue<Option<Duration>>,
    /// How often it is tried again.
    pub retries: PolicyValue<u32>,
    /// The pause before it is tried again; doubled each time, up to a second or to itself, whichever is longer. Of each
    /// pause a random part of up to a half is left out, so that those who failed together do not come back together.
    pub backoff: PolicyValue<Duration>,
    /// What happens when it fails for good.
    pub on_error: PolicyValue<OnError>,
    /// With [`OnError::Disable`], how many failures take it out.
    pub disable_after: PolicyValue<u32>,
    /// With [`OnError::Disable`], within what time they must fall to do so.
    pub disable_within: PolicyValue<Duration>,
}

/// Policies that the operator's settings set for the hooks of an event.
#[derive(Debug, Clone, Default)]
pub(crate) struct PolicyOverride {
    pub(crate) declared: Declared,
    /// Where the settings say so, by the key.
    pub(crate) places: Vec<(String, String)>,
}

const BACKOFF: Duration = Duration::from_millis(10);
const LONGEST_BACKOFF: Duration = Duration::from_secs(1);
const DISABLE_AFTER: u32 = 3;
const DISABLE_WITHIN: Duration = Duration::from_secs(60);

impl HookPolicy {
    /// What holds of a hook that declares `hook`, on an event that declares `event`.
    pub(crate) fn of(event: &Declared, hook: &Declared, settings: &[&PolicyOverride]) -> Self {
        let levels = Levels {
            event,
            hook,
            settings,
        };
        let ms = Duration::from_millis;
        Self {
            timeout: levels.pick("timeout", None, |at| at.timeout_ms.map(ms).map(Some)),
            retries: levels.pick("retries", 0, |at| at.retries),
            backoff: levels.pick("backoff", BACKOFF, |at| at.backoff_ms.map(ms)),
            on_error: levels.pick("on_error", OnError::Fail, |at| at.on_error),
            disable_after: levels.pick("disable_after", DISABLE_AFTER, |at| at.disable_after),
            disable_within: levels.pick("disable_within", DISABLE_WITHIN, |at| {
                at.disable_within_ms.map(ms)
            }),
        }
    }

    /// The pause before attempt `next`, the first retry being the second.
    pub(super) fn pause(&self, next: u32) -> Duration {
        let first = self.backoff.value;
        let doubled = first.saturating_mul(1 << next.saturating_sub(2).min(20));
        let pause = doubled.min(LONGEST_BACKOFF.max(first));
        // Each `RandomState` is another one.
        let random = RandomState::new().build_hasher().finish() as u32;
        let left_out = pause.mul_f64(f64::from(random) / f64::from(u32::MAX) / 2.0);
        pause.saturating_sub(left_out)
    }
}

struct Levels<'a> {
    event: &'a Declared,
    hook: &'a Declared,
    settings: &'a [&'a PolicyOverride],
}

impl Levels<'_> {
    fn pick<T>(
        &self,
        key: &str,
        otherwise: T,
        of: impl Fn(&Declared) -> Option<T>,
    ) -> PolicyValue<T> {
        let settings = self.settings.iter().rev().find_map(|level| {
            let value = of(&level.declared)?;
            let place = level.places.iter().find(|(of, _)| of == key);
            let place = place.map_or_else(|| "settings".to_owned(), |(_, place)| place.clone());
            Some((value, PolicyOrigin::Settings(place)))
        });
        let declared = || {
            let hook = of(self.hook).map(|value| (value, PolicyOrigin::Hook));
            hook.or_else(|| of(self.event).map(|value| (value, PolicyOrigin::Event)))
        };
        let (value, origin) = settings
            .or_else(declared)
            .unwrap_or((otherwise, PolicyOrigin::Default));
        PolicyValue { value, origin }
    }
}
