//! The rules of an event.

use syn::Type;

use crate::attr::event::{EventAttr, Mode};
use crate::code;
use crate::diag::Subject;
use crate::model::unwrap_groups;

pub(crate) fn check(attr: &EventAttr, subject: Subject<'_>) {
    output_where_hooks_answer(attr, subject);
    no_output_where_they_do_not(attr, subject);
    sync_has_no_timeout(attr, subject);
    parallel_where_hooks_wait(attr, subject);
    historic_where_it_is_not_changed(attr, subject);
}

/// What each hook changes is not what another one, that comes late, could be given.
fn historic_where_it_is_not_changed(attr: &EventAttr, subject: Subject<'_>) {
    if let (Some(Mode::Transform), Some(historic)) = (attr.mode, &attr.historic_key) {
        let line = format_args!(
            "{subject} is in mode `transform`, so its hooks change it, and it cannot be `historic`"
        );
        let help = "remove `historic`";
        subject
            .diag
            .report(code::CONTRADICTION, historic, line, help);
    }
}

/// Hooks wait at the same time only where they wait, and where they do not change the event.
fn parallel_where_hooks_wait(attr: &EventAttr, subject: Subject<'_>) {
    let Some(parallel) = &attr.parallel else {
        return;
    };
    let why = if attr.sync.is_some() {
        "is `sync`, so its hooks are plain calls"
    } else if attr.mode == Some(Mode::Transform) {
        "is in mode `transform`, so its hooks change it one after the other"
    } else {
        return;
    };
    let line = format_args!("{subject} {why}, and cannot be `parallel`");
    let help = "remove `parallel`";
    subject
        .diag
        .report(code::CONTRADICTION, parallel, line, help);
}

/// An event has an output in the modes `collect` and `first`.
fn output_where_hooks_answer(attr: &EventAttr, subject: Subject<'_>) {
    let (Some(mode), Some(key), None) = (attr.mode, &attr.mode_key, &attr.output_key) else {
        return;
    };
    if mode.has_output() {
        let line = format_args!("{subject} is in mode `{}` and has no output", mode.name());
        let help = "add the type that its hooks answer with: `output = Type`";
        subject.diag.report(code::CONTRADICTION, key, line, help);
    }
}

/// An event has no output in the modes `notify` and `transform`.
fn no_output_where_they_do_not(attr: &EventAttr, subject: Subject<'_>) {
    let (Some(output), Some(key)) = (&attr.output, &attr.output_key) else {
        return;
    };
    let is_mode_unknown = attr.mode_key.is_some() && attr.mode.is_none();
    let mode = attr.mode.unwrap_or_default();
    if !is_mode_unknown && !mode.has_output() && !is_unit(output) {
        let line = format_args!(
            "{subject} has an output, but in mode `{}` hooks answer nothing",
            mode.name()
        );
        let help = "write `mode = collect` or `mode = first`, or remove `output`";
        subject.diag.report(code::CONTRADICTION, key, line, help);
    }
}

/// The hooks of a `sync` event are plain calls, and a call cannot be timed out.
fn sync_has_no_timeout(attr: &EventAttr, subject: Subject<'_>) {
    if let (Some(_), Some(timeout)) = (&attr.sync, &attr.policies.timeout_key) {
        let line = format_args!(
            "{subject} is `sync`, so its hooks are plain calls, and a call cannot be timed out"
        );
        let help = "remove `timeout`, or `sync`";
        subject
            .diag
            .report(code::CONTRADICTION, timeout, line, help);
    }
}

fn is_unit(ty: &Type) -> bool {
    matches!(unwrap_groups(ty), Type::Tuple(tuple) if tuple.elems.is_empty())
}
