//! The rules of a plugin: a struct, an impl block, or a free hook function.

use proc_macro2::Span;
use quote::ToTokens as _;
use syn::{Ident, Type};

use crate::code;
use crate::diag::{Diag, Subject};
use crate::model::edge::{Access, Edge};
use crate::model::inject::{Field, Injection, Source};
use crate::model::plugin::Plugin;
use crate::model::{first_trait, only_trait, readable, unwrap_groups};

/// `fields` says what the plugin's fields are to the user: "field" or "parameter".
pub(crate) fn check(plugin: &Plugin, fields: &str, subject: Subject<'_>) {
    requires_once(plugin, subject);
    requires_another(plugin, subject);
    provides_services(&plugin.provides, subject);
    emits_once(&plugin.emits, subject);
    settings_once(plugin, subject);
    for field in &plugin.fields {
        let name = &format!("{fields} `{}` of {subject}", field.label());
        let subject = Subject { name, ..subject };
        if let Source::Inject(injection) = &field.source {
            options_where_there_is_a_choice(injection, subject);
        }
    }
}

/// A plugin requires another once.
fn requires_once(plugin: &Plugin, subject: Subject<'_>) {
    for (i, requirement) in plugin.requires.iter().enumerate() {
        let name = &requirement.name;
        if plugin.requires[..i]
            .iter()
            .any(|earlier| earlier.name.text == name.text)
        {
            let line = format_args!("{subject} requires `{}` twice", name.text);
            let help = "remove one, or join the ranges: `\"cache >=1.2, <2\"`";
            subject
                .diag
                .report(code::BAD_REQUIREMENT, name.span, line, help);
        }
    }
}

/// A plugin does not require itself.
fn requires_another(plugin: &Plugin, subject: Subject<'_>) {
    for requirement in &plugin.requires {
        let name = &requirement.name;
        if name.text == plugin.name.text {
            let line = format_args!("{subject} requires `{}`, which is itself", name.text);
            subject
                .diag
                .report(code::BAD_REQUIREMENT, name.span, line, "remove it");
        }
    }
}

/// A plugin provides services, which are trait objects, and each once.
fn provides_services(provides: &[Type], subject: Subject<'_>) {
    let mut seen: Vec<String> = Vec::new();
    for ty in provides {
        let shown = readable(ty);
        if let Some((reason, instead)) = not_a_service(ty) {
            let line = format_args!("{subject} provides `{shown}`, which {reason}");
            let help = format_args!("write `{instead}`");
            subject.diag.report(code::PROVIDES_NOT_DYN, ty, line, help);
        } else if seen.contains(&shown) {
            let line = format_args!("{subject} provides `{shown}` twice");
            subject
                .diag
                .report(code::GIVEN_TWICE, ty, line, "remove one of the two");
        }
        seen.push(shown);
    }
}

/// A plugin emits each event once.
fn emits_once(emits: &[Type], subject: Subject<'_>) {
    let shown: Vec<String> = emits.iter().map(readable).collect();
    for (i, ty) in emits.iter().enumerate() {
        if shown[..i].contains(&shown[i]) {
            let line = format_args!("{subject} emits `{}` twice", shown[i]);
            let help = "remove one of the two";
            subject.diag.report(code::GIVEN_TWICE, ty, line, help);
        }
    }
}

/// Why a type is not `dyn Trait`, and what to write.
fn not_a_service(ty: &Type) -> Option<(&'static str, String)> {
    match unwrap_groups(ty) {
        Type::TraitObject(object) if only_trait(object).is_some() => None,
        Type::TraitObject(object) => {
            let first = first_trait(&object.bounds)?;
            Some(("is more than one trait", first))
        }
        Type::Path(path) => {
            let arguments = path
                .path
                .segments
                .last()
                .map(|last| readable(&last.arguments.to_token_stream()));
            let inner = arguments.filter(|arguments| arguments.contains("dyn "));
            let inner = inner.map(|arguments| arguments.trim_matches(['<', '>']).to_owned());
            let instead = inner.unwrap_or_else(|| format!("dyn {}", readable(ty)));
            Some(("is not a trait object", instead))
        }
        Type::Reference(reference) => Some(("is not a trait object", readable(&reference.elem))),
        _ => Some(("is not a trait object", "dyn Service".to_owned())),
    }
}

/// A plugin has one section of settings, so one field takes it.
fn settings_once(plugin: &Plugin, subject: Subject<'_>) {
    let mut first: Option<String> = None;
    for field in plugin.fields.iter().filter(|field| field.cfgs.is_empty()) {
        // Fields under a `cfg` may exclude each other.
        let Some(key) = settings_key(field) else {
            continue;
        };
        let Some(first) = &first else {
            first = Some(field.label());
            continue;
        };
        let line = format_args!(
            "{subject} takes its settings twice: in `{first}` and in `{}`",
            field.label()
        );
        let help = "keep one, and put what both need into its type";
        subject.diag.report(code::TWO_SETTINGS, key, line, help);
    }
}

fn settings_key(field: &Field) -> Option<&Ident> {
    match &field.source {
        Source::Inject(Injection {
            edge: Edge::Settings(_),
            attr,
        }) => attr.settings.as_ref(),
        _ => None,
    }
}

/// An injection takes a name or a version only where it chooses one plugin.
fn options_where_there_is_a_choice(injection: &Injection, subject: Subject<'_>) {
    let what = match &injection.edge {
        Edge::Settings(_) => "settings",
        Edge::Service(Access::Vec, _) => "all providers of a service",
        Edge::Other(ty) if readable(ty).ends_with("Events") => "`Events`",
        _ => return,
    };
    let report = |span: Span, option: &str| {
        let line = format_args!("{subject} injects {what}, so it takes no {option}");
        let help = format_args!("remove the {option}");
        subject
            .diag
            .report(code::INJECT_TAKES_NONE, span, line, help);
    };
    if let Some(name) = &injection.attr.name {
        report(name.span, "name");
    }
    if let Some(key) = &injection.attr.version_key {
        report(key.span(), "version");
    }
}

/// On an impl block, `#[plugin]` takes no options but `crate`.
pub(crate) fn impl_options(misplaced: &[Ident], owner: &str, diag: &Diag) {
    for key in misplaced {
        let line = format_args!("the option `{key}` of plugin `{owner}` stands on an impl block");
        let help = format_args!("move it to the `#[plugin]` of `struct {owner}`");
        diag.report(code::OPTIONS_ON_IMPL, key, line, help);
    }
}
