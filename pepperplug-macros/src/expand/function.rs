//! A free hook function: the struct that stands for it, as a plugin with one hook.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::path::{self, Private};
use super::{hook, method, plugin};
use crate::model::function::{Function, Pass};
use crate::model::plugin::SelfType;

pub(crate) fn expand(function: &Function) -> TokenStream {
    let pp = &Private::new(function.plugin.krate.as_ref());
    let stand = expand_struct(function);
    let self_ty = SelfType::from_ident(&function.plugin.ident);
    let hooks = function
        .hook
        .as_ref()
        .map(|hook| expand_hook(pp, function, hook));
    let implementation =
        method::expand_constant(pp, &self_ty, &TokenStream::new(), hooks.as_slice());
    let checks = hook::checks(pp, function.hook.as_slice());
    let plugin = plugin::expand_items(pp, &function.plugin);
    let items = pp.wrap(
        &function.cfgs,
        &quote!(use #pp::otherwise::*; #implementation #checks #plugin),
    );
    quote!(#stand #items)
}

/// The struct, which is all that outside code needs to name.
pub(super) fn expand_struct(function: &Function) -> TokenStream {
    let Function {
        vis, cfgs, plugin, ..
    } = function;
    let ident = &plugin.ident;
    let fields = plugin.fields.iter().map(|field| {
        let (cfgs, member, ty) = (&field.cfgs, &field.member, &field.ty);
        quote!(#(#cfgs)* #member: #ty)
    });
    let allow = path::allow();
    quote! {
        #(#cfgs)*
        #[doc(hidden)]
        #allow
        #vis struct #ident { #(#fields),* }
    }
}

/// The call passes the event first, then what the fields hold.
fn expand_hook(pp: &Private, function: &Function, hook: &crate::model::hook::Hook) -> TokenStream {
    let ident = &function.plugin.ident;
    let this = path::local("this");
    let injected = function
        .plugin
        .fields
        .iter()
        .zip(&function.passes)
        .map(|(field, pass)| {
            let (cfgs, member) = (&field.cfgs, &field.member);
            match pass {
                Pass::Clone => quote!(#(#cfgs)* ::core::clone::Clone::clone(&#this.#member)),
                Pass::Reference => quote!(#(#cfgs)* &#this.#member),
            }
        });
    let injected = quote!(#(#injected),*);
    hook::expand_meta_with(
        pp,
        &quote!(#ident),
        hook,
        &|arguments| quote_spanned!(ident.span()=> #ident(#arguments #injected)),
    )
}
