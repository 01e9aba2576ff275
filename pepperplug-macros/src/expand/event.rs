//! An event: its `impl Event`, and whether its hooks may be async.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, format_ident, quote};

use super::hook::expand_policies;
use super::path::{self, Private};
use crate::attr::event::Mode;
use crate::model::event::Event;
use crate::model::readable;

pub(crate) fn expand(event: &Event) -> TokenStream {
    let pp = &Private::new(event.krate.as_ref());
    let implementation = expand_impl(pp, event, &expand_meta(pp, event));
    let ident = &event.ident;
    let historic = event.historic.as_ref().map(|(_, key)| {
        let check = quote!(#pp::check_historic(
            <#ident as #pp::Event>::META, <#pp::IsKept<#ident>>::HOW.is_some()
        ));
        path::const_check(&[], &check, &key.to_token_stream())
    });
    pp.wrap(
        &[],
        &quote! {
            use #pp::otherwise::*;
            #implementation
            #historic
            #pp::register_event! { #ident }
        },
    )
}

/// The impls alone, around the metadata.
pub(super) fn expand_impl(pp: &Private, event: &Event, meta: &TokenStream) -> TokenStream {
    let ident = &event.ident;
    let mode = format_ident!("{}", event.mode.marker());
    let output = event.output.clone().unwrap_or_else(|| quote!(()));
    let timing = if event.sync {
        quote!(SyncEvent)
    } else {
        quote!(AsyncEvent)
    };
    quote! {
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl #pp::Event for #ident {
            type Mode = #pp::#mode;
            type Output = #output;
            const META: &'static #pp::EventMeta = #meta;
            fn slot() -> &'static #pp::TypeSlot<Self> {
                static SLOT: #pp::TypeSlot<#ident> = #pp::TypeSlot::new();
                &SLOT
            }
        }
        #[automatically_derived]
        impl #pp::#timing for #ident {}
    }
}

/// `EventMeta::new(…)` with a call for each policy that was declared.
fn expand_meta(pp: &Private, event: &Event) -> TokenStream {
    let name = &event.name.text;
    let hash = Literal::u64_unsuffixed(event.name.hash());
    let type_name = event.ident.to_string();
    let location = path::location(event.ident.span());
    let ident = &event.ident;
    let output = event.output.clone().unwrap_or_else(|| quote!(()));
    let sync = event.sync.then(|| quote!(.sync()));
    let parallel = event.parallel.then(|| quote!(.parallel()));
    let historic = event.historic.as_ref().map(|(limit, _)| {
        let limit = Literal::u32_unsuffixed(*limit);
        quote!(.historic(#limit, <#pp::IsKept<#ident>>::HOW))
    });
    let policies = expand_policies(pp, &event.policies);
    let takes = expand_takes(pp, event);
    quote!(&#pp::EventMeta::new(#name, #hash, #type_name, ::core::module_path!(), #location) #takes #sync #parallel #historic #policies .data(<#pp::IsData<#ident>>::HOW) .made_of_data(<#pp::IsMadeOfData<#ident>>::HOW, <#pp::IsData<#output>>::HOW))
}

/// What hooks return, for messages; nothing in mode notify, which is the default.
fn expand_takes(pp: &Private, event: &Event) -> TokenStream {
    let output = event.output.as_ref().map_or("()".to_owned(), readable);
    let takes = match event.mode {
        Mode::Notify => return TokenStream::new(),
        Mode::Transform => "()".to_owned(),
        Mode::Collect => output,
        Mode::First => format!("Option<{output}>"),
    };
    let mode = format_ident!("{}", event.mode.marker());
    quote!(.takes(#pp::EventMode::#mode, #takes))
}
