//! A `#[plugin] impl`: one constant that the struct's metadata reads.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::hook;
use super::path::{self, Private};
use crate::model::hook::Returns;
use crate::model::method::PluginImpl;
use crate::model::phase::{Phase, PhaseKind};
use crate::model::plugin::SelfType;

/// The constant and its checks.
pub(crate) fn expand(plugin: &PluginImpl) -> TokenStream {
    let pp = &Private::new(plugin.krate.as_ref());
    let phases = plugin
        .phases
        .iter()
        .map(|phase| expand_phase(pp, &plugin.self_ty.tokens, phase))
        .collect();
    let hooks: Vec<_> = plugin
        .hooks
        .iter()
        .map(|hook| hook::expand_meta(pp, &plugin.self_ty, hook))
        .collect();
    let constant = expand_constant(pp, &plugin.self_ty, &phases, &hooks);
    let checks = hook::checks(pp, &plugin.hooks);
    let phase_checks: TokenStream = plugin
        .phases
        .iter()
        .map(|phase| expand_phase_check(pp, &plugin.self_ty.ident.to_string(), phase))
        .collect();
    pp.wrap(
        &[],
        &quote!(use #pp::otherwise::*; #constant #phase_checks #checks),
    )
}

/// The constant alone, from a list of statements and a list of hooks. A free hook function has it too.
pub(super) fn expand_constant(
    pp: &Private,
    self_ty: &SelfType,
    phases: &TokenStream,
    hooks: &[TokenStream],
) -> TokenStream {
    let ty = &self_ty.tokens;
    let meta = path::local("meta");
    let (first, last) = path::ends(ty);
    let short = Private::at(first);
    let header = quote_spanned!(first=> impl #short::PP075_write_a_single_plugin_impl_block);
    let hooks = (!hooks.is_empty())
        .then(|| quote!(let #meta = #meta.with_hooks(const { &[#(#hooks),*] });));
    let constant = quote! {
        const IMPL: #pp::ImplMeta<Self> = {
            let #meta = #pp::ImplMeta::new();
            #phases
            #hooks
            #meta
        };
    };
    // A second block is a second impl. The compiler points at both by their headers, and it takes a
    // header for ours, and points at the attribute, unless every end of the item is the user's.
    let body = quote_spanned!(last=> for #ty { #constant });
    quote!(#[automatically_derived] #header #body)
}

fn expand_phase(pp: &Private, ty: &TokenStream, phase: &Phase) -> TokenStream {
    let Phase {
        kind,
        cfgs,
        ident,
        returns,
    } = phase;
    let (method, reference, settings) = match kind {
        PhaseKind::Initialize => ("initialize", quote!(&'a mut), None),
        PhaseKind::Cleanup => ("cleanup", quote!(&'a), None),
        PhaseKind::Reconfigure(settings) => ("reconfigure", quote!(&'a), Some(settings)),
    };
    let method = syn::Ident::new(method, Span::call_site());
    let [meta, this, value] = ["meta", "this", "settings"].map(path::local);
    let argument = settings.map(|_| quote!(, #value));
    let call = hook::expand_call(ty, ident, &quote!(#this #argument));
    let body = expand_phase_body(pp, ident, returns, &call);
    let shim = match settings {
        None => quote! {
            fn __shim<'a>(#this: #reference #ty) -> #pp::Phase<'a> { #body }
            #meta.#method(__shim)
        },
        Some(settings) => quote! {
            struct __Shim;
            impl #pp::ReconfigureWith<#ty, #settings> for __Shim {
                fn call<'a>(#this: &'a #ty, #value: #settings) -> #pp::Phase<'a> { #body }
            }
            #meta.#method::<#settings, __Shim>()
        },
    };
    quote!(#(#cfgs)* let #meta = { #shim };)
}

/// A lifecycle method returns nothing, or a `Result` of that whose error is one.
fn expand_phase_check(pp: &Private, plugin: &str, phase: &Phase) -> TokenStream {
    let returns = return_type(&phase.returns, phase.ident.span());
    let (written, label) = (hook::expand_written(pp, &returns), phase.ident.to_string());
    let fits = quote!(<#pp::Ends<#returns>>::INTO.is_some());
    let check = quote!(#pp::check_phase_return(#fits, #written, #label, #plugin));
    path::const_check(&phase.cfgs, &check, &returns)
}

/// The call, with its outcome brought into shape.
fn expand_phase_body(
    pp: &Private,
    ident: &syn::Ident,
    returns: &Returns,
    call: &TokenStream,
) -> TokenStream {
    let ty = return_type(returns, ident.span());
    let into = quote!(<#pp::Ends<#ty>>::INTO);
    if returns.asyncness.is_none() {
        return quote!(#pp::Phase::done(#pp::convert(#into, #call)));
    }
    let (check, future) = hook::expand_future("PP039_lifecycle_future", call, ident.span());
    let output = path::local("output");
    quote!(#check #pp::Phase::pending(#future, |#output| #pp::convert(#into, #output)))
}

/// The written return type, or `()` in place of the name when there is none.
pub(super) fn return_type(returns: &Returns, otherwise: Span) -> TokenStream {
    returns
        .ty
        .clone()
        .unwrap_or_else(|| quote_spanned!(otherwise=> ()))
}
