//! `plugins![…]`: the list, and the proof of its graph.

use proc_macro2::TokenStream;
use quote::quote;

use super::path::{self, Private};
use crate::model::entry::{Entries, Entry};

pub(crate) fn expand(entries: &Entries) -> TokenStream {
    let pp = &Private::new(entries.krate.as_ref());
    let metas = entries.list.iter().map(|entry| {
        let cfgs = &entry.cfgs;
        let meta = meta(pp, entry);
        quote!(#(#cfgs)* #meta)
    });
    let candidates = entries.list.iter().map(|entry| expand_candidate(pp, entry));
    let checks = entries.list.iter().map(|entry| expand_check(pp, entry));
    let whole = path::const_check(&[], &quote!(WIRING.fault()), &TokenStream::new());
    let import = pp.import();
    quote! {
        {
            #[allow(unused_imports)]
            #import
            const METAS: &[#pp::MetaRef] = &[#(#metas),*];
            const CANDIDATES: &[#pp::Candidate] = &[#(#candidates),*];
            #[allow(long_running_const_eval)]
            const WIRING: &#pp::Wiring<{ METAS.len() }> = &#pp::Wiring::new(METAS, CANDIDATES);
            #(#checks)*
            #[allow(long_running_const_eval)]
            #whole
            #pp::PluginSet::new(METAS, CANDIDATES)
        }
    }
}

/// An expression for lists with faults: the sound entries, not checked.
pub(crate) fn expand_unchecked(entries: &Entries) -> TokenStream {
    let pp = &Private::new(entries.krate.as_ref());
    let metas = entries.list.iter().map(|entry| {
        let cfgs = &entry.cfgs;
        let meta = meta(pp, entry);
        quote!(#(#cfgs)* #meta)
    });
    let import = pp.import();
    quote!({ #import #pp::PluginSet::new(const { &[#(#metas),*] }, &[]) })
}

fn meta(pp: &Private, entry: &Entry) -> TokenStream {
    path::projection(&entry.ty, &quote!(#pp::Plugin), "META")
}

/// The entry as data: whether this build has it, and under which condition another would.
fn expand_candidate(pp: &Private, entry: &Entry) -> TokenStream {
    let path = &entry.text;
    match entry.condition() {
        Some(condition) => {
            let text = condition.to_string();
            quote!(#pp::Candidate::new(#path, #text, ::core::cfg!(#condition)))
        }
        None => quote!(#pp::Candidate::new(#path, "", true)),
    }
}

fn expand_check(pp: &Private, entry: &Entry) -> TokenStream {
    let meta = meta(pp, entry);
    let check = path::const_check(&entry.cfgs, &quote!(WIRING.fault_of(#meta)), &entry.ty);
    quote!(#[allow(long_running_const_eval)] #check)
}
