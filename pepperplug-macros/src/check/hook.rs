//! The rules of a hook.

use syn::Signature;
use syn::spanned::Spanned as _;

use crate::attr::hook::HookAttr;
use crate::code;
use crate::diag::Subject;
use crate::model::hook::{Argument, Returns};
use crate::model::{readable, signature};
use crate::value::pattern;

pub(crate) fn check(
    attr: &HookAttr,
    argument: Option<&Argument>,
    returns: &Returns,
    signature: &Signature,
    subject: Subject<'_>,
) {
    named_once(attr, subject);
    before_or_after(attr, subject);
    parallel_or_sequential(attr, subject);
    timeout_needs_async(attr, returns, subject);
    match argument {
        Some(Argument::Event(_)) => pattern_takes_context(attr, signature, subject),
        Some(Argument::Context) => name_hook_answers_nothing(returns, subject),
        None => {}
    }
}

/// A hook names a plugin once in `before` and once in `after`.
fn named_once(attr: &HookAttr, subject: Subject<'_>) {
    for (option, names) in [("before", &attr.before), ("after", &attr.after)] {
        for (i, name) in names.iter().enumerate() {
            if names[..i].iter().any(|earlier| earlier.text == name.text) {
                let line = format_args!("{subject} names `{}` twice in `{option}`", name.text);
                subject
                    .diag
                    .report(code::GIVEN_TWICE, name.span, line, "remove one of the two");
            }
        }
    }
}

/// A hook cannot run both before and after the same plugin.
fn before_or_after(attr: &HookAttr, subject: Subject<'_>) {
    for name in &attr.after {
        if attr.before.iter().any(|before| before.text == name.text) {
            let line = format_args!("{subject} cannot run both before and after `{}`", name.text);
            let help = "remove it from `before` or from `after`";
            subject
                .diag
                .report(code::CONTRADICTION, name.span, line, help);
        }
    }
}

/// A hook cannot be both parallel and sequential.
fn parallel_or_sequential(attr: &HookAttr, subject: Subject<'_>) {
    if let (Some(_), Some(sequential)) = (&attr.parallel, &attr.sequential) {
        let line = format_args!("{subject} cannot be both `parallel` and `sequential`");
        subject.diag.report(
            code::CONTRADICTION,
            sequential,
            line,
            "remove one of the two",
        );
    }
}

/// A hook that is not async is a plain call, and a call cannot be timed out.
fn timeout_needs_async(attr: &HookAttr, returns: &Returns, subject: Subject<'_>) {
    let policies = &attr.policies;
    if let (None, Some(_), Some(timeout)) =
        (returns.asyncness, policies.timeout, &policies.timeout_key)
    {
        let line =
            format_args!("{subject} is not async but a plain call, and a call cannot be timed out");
        let help = "make it `async`, or remove `timeout`";
        subject
            .diag
            .report(code::CONTRADICTION, timeout, line, help);
    }
}

/// A pattern matches events of many types, so its hook takes only the context.
fn pattern_takes_context(attr: &HookAttr, signature: &Signature, subject: Subject<'_>) {
    let pattern = attr
        .event
        .as_ref()
        .filter(|event| pattern::is_pattern(&event.text));
    let event = signature::arguments(signature).into_iter().next();
    if let (Some(pattern), Some(event)) = (pattern, event) {
        let pattern = &pattern.text;
        let line = format_args!(
            "{subject} listens to the pattern `{pattern}`, so its events are of many types and it takes only the context"
        );
        let help = "write `&EventContext`, or name one event";
        subject
            .diag
            .report(code::PATTERN_HOOK, event.ty.span(), line, help);
    }
}

/// A hook that takes only the context answers nothing.
fn name_hook_answers_nothing(returns: &Returns, subject: Subject<'_>) {
    if let Some(ty) = returns.ty.as_ref().filter(|_| returns.answers) {
        let shown = readable(ty);
        let line = format_args!(
            "{subject} takes only the context, so it cannot return `{shown}`: nobody knows what the event takes"
        );
        let help = "return nothing or `Result<(), E>`, or take the event by its type";
        subject.diag.report(code::PATTERN_HOOK, ty, line, help);
    }
}
