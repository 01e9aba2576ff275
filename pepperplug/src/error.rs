//! Everything that can go wrong at run time, in one type.

use core::fmt;
use core::time::Duration;
use std::path::PathBuf;

use crate::event::DataError;
use crate::feature_sets::FeatureSetsError;
use crate::hook::HookError;
use crate::lifecycle::{ShutdownError, StartError};
use crate::settings::SettingsError;

/// Any error, as plugins and hooks may return it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What can go wrong with a plugin manager.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The plugins do not fit together. `plugins![…]` proves that they do before the program runs; a manager that takes
    /// whatever is linked finds out here, before any plugin is built.
    #[error("{}", list("the plugins do not fit together", .0))]
    Wiring(Vec<String>),
    /// The plugins of a list do not fit together with some set of features.
    #[error(transparent)]
    FeatureSets(#[from] FeatureSetsError),
    /// A `Cargo.toml` cannot be read, or not used.
    #[error("[PP202] {}: {problem}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// Some settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A settings file cannot be read.
    #[error("[PP215] cannot read the settings file `{}`: {source}", path.display())]
    SettingsFile {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Something is wrong with the manifests, and the loader is strict.
    #[cfg(feature = "loader")]
    #[cfg_attr(docsrs, doc(cfg(feature = "loader")))]
    #[error(transparent)]
    Load(#[from] crate::loader::LoadError),
    /// The application did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The application stopped, but not everything went well.
    #[error(transparent)]
    Shutdown(#[from] ShutdownError),
    /// An event could not be emitted, or some of its hooks failed.
    #[error(transparent)]
    Emit(#[from] EmitError),
    /// There is no plugin of that name.
    #[error("[PP220] there is no plugin named `{name}`{}", did_you_mean(suggestion.as_deref()))]
    UnknownPlugin {
        /// The name that was asked for.
        name: String,
        /// A plugin of a similar name.
        suggestion: Option<String>,
    },
    /// The plugin is not one of this manager.
    #[error(
        "[PP221] plugin `{plugin}` is not one of this manager: add `{path}` to its `plugins![…]`"
    )]
    NotListed {
        /// The plugin.
        plugin: &'static str,
        /// The type's path.
        path: String,
    },
    /// The plugin is there, but not running.
    #[error("[PP222] plugin `{plugin}` is not ready: it has not been initialized, or has stopped")]
    NotReady {
        /// The plugin.
        plugin: String,
    },
    /// No plugin of this manager provides the service.
    #[error("[PP223] no plugin provides service `{service}`")]
    NoProvider {
        /// The service.
        service: &'static str,
    },
    /// Several plugins provide the service, so it is not clear which is meant.
    #[error("[PP224] several plugins provide service `{service}`: {}; ask for all of them with `services`", providers.join(", "))]
    SeveralProviders {
        /// The service.
        service: &'static str,
        /// Who provides it.
        providers: Vec<&'static str>,
    },
    /// Plugins are started and stopped on a tokio runtime, and there is none here.
    #[error(
        "[PP225] there is no tokio runtime here: call this from a `#[tokio::main]` function or inside `Runtime::block_on`"
    )]
    NoRuntime,
    /// A manager that has stopped does not start again.
    #[error("[PP226] this manager has stopped and does not start again: build a new one")]
    Stopped,
}

impl Error {
    /// The stable code of this error, such as `PP220`; its page in [`errors`](crate::errors) says how to mend it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Wiring(_) => "PP200",
            Self::FeatureSets(_) => "PP201",
            Self::Manifest { .. } => "PP202",
            Self::Settings(_) => "PP210",
            Self::SettingsFile { .. } => "PP215",
            #[cfg(feature = "loader")]
            Self::Load(_) => "PP259",
            Self::UnknownPlugin { .. } => "PP220",
            Self::NotListed { .. } => "PP221",
            Self::NotReady { .. } => "PP222",
            Self::NoProvider { .. } => "PP223",
            Self::SeveralProviders { .. } => "PP224",
            Self::NoRuntime => "PP225",
            Self::Stopped => "PP226",
            Self::Start(_) => "PP230",
            Self::Shutdown(_) => "PP231",
            Self::Emit(error) => error.code(),
        }
    }
}

/// Why an event did not do its work.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum EmitError {
    /// Not every plugin is ready yet.
    #[error(
        "[PP240] event `{event}` was emitted before the application had started: emit it from a hook on `app.startup`, or after `initialize`"
    )]
    NotStarted {
        /// The event.
        event: &'static str,
    },
    /// The application is stopping, or has stopped.
    #[error("[PP241] event `{event}` was emitted while the application shuts down, or after")]
    ShuttingDown {
        /// The event.
        event: &'static str,
    },
    /// Emits within emits do not end: most likely a hook of an event emits that event, or two events' hooks emit each other.
    #[error(
        "[PP243] event `{event}` was emitted within {} others, and that does not seem to end: {}",
        chain.len() - 1, ring(chain)
    )]
    TooDeep {
        /// The event.
        event: &'static str,
        /// The events whose hooks emit each other, the first one first, this one last.
        chain: Vec<&'static str>,
    },
    /// Its deadline came before all hooks were done.
    #[error(
        "[PP244] event `{event}` was not done by its deadline: {} not done",
        left_out_hooks(left_out)
    )]
    DeadlineExceeded {
        /// The event.
        event: &'static str,
        /// The hook that was cancelled, and those that were not called.
        left_out: Vec<String>,
    },
    /// It was cancelled before all hooks were done.
    #[error(
        "[PP245] event `{event}` was cancelled: {} not done",
        left_out_hooks(left_out)
    )]
    Cancelled {
        /// The event.
        event: &'static str,
        /// The hook that was cancelled, and those that were not called.
        left_out: Vec<String>,
    },
    /// No event has that name.
    #[error("[PP247] there is no event named `{name}`{}", unknown_event(suggestion.as_deref()))]
    UnknownEvent {
        /// The name that was asked for.
        name: String,
        /// An event of a similar name.
        suggestion: Option<String>,
    },
    /// A text that was to be an event's name, or a pattern of names, is none.
    #[error("[PP248] {why}")]
    BadName {
        /// What is wrong with it, and what to write.
        why: String,
    },
    /// The event cannot be made of data, or what comes of it cannot be told as data.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Some hooks failed. In mode notify all of them ran nevertheless.
    #[error("[PP242] {}", hooks(event, errors))]
    Hooks {
        /// The event.
        event: &'static str,
        /// The hooks that failed, in order.
        errors: Vec<HookError>,
    },
}

impl EmitError {
    /// Whether it says that an emit of `name` ended before its hooks were done.
    pub(crate) fn is_early_end_of(&self, name: &str) -> bool {
        match self {
            Self::DeadlineExceeded { event, .. } | Self::Cancelled { event, .. } => *event == name,
            _ => false,
        }
    }

    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotStarted { .. } => "PP240",
            Self::ShuttingDown { .. } => "PP241",
            Self::Hooks { .. } => "PP242",
            Self::TooDeep { .. } => "PP243",
            Self::DeadlineExceeded { .. } => "PP244",
            Self::Cancelled { .. } => "PP245",
            Self::Data(error) => error.code(),
            Self::UnknownEvent { .. } => "PP247",
            Self::BadName { .. } => "PP248",
        }
    }
}

/// `main` prints the error that it returns by `Debug`, and so does `unwrap`: where people read errors, they read these words.
macro_rules! debug_as_display {
    ($($error:ty),+ $(,)?) => {$(
        impl fmt::Debug for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )+};
}

#[cfg(feature = "loader")]
debug_as_display!(crate::loader::LoadError);

debug_as_display!(
    Error,
    EmitError,
    FeatureSetsError,
    HookError,
    SettingsError,
    ShutdownError,
    StartError,
);

fn list(head: &str, lines: &[String]) -> String {
    let mut text = match lines {
        [one] => return one.clone(),
        many => format!("{} problems: {head}", many.len()),
    };
    for line in lines {
        text.push_str("\n  ");
        text.push_str(&line.replace('\n', "\n    "));
    }
    text
}

/// The shortest part of the chain that repeats, from its first event to the same one.
fn ring(chain: &[&str]) -> String {
    let last = chain.last().copied().unwrap_or_default();
    let before = chain.iter().rev().skip(1).position(|event| *event == last);
    let ring = match before {
        Some(length) => &chain[chain.len() - length - 2..],
        None => chain,
    };
    ring.join(" -> ")
}

fn left_out_hooks(left_out: &[String]) -> String {
    match left_out {
        [] => "nothing was".to_owned(),
        [one] => format!("{one} was"),
        [one, more @ ..] => format!("{one} and {} more were", more.len()),
    }
}

pub(crate) fn hooks(event: &str, errors: &[HookError]) -> String {
    match errors {
        [one] => one.to_string(),
        many => {
            let mut text = format!("{} hooks failed on event `{event}`", many.len());
            for error in many {
                text.push_str("\n  ");
                text.push_str(&error.to_string());
            }
            text
        }
    }
}

fn unknown_event(suggestion: Option<&str>) -> String {
    match suggestion {
        Some(_) => did_you_mean(suggestion),
        None => {
            ": declare a type with `#[event]`, or make it known with `events.register`".to_owned()
        }
    }
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion
        .map(|name| format!("; did you mean `{name}`?"))
        .unwrap_or_default()
}

/// A duration as people read it, in seconds with two digits.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.2} s", duration.as_secs_f64())
}
