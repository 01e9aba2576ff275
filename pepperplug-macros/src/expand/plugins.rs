//! `plugins![…]`: the list, and the proof of its graph.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};

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
            const WIRING: &#pp::Wiring<{ METAS.len() }> =
                &#pp::Wiring::new(METAS, CANDIDATES).seen_from(::core::module_path!());
            #checks
            // A constant, so that `&plugins![…]` lives as long as the program.
            const { #pp::PluginSet::new(METAS, CANDIDATES) }
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
    quote!({ #import const { #pp::PluginSet::new(&[#(#metas),*], &[]) } })
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
    let mut place = Place::default();
    for (at, entry) in list.iter().enumerate() {
        let check = path::const_check(&entry.cfgs, &quote!(WIRING.fault_of(#place)), &entry.ty);
        checks.extend(quote!(#[allow(long_running_const_eval)] #check));
        match entry.condition() {
            None => place.since += 1,
            Some(condition) => {
                let after = format_ident!("AFTER_{at}");
                checks.extend(quote! {
                    #[allow(dead_code)]
                    const #after: usize = #place + ::core::cfg!(#condition) as usize;
                });
                place = Place {
                    base: Some(after),
                    since: 0,
                };
            }
        }
    }
    checks
}

/// The place of an entry among those that this build has: so many after the last one that is under a condition.
#[derive(Default)]
struct Place {
    base: Option<Ident>,
    since: usize,
}

impl ToTokens for Place {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let since = Literal::usize_unsuffixed(self.since);
        tokens.extend(match (&self.base, self.since) {
            (None, _) => quote!(#since),
            (Some(base), 0) => quote!(#base),
            (Some(base), _) => quote!(#base + #since),
        });
    }
}
