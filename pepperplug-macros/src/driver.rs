//! attr → model → check → expand, for each entry point; and the one gate between check and expand.
//!
//! Behind the gate only sound models are expanded. Before it the user's item is kept whatever happens: it is emitted with our
//! attributes taken off, beside the errors and a stub of what would have been generated.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::{Data, DeriveInput, Ident, Item, ItemFn, ItemImpl, ItemStruct, ItemTrait, LitStr};

use crate::attr;
use crate::attr::strip::Ours;
use crate::check;
use crate::code;
use crate::diag::{Diag, Errors, Subject};
use crate::expand;
use crate::expand::dump;
use crate::misplaced;
use crate::model;
use crate::model::entry;
use crate::model::event::Event;
use crate::model::function::Function;
use crate::model::method::PluginImpl;
use crate::model::plugin::{Plugin, SelfType};
use crate::model::service::Service;
use crate::symbol;

/// The gate: errors and the fallback, or the expansion; the user's item in both cases.
pub(crate) fn finish(
    original: &dyn ToTokens,
    name: &str,
    diag: Diag,
    expand: impl FnOnce() -> TokenStream,
    fallback: impl FnOnce(&TokenStream) -> TokenStream,
) -> TokenStream {
    let generated = match diag.into_errors() {
        None => expand(),
        Some(Errors { all, first }) => {
            let fallback = fallback(&first);
            quote!(#all #fallback)
        }
    };
    let all = quote!(#original #generated);
    dump::print(name, &all);
    all
}

/// `#[plugin]`: on a struct or an impl block.
pub(crate) fn plugin(attr: TokenStream, item: TokenStream) -> TokenStream {
    match syn::parse2(item.clone()) {
        Ok(Item::Struct(original)) => plugin_struct(attr, original),
        Ok(Item::Impl(original)) => plugin_impl(attr, original),
        other => misplaced::PLUGIN.refuse(attr, &item, other),
    }
}

fn plugin_struct(attr: TokenStream, mut original: ItemStruct) -> TokenStream {
    let diag = Diag::new();
    let ident = original.ident.clone();
    let name = &format!("plugin `{ident}`");
    let subject = Subject { name, diag: &diag };
    let attr = attr::plugin::from_tokens(attr, subject);
    Ours::of(&attr.krate).take_further(&mut original.attrs, symbol::PLUGIN, subject);
    let generic = model::generic_params(&original.generics, true);
    if let Some(params) = &generic {
        let line = format_args!("{subject} is generic, but a plugin is linked once, by name");
        let help = "write concrete types, or one plugin for each";
        diag.report(code::GENERIC_PLUGIN, params, line, help);
    }
    let model = Plugin::from_struct(attr, &mut original, &diag);
    check::plugin::check(&model, "field", subject);
    let expand = || expand::plugin::expand(&model);
    let fallback = |error: &TokenStream| {
        if generic.is_some() {
            TokenStream::new()
        } else {
            expand::fallback::plugin(&model, error)
        }
    };
    finish(&original, &ident.to_string(), diag, expand, fallback)
}

fn plugin_impl(attr: TokenStream, mut original: ItemImpl) -> TokenStream {
    let diag = Diag::new();
    let self_ty = PluginImpl::self_type(&original, &diag);
    let is_plugin = self_ty.is_some();
    // The methods are read even when the block cannot be a plugin's: their attributes must come off.
    let self_ty = self_ty.unwrap_or_else(|| SelfType::unknown(&original.self_ty));
    let owner = model::readable(&self_ty.tokens);
    let name = &format!("plugin `{owner}`");
    let subject = Subject { name, diag: &diag };
    let (krate, misplaced) = attr::plugin::from_impl_tokens(attr, subject);
    Ours::of(&krate).take_further(&mut original.attrs, symbol::PLUGIN, subject);
    check::plugin::impl_options(&misplaced, &owner, &diag);
    let model = PluginImpl::from_impl(krate, self_ty, &mut original, &diag);
    let expand = || {
        if is_plugin {
            expand::method::expand(&model)
        } else {
            TokenStream::new()
        }
    };
    // Without the constant the struct finds the default one: no hooks, no lifecycle methods.
    finish(&original, &owner, diag, expand, |_| TokenStream::new())
}

/// `#[hook]` by itself: on a free function, or misplaced.
pub(crate) fn hook(attr: TokenStream, item: TokenStream) -> TokenStream {
    match syn::parse2(item.clone()) {
        Ok(Item::Fn(original)) if original.sig.receiver().is_none() => {
            hook_function(attr, original)
        }
        other => misplaced::hook(attr, &item, other),
    }
}

fn hook_function(attr: TokenStream, mut original: ItemFn) -> TokenStream {
    let diag = Diag::new();
    let ident = original.sig.ident.clone();
    let name = &format!("hook `{ident}`");
    let subject = Subject { name, diag: &diag };
    let attr = attr::hook::from_tokens(&attr::hook::OF_FUNCTION, attr, &ident, subject);
    Ours::of(&attr.krate).take_further(&mut original.attrs, symbol::HOOK, subject);
    let model = Function::from_item(attr, &mut original, subject);
    check::plugin::check(&model.plugin, "parameter", subject);
    let expand = || expand::function::expand(&model);
    let fallback = |error: &TokenStream| expand::fallback::function(&model, error);
    finish(&original, &ident.to_string(), diag, expand, fallback)
}

/// `#[event]`: on a struct or an enum.
pub(crate) fn event(attr: TokenStream, item: TokenStream) -> TokenStream {
    match syn::parse2(item.clone()) {
        Ok(DeriveInput {
            data: Data::Union(_),
            ..
        })
        | Err(_) => misplaced::EVENT.refuse(attr, &item, syn::parse2(item.clone())),
        Ok(original) => event_type(attr, original),
    }
}

fn event_type(attr: TokenStream, mut original: DeriveInput) -> TokenStream {
    let diag = Diag::new();
    let ident = original.ident.clone();
    let name = &format!("event `{ident}`");
    let subject = Subject { name, diag: &diag };
    let attr = attr::event::from_tokens(attr, &ident, subject);
    Ours::of(&attr.krate).take_further(&mut original.attrs, symbol::EVENT, subject);
    let generic = model::generic_params(&original.generics, true);
    if let Some(params) = &generic {
        let line = format_args!("{subject} is generic, but an event is one type under one name");
        let help = "write concrete types that own their data, or one event for each";
        diag.report(code::GENERIC_EVENT, params, line, help);
    }
    check::event::check(&attr, subject);
    let model = Event::from_attr(attr, &ident);
    let expand = || expand::event::expand(&model);
    let fallback = |error: &TokenStream| {
        if generic.is_some() {
            TokenStream::new()
        } else {
            expand::fallback::event(&model, error)
        }
    };
    finish(&original, &ident.to_string(), diag, expand, fallback)
}

/// `#[service]`: on a trait.
pub(crate) fn service(attr: TokenStream, item: TokenStream) -> TokenStream {
    match syn::parse2(item.clone()) {
        Ok(Item::Trait(original)) => service_trait(attr, original),
        other => misplaced::SERVICE.refuse(attr, &item, other),
    }
}

fn service_trait(attr: TokenStream, mut original: ItemTrait) -> TokenStream {
    let diag = Diag::new();
    let ident = &original.ident.clone();
    let name = &format!("service `{ident}`");
    let subject = Subject { name, diag: &diag };
    let attr = attr::service::from_tokens(attr, ident, subject);
    Ours::of(&attr.krate).take_further(&mut original.attrs, symbol::SERVICE, subject);
    let generic = model::generic_params(&original.generics, true);
    if let Some(params) = &generic {
        let line =
            format_args!("{subject} is generic, but a service is one interface under one name");
        let help = "write concrete types, or one service for each";
        diag.report(code::GENERIC_SERVICE, params, line, help);
    }
    let faults = diag.count();
    check::service::check(&original, subject);
    let repaired = (diag.count() > faults).then(|| expand::fallback::repaired(&original));
    let model = Service::from_attr(attr, ident, &original.vis);
    let expand = || expand::service::expand(&model);
    let fallback = |error: &TokenStream| {
        if generic.is_some() {
            TokenStream::new()
        } else {
            expand::fallback::service(&model, error)
        }
    };
    let item: &dyn ToTokens = match &repaired {
        Some(repaired) => repaired,
        None => &original,
    };
    finish(item, &ident.to_string(), diag, expand, fallback)
}

/// `plugins![…]`.
pub(crate) fn plugins(tokens: TokenStream) -> TokenStream {
    let diag = Diag::new();
    let entries = entry::from_tokens(tokens, &diag);
    let expansion = match diag.into_errors() {
        None => expand::plugins::expand(&entries),
        Some(Errors { all, .. }) => {
            let unchecked = expand::plugins::expand_unchecked(&entries);
            quote!({ #all #unchecked })
        }
    };
    dump::print("plugins", &expansion);
    expansion
}

/// `define "symbol"` or `need "symbol" by_whom`, as the macros under the names of services write it.
pub(crate) fn link(tokens: TokenStream) -> TokenStream {
    let read = |input: ParseStream<'_>| {
        let word: Ident = input.parse()?;
        let symbol: LitStr = input.parse()?;
        let symbol = symbol.value();
        Ok(match word.to_string().as_str() {
            "define" => expand::link::expand_define(&symbol, proc_macro2::Span::call_site()),
            _ => expand::link::expand_need(&symbol, &input.parse()?),
        })
    };
    read.parse2(tokens)
        .unwrap_or_else(|error| error.to_compile_error())
}
