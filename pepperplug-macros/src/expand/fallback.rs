//! What is generated for an item with faults: enough that nothing else in the user's crate fails because of them.
//!
//! Whatever names the faulty item (an `Arc<X>` that is injected, an entry of `plugins![]`, a hook that takes the event) finds
//! the impls it needs. Nothing is registered and nothing checked. The metadata is not known, so its constant is the item's own
//! error: what the compiler would have proved from it, it then leaves alone, without a word.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemTrait, TraitItem};

use super::path::Private;
use crate::check::dyn_compatible::is_callable;
use crate::model::event::Event;
use crate::model::function::Function;
use crate::model::plugin::Plugin;
use crate::model::service::Service;

/// A plugin that cannot be built.
pub(crate) fn plugin(plugin: &Plugin, error: &TokenStream) -> TokenStream {
    let pp = &Private::new(plugin.krate.as_ref());
    pp.wrap(&[], &plugin_items(pp, plugin, error))
}

fn plugin_items(pp: &Private, plugin: &Plugin, error: &TokenStream) -> TokenStream {
    let construct = quote! {
        fn construct(_: &mut #pp::Construct<'_>) -> ::core::result::Result<Self, #pp::InjectError> {
            ::core::unreachable!()
        }
    };
    let implementation = super::plugin::expand_impl(pp, plugin, error, &construct);
    quote! {
        use #pp::otherwise::*;
        #implementation
    }
}

/// An event that is not registered.
pub(crate) fn event(event: &Event, error: &TokenStream) -> TokenStream {
    let pp = &Private::new(event.krate.as_ref());
    pp.wrap(&[], &super::event::expand_impl(pp, event, error))
}

/// A service without a name.
pub(crate) fn service(service: &Service, error: &TokenStream) -> TokenStream {
    let pp = &Private::new(service.krate.as_ref());
    pp.wrap(&[], &super::service::expand_impl(pp, service, error))
}

/// A service's trait as it would be without its faults, as far as that can be known: whoever uses it as `dyn` then finds it
/// shared and callable, and gets no error that follows from one that is told.
pub(crate) fn repaired(original: &ItemTrait) -> ItemTrait {
    let mut repaired = original.clone();
    repaired
        .supertraits
        .push(syn::parse_quote!(::core::marker::Send));
    repaired
        .supertraits
        .push(syn::parse_quote!(::core::marker::Sync));
    if repaired.colon_token.is_none() {
        repaired.colon_token = Some(Default::default());
    }
    for item in &mut repaired.items {
        if let TraitItem::Fn(method) = item {
            if !is_callable(&method.sig) {
                let clause = method.sig.generics.make_where_clause();
                clause
                    .predicates
                    .push(syn::parse_quote!(Self: ::core::marker::Sized));
            }
        }
    }
    repaired
}

/// The struct that stands for a free hook function, as a plugin that cannot be built.
pub(crate) fn function(function: &Function, error: &TokenStream) -> TokenStream {
    let stand = super::function::expand_struct(function);
    let pp = &Private::new(function.plugin.krate.as_ref());
    let plugin = pp.wrap(&function.cfgs, &plugin_items(pp, &function.plugin, error));
    quote!(#stand #plugin)
}
