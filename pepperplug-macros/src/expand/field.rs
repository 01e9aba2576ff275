//! What the types of a plugin's fields must be, each judged at the field's own type.
//!
//! The questions are constants, so that the answers are in our words; see `verdict` in the runtime.

use proc_macro2::TokenStream;
use quote::quote;

use super::path::{self, Private};
use crate::model::edge::{Access, Edge};
use crate::model::inject::{Field, Injection, Source};
use crate::model::plugin::Plugin;
use crate::model::readable;

/// All checks of all fields.
pub(super) fn checks(pp: &Private, plugin: &Plugin) -> TokenStream {
    let mut checks = TokenStream::new();
    for field in &plugin.fields {
        match &field.source {
            Source::Default(forgotten) => {
                checks.extend(default(pp, plugin, field, forgotten.as_ref()));
            }
            Source::Inject(Injection {
                edge: Edge::Settings(ty),
                ..
            }) => checks.extend(settings(pp, plugin, field, ty)),
            Source::Inject(_) | Source::Init(_) | Source::Faulty => {}
        }
        if is_own(field) {
            checks.extend(shared(pp, plugin, field));
        }
    }
    checks
}

/// Whether a field's type is the user's to choose: what is injected from others can be shared in any case.
fn is_own(field: &Field) -> bool {
    match &field.source {
        Source::Inject(injection) => matches!(injection.edge, Edge::Settings(_)),
        Source::Init(_) | Source::Default(_) => true,
        Source::Faulty => false,
    }
}

fn default(pp: &Private, plugin: &Plugin, field: &Field, forgotten: Option<&Edge>) -> TokenStream {
    let (ty, label, name) = (&field.ty, field.label(), &plugin.name.text);
    let shown = readable(ty);
    let help = match forgotten {
        Some(Edge::Plugin(..) | Edge::Service(..)) => {
            "write `#[inject]` above it, or give its first value: `#[init(…)]`".to_owned()
        }
        _ if shown.rsplit("::").next() == Some("Events") => "write `#[inject]` above it".to_owned(),
        _ => format!("give its first value, `#[init(…)]`, or implement `Default` for `{shown}`"),
    };
    let text = format!(
        "[PP026] field `{label}` of plugin `{name}` is neither injected nor has a default\nhelp: {help}"
    );
    let lacks = quote!(<#pp::Defaults<#ty>>::MAKE.is_none());
    let mut checks = expand(field, &lacks, &text);
    let empty = match forgotten {
        Some(Edge::Plugin(Access::Option, target) | Edge::Service(Access::Option, target)) => {
            Some((target, "`None`", "None"))
        }
        Some(Edge::Service(Access::Vec, target)) => Some((target, "empty", "Vec::new()")),
        _ => None,
    };
    if let Some((target, always, written)) = empty {
        let text = format!(
            "[PP029] field `{label}` of plugin `{name}` is `{shown}`, but not injected, so it is always {always}\n\
             help: write `#[inject]` above it, or `#[init({written})]` where that is meant"
        );
        let is_meant = quote!(<#pp::CanInject<#target>>::YES);
        checks.extend(expand(field, &is_meant, &text));
    }
    checks
}

fn settings(pp: &Private, plugin: &Plugin, field: &Field, ty: &TokenStream) -> TokenStream {
    let (label, name, shown) = (field.label(), &plugin.name.text, readable(ty));
    // Of an `Option` it is what is in it that lacks the impl.
    let inner = shown
        .strip_prefix("Option<")
        .and_then(|rest| rest.strip_suffix('>'))
        .unwrap_or(&shown);
    let text = format!(
        "[PP025] field `{label}` of plugin `{name}`: `{shown}` cannot be read from settings\n\
         help: add `#[derive(serde::Deserialize)]` to `{inner}`; it must be `Send` and own its data"
    );
    expand(
        field,
        &quote!(<#pp::SettingsOf<#ty>>::EDGE.is_none()),
        &text,
    )
}

/// A plugin is shared between threads. Where it cannot be, a field keeps it from that; a negative impl could too, but no stable
/// compiler takes one.
fn shared(pp: &Private, plugin: &Plugin, field: &Field) -> TokenStream {
    let (ident, ty) = (&plugin.ident, &field.ty);
    let text = format!(
        "[PP028] field `{}` of plugin `{}`: `{}` cannot be shared between threads\n\
         help: write a `Mutex`, `RwLock` or atomic in place of a `RefCell` or `Cell`, and an `Arc` in place of an `Rc`",
        field.label(),
        plugin.name.text,
        readable(ty),
    );
    let is_not = quote!(!<#pp::IsShared<#ident>>::YES && !<#pp::IsShared<#ty>>::YES);
    expand(field, &is_not, &text)
}

/// A constant that fails the build with `text` under the field's type, if `is_wrong`.
fn expand(field: &Field, is_wrong: &TokenStream, text: &str) -> TokenStream {
    path::const_fault(&field.cfgs, is_wrong, text, &field.ty)
}
