//! `plugins![…]`: the list, and the proof of its graph.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

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
    let checks = expand_checks(&entries.list);
    let import = pp.import();
    quote! {
        {
            #[allow(unused_imports)]
            #import
            const METAS: &[#pp::MetaRef] = &[#(#metas),*];
            const CANDIDATES: &[#pp::Candidate] = &[#(#candidates),*];
            #[allow(long_running_const_eval)]
            const WIRING: &#pp::Wiring<{ METAS.len() }> = &#pp::Wiring::new(METAS, CANDIDATES);
            #checks
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

/// What is wrong with each entry, at that entry. Its place among those that this build has depends on the conditions of the
/// entries before it, so each of these gives a name to the place after it.
fn expand_checks(list: &[Entry]) -> TokenStream {
    let mut checks = TokenStream::new();
    let (mut since, mut base) = (0_usize, quote!(0));
    for (at, entry) in list.iter().enumerate() {
        let place = match since {
            0 => base.clone(),
            since => quote!(#base + #since),
        };
        let check = path::const_check(&entry.cfgs, &quote!(WIRING.fault_of(#place)), &entry.ty);
        checks.extend(quote!(#[allow(long_running_const_eval)] #check));
        since += 1;
        if let Some(condition) = entry.condition() {
            let after = format_ident!("AFTER_{at}");
            checks
                .extend(quote!(const #after: usize = #place + ::core::cfg!(#condition) as usize;));
            (since, base) = (0, quote!(#after));
        }
    }
    checks
}
