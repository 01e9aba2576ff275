//! Taking our attributes off the user's item.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::parse::{ParseStream, Parser as _};
use syn::spanned::Spanned as _;
use syn::{Attribute, Meta, Path, Token};

use super::inject::name_span;
use super::value::take_to_comma;
use crate::code;
use crate::diag::{Fault, Subject};

/// Recognizes our attributes among others.
#[derive(Clone, Copy)]
pub(crate) struct Ours<'a> {
    /// The path given as `crate = …`, under which users may also write `#[path::hook]`.
    pub(crate) krate: Option<&'a Path>,
}

impl<'a> Ours<'a> {
    pub(crate) fn of(krate: &'a Option<Path>) -> Self {
        let krate = krate.as_ref();
        Ours { krate }
    }

    /// Whether the path of an attribute is `name`, `pepperplug::name` or `<crate path>::name`.
    fn is(self, path: &Path, name: &str) -> bool {
        let Some(last) = path.segments.last().filter(|last| last.ident == name) else {
            return false;
        };
        let whole = path.to_token_stream().to_string().replace(' ', "");
        let prefix = whole.trim_start_matches("::");
        let prefix = prefix
            .strip_suffix(&last.ident.to_string())
            .and_then(|prefix| prefix.strip_suffix("::"));
        let krate = self
            .krate
            .map(|krate| krate.to_token_stream().to_string().replace(' ', ""));
        match prefix {
            None => true,
            Some(prefix) => {
                prefix == "pepperplug"
                    || krate.is_some_and(|krate| krate.trim_start_matches("::") == prefix)
            }
        }
    }

    /// Removes every `#[name]` from `attributes` and answers them.
    pub(crate) fn take(self, attributes: &mut Vec<Attribute>, name: &str) -> Vec<Attribute> {
        let (taken, kept) = attributes
            .drain(..)
            .partition(|attribute| self.is(attribute.path(), name));
        *attributes = kept;
        taken
    }

    /// Removes what an item has of the attribute that is being expanded, which the compiler has taken off: it stands twice.
    pub(crate) fn take_further(
        self,
        attributes: &mut Vec<Attribute>,
        name: &str,
        subject: Subject<'_>,
    ) {
        for further in self.take(attributes, name) {
            report_twice(&further, name, subject);
        }
    }

    /// Reports our attributes inside of `cfg_attr`, where nobody finds them in time, and removes them.
    pub(crate) fn refuse_in_cfg_attr(
        self,
        attributes: &mut Vec<Attribute>,
        names: &[&str],
        subject: Subject<'_>,
    ) {
        attributes.retain_mut(|attribute| {
            let Meta::List(list) = &mut attribute.meta else {
                return true;
            };
            if !list.path.is_ident("cfg_attr") {
                return true;
            }
            let mut parts = parts(list.tokens.clone()).into_iter();
            let condition = parts.next();
            let given = parts.len();
            let kept: Vec<TokenStream> = parts
                .filter(|part| !self.is_refused_in_cfg_attr(part, names, subject))
                .collect();
            if kept.len() < given {
                list.tokens = quote::quote!(#condition, #(#kept),*);
            }
            given == 0 || !kept.is_empty()
        });
    }

    fn is_refused_in_cfg_attr(
        self,
        attribute: &TokenStream,
        names: &[&str],
        subject: Subject<'_>,
    ) -> bool {
        let Ok(meta) = syn::parse2::<Meta>(attribute.clone()) else {
            return false;
        };
        let Some(name) = names.iter().find(|name| self.is(meta.path(), name)) else {
            return false;
        };
        let line =
            format_args!("`#[{name}]` cannot stand in a `cfg_attr`, which is taken apart too late");
        let help = "write it twice, under `#[cfg(…)]` and `#[cfg(not(…))]`";
        let at = meta
            .path()
            .segments
            .last()
            .map_or_else(|| meta.span(), |last| last.ident.span());
        subject.report(code::SYNTAX, at, line, help);
        true
    }
}

/// What stands between commas.
fn parts(tokens: TokenStream) -> Vec<TokenStream> {
    let read = |input: ParseStream<'_>| {
        let mut parts = Vec::new();
        while !input.is_empty() {
            parts.push(take_to_comma(input));
            let _ = input.parse::<Token![,]>();
        }
        Ok(parts)
    };
    read.parse2(tokens).unwrap_or_default()
}

/// The first of several attributes of one name; each further one is a fault.
pub(crate) fn only_one(
    attributes: Vec<Attribute>,
    name: &str,
    subject: Subject<'_>,
) -> Option<Attribute> {
    let mut attributes = attributes.into_iter();
    let first = attributes.next();
    for further in attributes {
        report_twice(&further, name, subject);
    }
    first
}

fn report_twice(further: &Attribute, name: &str, subject: Subject<'_>) {
    let line = format_args!("{subject} has `#[{name}]` twice");
    let fault = Fault::new(code::ATTRIBUTE_TWICE, line);
    let at = name_span(further);
    subject.diag.push(at, fault.help("remove one of the two"));
}

/// The `cfg` attributes: whatever is generated for an item, field or parameter exists under the same conditions.
pub(crate) fn cfgs(attributes: &[Attribute]) -> Vec<Attribute> {
    let is_cfg = |attribute: &&Attribute| attribute.path().is_ident("cfg");
    attributes.iter().filter(is_cfg).cloned().collect()
}
