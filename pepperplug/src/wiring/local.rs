//! What one edge's two ends know without the rest of the list; each check stands at the literal that it is about.

use super::message::Message;
use super::text::{same, starts_with};
use crate::event::{EventMeta, EventMode};
use crate::meta::MetaRef;
use crate::version::VersionReq;

/// `#[inject("name")]` on a plugin's type must be that plugin's name.
#[must_use]
pub const fn check_injected_name(target: MetaRef, given: &str) -> Option<Message> {
    let plugin = target.get();
    if same(plugin.name(), given) {
        return None;
    }
    let mut message = Message::new();
    message.fault(
        "PP023",
        &[
            "`",
            plugin.type_name(),
            "` is plugin `",
            plugin.name(),
            "`, not `",
            given,
            "`",
        ],
    );
    message.line(&[
        "help: write `#[inject(\"",
        plugin.name(),
        "\")]`, or inject another type",
    ]);
    message.if_any()
}

/// `#[inject(version = "…")]` on a plugin's type must take that plugin's version.
#[must_use]
pub const fn check_injected_version(
    target: MetaRef,
    range: VersionReq,
    injecting: &str,
) -> Option<Message> {
    let plugin = target.get();
    if range.matches(&plugin.version) {
        return None;
    }
    let mut message = Message::new();
    message.fault(
        "PP046",
        &["plugin `", injecting, "` injects `", plugin.name(), "` "],
    );
    message.range(&range);
    message.push(&[", and the one linked is "]);
    message.version(&plugin.version);
    message.line(&["declared at "]);
    message.place(&plugin.identity.location);
    message.line(&["help: link a version in that range, or widen the range: `version = \">="]);
    message.version(&plugin.version);
    message.push(&["\"`"]);
    message.if_any()
}

/// The name in `#[hook("name")]` must be that of the event which the hook takes.
#[must_use]
pub const fn check_event_name(
    event: &'static EventMeta,
    given: &str,
    hook: &str,
) -> Option<Message> {
    if same(event.name(), given) {
        return None;
    }
    let mut message = Message::new();
    message.fault(
        "PP031",
        &[
            "hook `",
            hook,
            "` is on event `",
            given,
            "`, but takes `",
            event.type_name(),
        ],
    );
    message.push(&["`, which is event `", event.name(), "`"]);
    message.line(&[
        "help: write `#[hook(\"",
        event.name(),
        "\")]`, or take another type",
    ]);
    message.if_any()
}

/// A hook takes its event by `&`, and by `&mut` where it is in mode transform. `shown` is the event's type as written.
#[must_use]
pub const fn check_reference(
    event: &'static EventMeta,
    exclusive: bool,
    shown: &str,
    hook: &str,
) -> Option<Message> {
    let transforms = matches!(event.mode, EventMode::Transform);
    if transforms == exclusive {
        return None;
    }
    let mut message = Message::new();
    let (taken, wanted) = if exclusive {
        ("&mut ", "&")
    } else {
        ("&", "&mut ")
    };
    message.fault("PP035", &["hook `", hook, "` takes `", taken, shown]);
    message.push(&["`, but event `", event.name(), "` is in mode `"]);
    message.push(&[event.mode.name(), "`, whose hooks take it by `"]);
    message.push(&[if transforms { "&mut" } else { "&" }, "`"]);
    message.line(&["help: write `", wanted, shown, "`"]);
    if exclusive {
        message.push(&[", or declare the event with `mode = transform`"]);
    }
    message.if_any()
}

/// A `parallel` hook is on an event whose hooks may run at the same time.
#[must_use]
pub const fn check_parallel(event: &'static EventMeta, hook: &str) -> Option<Message> {
    let why = if matches!(event.mode, EventMode::Transform) {
        "` is in mode `transform`, whose hooks change it one after the other"
    } else if event.sync {
        "` is declared `sync`, and calls its hooks one after the other"
    } else {
        return None;
    };
    let mut message = Message::new();
    message.fault("PP037", &["hook `", hook, "` is `parallel`, but event `"]);
    message.push(&[event.name(), why]);
    message.line(&["help: remove `parallel`"]);
    message.if_any()
}

/// What a hook returns, as written.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    /// The whole type.
    pub ty: &'static str,
    /// `T` and `E` of a `Result<T, E>`.
    pub result: Option<(&'static str, &'static str)>,
}

/// What is kept is a copy.
#[must_use]
pub const fn check_historic(event: &'static EventMeta, is_kept: bool) -> Option<Message> {
    if is_kept {
        return None;
    }
    let mut message = Message::new();
    let own = event.type_name();
    message.fault(
        "PP055",
        &[
            "event `",
            event.name(),
            "` is `historic`, so it is kept, but `",
            own,
        ],
    );
    message.push(&["` is not `Clone`"]);
    message.line(&[
        "help: write `#[derive(Clone)]` on `",
        own,
        "`, or remove `historic`",
    ]);
    message.if_any()
}

/// What comes after a hook are the other hooks of its own event.
#[must_use]
pub const fn check_next(
    event: &'static EventMeta,
    is_same: bool,
    other: &str,
    hook: &str,
) -> Option<Message> {
    if is_same {
        return None;
    }
    let mut message = Message::new();
    let own = event.type_name();
    message.fault(
        "PP048",
        &["hook `", hook, "` takes the rest of the hooks on `", other],
    );
    message.push(&["`, but it is one on `", own, "`"]);
    message.line(&["help: write `Next<'_, ", own, ">`"]);
    message.if_any()
}

/// A hook returns what its event takes, or a `Result` of that whose error is one.
#[must_use]
pub const fn check_return(
    event: &'static EventMeta,
    fits: bool,
    written: Written,
    hook: &str,
    around: bool,
) -> Option<Message> {
    if fits {
        return None;
    }
    let takes = event.takes;
    let mut message = Message::new();
    if around && matches!(event.mode, EventMode::Collect) {
        message.fault("PP032", &["hook `", hook, "` returns `", written.ty]);
        message.push(&["`, but it wraps hooks that answer `", takes, "`"]);
        message.line(&[
            "help: return `Vec<HookResult<",
            takes,
            ">>`, or a `Result` of it: ",
        ]);
        message.push(&["what `next.run(…)` returns"]);
        return message.if_any();
    }
    match written.result {
        Some((value, error)) if same(value, takes) => {
            message.fault("PP032", &["hook `", hook, "` fails with `", error, "`, "]);
            write_no_error(error, &mut message);
        }
        _ => {
            message.fault("PP032", &["hook `", hook, "` returns `", written.ty]);
            message.push(&["`, but event `", event.name(), "` takes `", takes, "`"]);
            message.line(&["help: return `", takes, "`, or a `Result` of it: "]);
            message.push(&[match event.mode {
                EventMode::Notify => "in mode `notify` hooks answer nothing",
                EventMode::Transform => {
                    "in mode `transform` hooks change the event and answer nothing"
                }
                EventMode::Collect => "in mode `collect` every hook answers with the output",
                EventMode::First => "in mode `first` the first hook that returns `Some` answers",
            }]);
        }
    }
    message.if_any()
}

/// A lifecycle method returns nothing, or a `Result` of that whose error is one.
#[must_use]
pub const fn check_phase_return(
    fits: bool,
    written: Written,
    method: &str,
    plugin: &str,
) -> Option<Message> {
    if fits {
        return None;
    }
    let mut message = Message::new();
    match written.result {
        Some((value, error)) if same(value, "()") => {
            message.fault(
                "PP038",
                &["`", method, "` of plugin `", plugin, "` fails with `"],
            );
            message.push(&[error, "`, "]);
            write_no_error(error, &mut message);
        }
        _ => {
            message.fault(
                "PP038",
                &["`", method, "` of plugin `", plugin, "` returns `"],
            );
            message.push(&[written.ty, "`, and nobody would take it"]);
            message.line(&["help: return nothing, or `Result<(), E>`"]);
        }
    }
    message.if_any()
}

/// Why `error`, as written, is not what a hook or a lifecycle method may fail with.
const fn write_no_error(error: &str, to: &mut Message) {
    if starts_with(error, "Box<dyn ") {
        to.push(&["which cannot go to another thread"]);
        to.line(&[
            "help: write `pepperplug::BoxError`; it is `Box<dyn std::error::Error + Send + Sync>`",
        ]);
    } else {
        to.push(&["which is not `Error + Send + Sync`"]);
        to.line(&[
            "help: add `impl std::error::Error for ",
            error,
            "`; what it holds must be `Send + Sync` and owned",
        ]);
    }
}
