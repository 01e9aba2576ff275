//! An event: a struct or an enum.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{Ident, Path};

use super::without_self;
use crate::attr::event::{EventAttr, Mode};
use crate::attr::hook::Policies;
use crate::value::name::{self, Name};

pub(crate) struct Event {
    pub(crate) krate: Option<Path>,
    pub(crate) ident: Ident,
    pub(crate) name: Name,
    pub(crate) mode: Mode,
    pub(crate) output: Option<TokenStream>,
    pub(crate) sync: bool,
    pub(crate) parallel: bool,
    /// How many are kept, and the key that says so.
    pub(crate) historic: Option<(u32, Ident)>,
    pub(crate) policies: Policies,
}

impl Event {
    /// What the attribute says, with defaults where it has faults, so that the fallback is as near as can be.
    pub(crate) fn from_attr(attr: EventAttr, ident: &Ident) -> Self {
        let derived = || Name::derived(name::from_ident(&ident.to_string()), ident.span());
        let output = attr
            .output
            .map(|ty| without_self(&ty, &ident.to_token_stream()));
        Event {
            krate: attr.krate,
            ident: ident.clone(),
            name: attr.name.unwrap_or_else(derived),
            mode: attr.mode.unwrap_or(attr.meant_mode),
            output,
            sync: attr.sync.is_some(),
            parallel: attr.parallel.is_some(),
            historic: attr.historic.zip(attr.historic_key),
            policies: attr.policies,
        }
    }
}
