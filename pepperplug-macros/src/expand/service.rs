//! A service: `impl Service for dyn Trait`.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::link;
use super::path::{self, Private};
use crate::model::service::Service;

pub(crate) fn expand(service: &Service) -> TokenStream {
    let pp = &Private::new(service.krate.as_ref());
    let guard = link::is_on().then(|| link::expand_service(pp, service));
    let items = pp.wrap(&[], &expand_impl(pp, service, &expand_meta(pp, service)));
    quote!(#guard #items)
}

/// The impls alone, around the metadata. An alias of an injected type is only known by trait, hence the second.
pub(super) fn expand_impl(pp: &Private, service: &Service, meta: &TokenStream) -> TokenStream {
    let ident = &service.ident;
    // The compiler points at `dyn` when the trait is not dyn compatible.
    let dyn_token = quote_spanned!(ident.span()=> dyn);
    quote! {
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl #pp::Service for #dyn_token #ident {
            const META: &'static #pp::ServiceMeta = #meta;
        }
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl #pp::Injectable for #dyn_token #ident {
            const ARC: #pp::Edge = <Self as #pp::Service>::ARC;
            const OPTION: #pp::Edge = <Self as #pp::Service>::OPTION;
            const VEC: #pp::Edge = <Self as #pp::Service>::VEC;
            const LAZY: #pp::Edge = <Self as #pp::Service>::LAZY;
        }
    }
}

fn expand_meta(pp: &Private, service: &Service) -> TokenStream {
    let name = &service.name.text;
    let hash = Literal::u64_unsuffixed(service.name.hash());
    let type_name = service.ident.to_string();
    let location = path::location(service.ident.span());
    quote!(&#pp::ServiceMeta::new(#name, #hash, #type_name, ::core::module_path!(), #location))
}
