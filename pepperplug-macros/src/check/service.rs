//! The rules of a service.

use syn::{ItemTrait, TypeParamBound};

use crate::code;
use crate::diag::Subject;

pub(crate) fn check(original: &ItemTrait, subject: Subject<'_>) {
    shared_between_threads(original, subject);
    super::dyn_compatible::check(original, subject);
}

/// A service is shared between threads, so its trait has the supertraits `Send` and `Sync`.
fn shared_between_threads(original: &ItemTrait, subject: Subject<'_>) {
    let mut named = Vec::new();
    for bound in &original.supertraits {
        if let TypeParamBound::Trait(bound) = bound {
            named.extend(
                bound
                    .path
                    .segments
                    .last()
                    .map(|last| last.ident.to_string()),
            );
        }
    }
    let is_named = |bound: &str| named.iter().any(|name| name == bound);
    let missing: Vec<&str> = ["Send", "Sync"]
        .into_iter()
        .filter(|bound| !is_named(bound))
        .collect();
    // Another supertrait may bring both; then the type check decides.
    let may_bring_both = named.iter().any(|name| name != "Send" && name != "Sync");
    if missing.is_empty() || may_bring_both {
        return;
    }
    let ident = &original.ident;
    let missing = missing.join(" + ");
    let line = format_args!(
        "{subject} is shared between threads, but does not have the supertrait `{missing}`"
    );
    let help = format_args!("write `trait {ident}: Send + Sync`");
    subject.diag.report(code::SERVICE_BOUNDS, ident, line, help);
}
