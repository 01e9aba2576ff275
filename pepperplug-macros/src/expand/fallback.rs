//! What is generated for an item with faults: enough that nothing else in the user's crate fails because of them.
//!
//! Whatever names the faulty item (an `Arc<X>` that is injected, an entry of `plugins![]`, a hook that takes the event) finds
//! the impls it needs. Nothing is registered and nothing checked. The metadata is not known, so its constant is the item's own
//! error: what the compiler would have proved from it, it then leaves alone, without a word.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemTrait, Signature, TraitItem, TypeParamBound};

use super::path::Private;
use crate::check::dyn_compatible::{is_callable, is_of_one_type};
use crate::model::event::Event;
use crate::model::function::Function;
use crate::model::plugin::Plugin;
use crate::model::readable;
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
    let kept = repaired
        .supertraits
        .into_iter()
        .filter(|bound| !matches!(bound, TypeParamBound::Trait(bound) if is_of_one_type(bound)));
    repaired.supertraits = kept.collect();
    // Nothing keeps a constant out of `dyn`. Without it, whoever gives it a value reads that it has no place in the trait.
    repaired
        .items
        .retain(|item| !matches!(item, TraitItem::Const(_)));
    let own_types = own_types(original);
    for item in &mut repaired.items {
        let generics = match item {
            TraitItem::Fn(method) if !is_callable(&method.sig) => &mut method.sig.generics,
            // What names one of these types is no more reachable than the type is.
            TraitItem::Fn(method) if names_one_of(&own_types, &method.sig) => {
                &mut method.sig.generics
            }
            TraitItem::Type(ty) => &mut ty.generics,
            _ => continue,
        };
        let clause = generics.make_where_clause();
        let sized = syn::parse_quote!(Self: ::core::marker::Sized);
        clause.predicates.push(sized);
    }
    repaired
}

fn names_one_of(types: &[String], sig: &Signature) -> bool {
    let shown = readable(sig);
    types.iter().any(|ty| shown.contains(ty.as_str()))
}

/// `Self::Type` for each type of a trait that is to be given by who implements it.
fn own_types(original: &ItemTrait) -> Vec<String> {
    let name = |item: &TraitItem| match item {
        TraitItem::Type(ty) => Some(format!("Self::{}", ty.ident)),
        _ => None,
    };
    original.items.iter().filter_map(name).collect()
}

/// The struct that stands for a free hook function, as a plugin that cannot be built.
pub(crate) fn function(function: &Function, error: &TokenStream) -> TokenStream {
    let stand = super::function::expand_struct(function);
    let pp = &Private::new(function.plugin.krate.as_ref());
    let plugin = pp.wrap(&function.cfgs, &plugin_items(pp, &function.plugin, error));
    quote!(#stand #plugin)
}
