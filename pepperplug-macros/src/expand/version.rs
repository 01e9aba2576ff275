//! Versions and ranges as constants.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::path::Private;
use crate::value::version::{Comparator, Version, VersionReq};

pub(super) fn version(pp: &Private, version: &Version) -> TokenStream {
    let [major, minor, patch] =
        [version.major, version.minor, version.patch].map(Literal::u64_unsuffixed);
    let pre = &version.pre;
    quote!(#pp::Version::new(#major, #minor, #patch, #pre))
}

/// The range; without one, or with one that holds for all, any version.
pub(super) fn range(pp: &Private, range: Option<&VersionReq>) -> TokenStream {
    match range {
        Some(range) if !range.comparators.is_empty() => {
            let comparators = range
                .comparators
                .iter()
                .map(|condition| comparator(pp, condition));
            quote!(#pp::VersionReq::new(const { &[#(#comparators),*] }))
        }
        _ => quote!(#pp::VersionReq::ANY),
    }
}

fn comparator(pp: &Private, comparator: &Comparator) -> TokenStream {
    let op = format_ident!("{}", comparator.op.variant());
    let major = Literal::u64_unsuffixed(comparator.major);
    let [minor, patch] = [comparator.minor, comparator.patch].map(option);
    let pre = &comparator.pre;
    quote!(#pp::Comparator::new(#pp::Op::#op, #major, #minor, #patch, #pre))
}

fn option(number: Option<u64>) -> TokenStream {
    match number.map(Literal::u64_unsuffixed) {
        Some(number) => {
            let number = number.to_token_stream();
            quote!(::core::option::Option::Some(#number))
        }
        None => quote!(::core::option::Option::None),
    }
}
