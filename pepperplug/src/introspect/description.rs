//! A snapshot of a manager as plain data.

use core::fmt;

use serde::Serialize;

use crate::lifecycle::PluginState;

/// Everything that an application is made of, as it is now.
///
/// What serde makes of it is stable: `format` grows when a field changes its meaning or goes away, not when one is added.
/// Each field is named as here, times are in seconds, and what is not there is `null`.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Description {
    /// The format of this data: 1.
    pub format: u32,
    /// The plugins, in start order.
    pub plugins: Vec<PluginDescription>,
    /// The entries of the list that this build leaves out.
    pub off: Vec<OffDescription>,
    /// The plugins that are linked, but not in the list: forgotten, perhaps.
    pub unlisted: Vec<UnlistedDescription>,
    /// The events that have hooks, by name. While the application runs, closures are among the hooks, and otherwise only
    /// those that were added before it started.
    pub events: Vec<EventDescription>,
}

/// One plugin.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct PluginDescription {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: String,
    /// What it says of itself; empty where it says nothing.
    pub description: &'static str,
    /// The type.
    pub path: String,
    /// Where the type is declared: file, line and column.
    pub location: String,
    /// Why it is part of the application.
    pub why: Why,
    /// Whether the application may start without it.
    pub optional: bool,
    /// Where it is in its life: the name of a [`PluginState`], in lower case.
    #[serde(serialize_with = "as_text")]
    pub state: PluginState,
    /// Why it failed or was skipped.
    pub reason: Option<String>,
    /// When it began to be built, after the start of the application.
    pub begun_after: Option<f64>,
    /// How long it took to build and initialize it.
    pub initialized_in: Option<f64>,
    /// When it was ready, after the start of the application: the sum of the two. What came before that is what it waited for.
    pub ready_after: Option<f64>,
    /// The plugins that it requires by name.
    pub requires: Vec<&'static str>,
    /// The services that it provides.
    pub provides: Vec<&'static str>,
    /// The events that it says it emits.
    pub emits: Vec<&'static str>,
    /// What is injected into it.
    pub injects: Vec<InjectionDescription>,
    /// The plugins that it is injected into.
    pub injected_into: Vec<&'static str>,
}

/// Why a plugin is part of the application, or is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Why {
    /// What decides it.
    pub by: DecidedBy,
    /// The cargo feature, where one decides it.
    pub feature: Option<&'static str>,
    /// The whole in words, such as ``listed, feature `audit` is on``.
    pub text: String,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// What decides whether a plugin is part of the application. As data, its name in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DecidedBy {
    /// There is no list, and the build linked it.
    Linked,
    /// It is an entry of the list, without a condition.
    Listed,
    /// It is an entry of the list under a feature, or names the feature that it comes with.
    Feature,
    /// It is an entry of the list under some other condition.
    Condition,
    /// The settings enable or disable it.
    Settings,
    /// A manifest enables or disables it.
    Manifest,
    /// The program itself enables or disables it.
    Code,
}

/// One injected field.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct InjectionDescription {
    /// The field.
    pub field: &'static str,
    /// How strongly it is wanted: `one`, `optional`, `many` or `lazy`.
    pub kind: &'static str,
    /// The service, where the field asks for one.
    pub service: Option<&'static str>,
    /// The plugins that meet it.
    pub by: Vec<&'static str>,
}

/// A plugin that is no part of the application: an entry of the list that this build leaves out, or one that is disabled.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct OffDescription {
    /// The entry as it is written; of a plugin that is disabled, its name.
    pub path: &'static str,
    /// The condition that does not hold; empty for a plugin that is disabled.
    pub cfg: &'static str,
    /// Why it is off.
    pub why: Why,
}

/// A plugin that is linked, but not in the list.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct UnlistedDescription {
    /// Its name.
    pub name: &'static str,
    /// The type, as the list would name it.
    pub path: String,
}

/// One event and its hooks, in the order in which they run.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct EventDescription {
    /// The event's name.
    pub name: &'static str,
    /// Its mode: `notify`, `collect`, `first` or `transform`.
    pub mode: &'static str,
    /// Whether it is emitted without a future.
    pub sync: bool,
    /// How many of the last ones are kept for hooks that come late; `null` where none are.
    pub historic: Option<u64>,
    /// Where its type is declared: file, line and column.
    pub location: String,
    /// Its hooks, in order.
    pub hooks: Vec<HookDescription>,
}

/// One hook in its place.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct HookDescription {
    /// The plugin that declares it; empty for a closure.
    pub plugin: &'static str,
    /// Its method's name, or that of the closure.
    pub hook: &'static str,
    /// The event or pattern that it listens to.
    pub listens_to: &'static str,
    /// Where it is declared: file, line and column.
    pub location: String,
    /// Its priority: higher runs first.
    pub priority: i32,
    /// Whether it may wait at the same time as its neighbours that may, too.
    pub parallel: bool,
    /// Whether it wraps all that come after it.
    pub around: bool,
    /// Whether it is no longer called, since it has failed too often for `on_error = disable`.
    pub disabled: bool,
    /// What put it behind the hook above it.
    pub because: String,
    /// Its policies, without those that nobody sets.
    pub policies: Vec<PolicyDescription>,
}

/// A policy of a hook that somebody sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PolicyDescription {
    /// Its name, as `#[hook(…)]` and the settings have it: `timeout`, `retries`, `backoff`, `on_error`, `disable_after` or
    /// `disable_within`.
    pub policy: &'static str,
    /// The value that holds.
    pub value: String,
    /// Who sets it: `event`, `hook`, or the place in the settings.
    pub origin: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn as_text<S: serde::Serializer>(state: &PluginState, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(state)
}
