//! A `#[plugin] impl`: one associated constant that the struct's metadata reads.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::hook;
use super::path::{self, Private};
use crate::model::hook::Returns;
use crate::model::method::PluginImpl;
use crate::model::phase::{Phase, PhaseKind};
use crate::model::plugin::SelfType;

/// The impl block with the constant.
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
    let if_trait = hook::expand_if_trait(&plugin.hooks);
    let is_async = hook::expand_is_async(pp, &plugin.hooks);
    pp.wrap(&[], &quote!(#if_trait #is_async #constant #checks))
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
    let hooks = (!hooks.is_empty())
        .then(|| quote!(let #meta = #meta.with_hooks(const { &[#(#hooks),*] });));
    quote! {
        impl #ty {
            #[doc(hidden)]
            pub const __PEPPERPLUG_IMPL: #pp::ImplMeta<Self> = {
                let #meta = #pp::ImplMeta::new();
                #phases
                #hooks
                #meta
            };
        }
    }
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

/// The call, with its outcome brought into shape; the return type is where rustc says that it does not fit.
fn expand_phase_body(
    pp: &Private,
    ident: &syn::Ident,
    returns: &Returns,
    call: &TokenStream,
) -> TokenStream {
    let ty = return_type(returns, ident.span());
    let convert = path::projection(&ty, &quote!(#pp::PhaseReturn), "into_result");
    if returns.asyncness.is_none() {
        return quote!(#pp::Phase::done(#convert(#call)));
    }
    let (check, future) = hook::expand_future("PP039_lifecycle_future", call, ident.span());
    let output = path::local("output");
    quote!(#check #pp::Phase::pending(#future, |#output| #convert(#output)))
}

/// The written return type, or `()` in place of the name when there is none.
pub(super) fn return_type(returns: &Returns, otherwise: Span) -> TokenStream {
    returns
        .ty
        .clone()
        .unwrap_or_else(|| quote_spanned!(otherwise=> ()))
}
