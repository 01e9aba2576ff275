//! Attributes where they have no place. The item is kept as it is.

use proc_macro2::{Span, TokenStream};
use syn::{Ident, Item, TraitItemFn};

use crate::code;
use crate::diag::{Code, Diag};
use crate::driver::finish;
use crate::unread::{self, Head};

/// An attribute and what it stands on.
pub(crate) struct Attribute {
    name: &'static str,
    code: Code,
    place: &'static str,
}

pub(crate) const PLUGIN: Attribute = Attribute {
    name: "plugin",
    code: code::NOT_A_PLUGIN_ITEM,
    place: "a struct, or on the impl block of that struct",
};

pub(crate) const EVENT: Attribute = Attribute {
    name: "event",
    code: code::NOT_AN_EVENT_ITEM,
    place: "a struct or an enum",
};

pub(crate) const SERVICE: Attribute = Attribute {
    name: "service",
    code: code::NOT_A_SERVICE_ITEM,
    place: "a trait",
};

const HOOK: Attribute = Attribute {
    name: "hook",
    code: code::HOOK_OUTSIDE,
    place: "a method of a `#[plugin]` impl block, or on a free function",
};

impl Attribute {
    /// Reports an item that the attribute cannot stand on.
    pub(crate) fn refuse(
        &self,
        options: TokenStream,
        item: &TokenStream,
        parsed: syn::Result<Item>,
    ) -> TokenStream {
        let Attribute { name, code, place } = self;
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(error) => return unread::keep(name, *code, options, item, error.span()),
        };
        let diag = Diag::new();
        let help = format_args!("put it on {place}");
        match describe(&parsed) {
            (kind, Some(ident)) => {
                let line = format_args!("`#[{name}]` stands on the {kind} `{ident}`");
                diag.report(*code, ident, line, help);
            }
            (kind, None) => {
                let line = format_args!("`#[{name}]` stands on the {kind}");
                diag.report(*code, Span::call_site(), line, help);
            }
        }
        keep(item, diag)
    }
}

/// `#[hook]` that was not taken off by a `#[plugin]` around it, and does not stand on a free function.
pub(crate) fn hook(
    options: TokenStream,
    item: &TokenStream,
    parsed: syn::Result<Item>,
) -> TokenStream {
    // A method, with a body that need not parse or, in a trait, without one.
    let is_bodiless = syn::parse2::<TraitItemFn>(item.clone()).is_ok();
    let method = Head::of(item).filter(|head| is_bodiless || head.is_method());
    let Some(method) = method else {
        return HOOK.refuse(options, item, parsed);
    };
    let diag = Diag::new();
    let ident = &method.ident;
    let line = format_args!("hook `{ident}` stands in a block without `#[plugin]`");
    let help = "write `#[plugin]` above the impl block; in the impl of a trait, move the hook to the block of the plugin's own methods";
    diag.report(code::HOOK_OUTSIDE, ident, line, help);
    keep(item, diag)
}

/// `#[inject]` and `#[init]`: `#[plugin]` takes them off the fields of its struct.
pub(crate) fn field_attribute(name: &str, item: &TokenStream) -> TokenStream {
    let diag = Diag::new();
    let help = format_args!("put `#[{name}]` on a field of a struct with `#[plugin]`");
    let parsed = syn::parse2::<Item>(item.clone());
    match parsed.as_ref().map(describe) {
        Ok((kind, Some(ident))) => {
            let line = format_args!(
                "`#[{name}]` stands on the {kind} `{ident}`, and not on a plugin's field"
            );
            diag.report(code::INJECT_OUTSIDE, ident, line, help);
        }
        _ => {
            let line = format_args!("`#[{name}]` does not stand on a plugin's field");
            diag.report(code::INJECT_OUTSIDE, Span::call_site(), line, help);
        }
    }
    keep(item, diag)
}

fn keep(item: &TokenStream, diag: Diag) -> TokenStream {
    finish(item, "", diag, TokenStream::new, |_| TokenStream::new())
}

/// What an item is, and its name.
fn describe(item: &Item) -> (&'static str, Option<&Ident>) {
    match item {
        Item::Const(item) => ("constant", Some(&item.ident)),
        Item::Enum(item) => ("enum", Some(&item.ident)),
        Item::ExternCrate(item) => ("crate", Some(&item.ident)),
        Item::Fn(item) => ("function", Some(&item.sig.ident)),
        Item::ForeignMod(_) => ("`extern` block below", None),
        Item::Impl(_) => ("impl block below", None),
        Item::Macro(item) => ("macro below", item.ident.as_ref()),
        Item::Mod(item) => ("module", Some(&item.ident)),
        Item::Static(item) => ("static", Some(&item.ident)),
        Item::Struct(item) => ("struct", Some(&item.ident)),
        Item::Trait(item) => ("trait", Some(&item.ident)),
        Item::TraitAlias(item) => ("trait alias", Some(&item.ident)),
        Item::Type(item) => ("type alias", Some(&item.ident)),
        Item::Union(item) => ("union", Some(&item.ident)),
        Item::Use(_) => ("`use` below", None),
        _ => ("item below", None),
    }
}
