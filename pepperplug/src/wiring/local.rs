//! What one edge's two ends know without the rest of the list; each check stands at the literal that it is about.

use super::message::Message;
use super::text::same;
use crate::event::EventMeta;
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
    message.place(&plugin.location);
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
