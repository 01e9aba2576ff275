//! Taking our attributes off the user's item.

use proc_macro2::TokenTree;
use quote::ToTokens as _;
use syn::{Attribute, Meta, Path};

use super::inject::name_span;
use crate::code;
use crate::diag::{Fault, Subject};

/// Recognizes our attributes among others.
#[derive(Clone, Copy)]
pub(crate) struct Ours<'a> {
    /// The path given as `crate = …`, under which users may also write `#[path::hook]`.
    pub(crate) krate: Option<&'a Path>,
}

impl Ours<'_> {
    /// Whether `attribute` is `#[name]`, `#[pepperplug::name]` or `#[<crate path>::name]`.
    fn is(self, attribute: &Attribute, name: &str) -> bool {
        let path = attribute.path();
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
            .partition(|attribute| self.is(attribute, name));
        *attributes = kept;
        taken
    }
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
        let fault = Fault::new(
            code::ATTRIBUTE_TWICE,
            format_args!("{subject} has `#[{name}]` twice"),
        );
        let at = name_span(&further);
        subject.diag.push(at, fault.help("remove one of the two"));
    }
    first
}

/// Reports our attributes inside of `cfg_attr`: the compiler takes them out of it when we are done.
pub(crate) fn check_cfg_attr(attributes: &[Attribute], names: &[&str], subject: Subject<'_>) {
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg_attr"))
    {
        let Meta::List(list) = &attribute.meta else {
            continue;
        };
        for tree in list.tokens.clone() {
            let TokenTree::Ident(word) = &tree else {
                continue;
            };
            if let Some(name) = names.iter().find(|name| word == name) {
                let line = format_args!(
                    "`#[{name}]` cannot stand in a `cfg_attr`, which is taken apart too late"
                );
                subject.report(
                    code::SYNTAX,
                    word,
                    line,
                    "write it twice, under `#[cfg(…)]` and `#[cfg(not(…))]`",
                );
            }
        }
    }
}

/// The `cfg` attributes: whatever is generated for an item, field or parameter exists under the same conditions.
pub(crate) fn cfgs(attributes: &[Attribute]) -> Vec<Attribute> {
    let is_cfg = |attribute: &&Attribute| attribute.path().is_ident("cfg");
    attributes.iter().filter(is_cfg).cloned().collect()
}
