//! A plugin: its metadata, its `impl Plugin`, its registration, and the checks that its own types can answer.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::Type;

use super::path::{self, Private, service_path};
use super::version;
use super::{field, inject, link};
use crate::model::plugin::Plugin;
use crate::model::{readable, unwrap_groups};

/// Everything generated for a plugin struct.
pub(crate) fn expand(plugin: &Plugin) -> TokenStream {
    let pp = &Private::new(plugin.krate.as_ref());
    pp.wrap(&[], &expand_items(pp, plugin))
}

/// Everything but how to build it, for a struct whose fields are not known.
pub(crate) fn expand_unread(plugin: &Plugin) -> TokenStream {
    let pp = &Private::new(plugin.krate.as_ref());
    pp.wrap(
        &[],
        &expand_items_with(pp, plugin, &quote!(::core::unreachable!())),
    )
}

/// The items alone.
pub(super) fn expand_items(pp: &Private, plugin: &Plugin) -> TokenStream {
    expand_items_with(pp, plugin, &inject::construction(pp, plugin))
}

fn expand_items_with(pp: &Private, plugin: &Plugin, construction: &TokenStream) -> TokenStream {
    let ident = &plugin.ident;
    let meta = expand_meta(pp, plugin);
    let cx = if plugin.fields.iter().any(takes_cursor) {
        path::local("cx").to_token_stream()
    } else {
        quote!(_)
    };
    let meta_ref = quote!(#pp::MetaRef::new(&__PEPPERPLUG_META));
    let implementation = expand_impl(
        pp,
        plugin,
        &meta_ref,
        &quote! {
            fn construct(#cx: &mut #pp::Construct<'_>) -> ::core::result::Result<Self, #pp::InjectError> {
                ::core::result::Result::Ok(#construction)
            }
        },
    );
    let ring = path::const_check(
        &[],
        &quote!(#pp::check_ring(#meta_ref)),
        &ident.to_token_stream(),
    );
    let provides = expand_provides_checks(pp, plugin);
    let fields = field::checks(pp, plugin);
    let checks = inject::checks(pp, plugin);
    // The library's own plugins are linked into every program: each is a part of those that list it, and the names of all
    // others' plugins stay free.
    let register = (!pp.is_own()).then(|| quote!(#pp::register! { #meta_ref }));
    let link = (link::is_on() && !pp.is_own()).then(|| link::expand_plugin(plugin));
    quote! {
        use #pp::otherwise::*;
        #provides
        static __PEPPERPLUG_META: #pp::PluginMeta = #meta;
        #implementation
        #register
        #ring
        #fields
        #checks
        #link
    }
}

fn takes_cursor(field: &crate::model::inject::Field) -> bool {
    !matches!(field.source, crate::model::inject::Source::Init(_))
}

/// `impl Plugin`, around its metadata and the function that builds the plugin.
pub(super) fn expand_impl(
    pp: &Private,
    plugin: &Plugin,
    meta: &TokenStream,
    construct: &TokenStream,
) -> TokenStream {
    let ident = &plugin.ident;
    quote! {
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl #pp::Plugin for #ident {
            const META: #pp::MetaRef = #meta;
            const SHARED: ::core::option::Option<#pp::Shared<Self>> = <#pp::IsShared<#ident>>::SHARED;
            const IMPL: #pp::ImplMeta<Self> = <#pp::ImplOf<#ident>>::META;
            fn slot() -> &'static #pp::TypeSlot<Self> {
                static SLOT: #pp::TypeSlot<#ident> = #pp::TypeSlot::new();
                &SLOT
            }
            #construct
        }
    }
}

/// `PluginMeta::new(…)` with a call for each thing that was declared.
fn expand_meta(pp: &Private, plugin: &Plugin) -> TokenStream {
    let ident = &plugin.ident;
    let mut meta = expand_empty_meta(pp, plugin);
    let number = version::version(pp, &plugin.version);
    meta.extend(quote!(.version(#number)));
    if let Some(description) = &plugin.description {
        meta.extend(quote!(.description(#description)));
    }
    if let Some(feature) = plugin.feature.as_ref().map(|feature| &feature.text) {
        meta.extend(quote!(.feature(#feature)));
    }
    if plugin.optional {
        meta.extend(quote!(.optional()));
    }
    if let Some(timeout) = plugin.timeout.map(Literal::u64_unsuffixed) {
        meta.extend(quote!(.timeout_ms(#timeout)));
    }
    if let Some(section) = plugin.settings.as_ref().map(|section| &section.text) {
        meta.extend(quote!(.settings_section(#section)));
    }
    meta.extend(list("requires", expand_requirements(pp, plugin)));
    meta.extend(list("provides", expand_provided(pp, plugin)));
    meta.extend(list("emits", expand_emitted(pp, plugin)));
    meta.extend(list("injects", inject::injections(pp, &plugin.fields)));
    quote!(#meta.hooks(<#ident as #pp::Plugin>::IMPL.hooks()))
}

/// `PluginMeta::new(…)` with what every plugin has.
pub(super) fn expand_empty_meta(pp: &Private, plugin: &Plugin) -> TokenStream {
    let ident = &plugin.ident;
    let name = &plugin.name.text;
    let hash = Literal::u64_unsuffixed(plugin.name.hash());
    let type_name = ident.to_string();
    let location = path::location(ident.span());
    quote! {
        #pp::PluginMeta::new(#name, #hash, #type_name, ::core::module_path!(), #location, #pp::Vtable::of::<#ident>())
    }
}

/// `.method(const { &[…] })`, or nothing for an empty list.
fn list(method: &str, items: Vec<TokenStream>) -> TokenStream {
    if items.is_empty() {
        return TokenStream::new();
    }
    let method = syn::Ident::new(method, proc_macro2::Span::call_site());
    quote!(.#method(const { &[#(#items),*] }))
}

fn expand_requirements(pp: &Private, plugin: &Plugin) -> Vec<TokenStream> {
    let expand = |requirement: &crate::attr::literal::Requirement| {
        let name = &requirement.name.text;
        let hash = Literal::u64_unsuffixed(requirement.name.hash());
        let range = version::range(pp, requirement.range.as_ref());
        let location = path::location(requirement.name.span);
        quote!(#pp::Requirement::new(#name, #hash, #range, #location))
    };
    plugin.requires.iter().map(expand).collect()
}

/// A service and the coercion to it, where the plugin has one.
fn expand_provided(pp: &Private, plugin: &Plugin) -> Vec<TokenStream> {
    let ident = &plugin.ident;
    let expand = |(place, ty): (usize, &Type)| {
        let meta = path::projection(
            &unwrap_groups(ty).to_token_stream(),
            &quote!(#pp::Service),
            "META",
        );
        let provides = provides(place);
        quote!(#pp::Provided::new(#meta, <#provides<#ident>>::CAST))
    };
    plugin.provides.iter().enumerate().map(expand).collect()
}

/// The events that it says it emits.
fn expand_emitted(pp: &Private, plugin: &Plugin) -> Vec<TokenStream> {
    let expand = |ty: &Type| {
        let ty = unwrap_groups(ty).to_token_stream();
        path::projection(&ty, &quote!(#pp::Event), "META")
    };
    plugin.emits.iter().map(expand).collect()
}

fn provides(place: usize) -> Ident {
    format_ident!("__Provides{place}")
}

/// Whether the plugin implements the services that it provides.
///
/// A bound would say so too, in words of the compiler's. So the coercion is a constant: an inherent one, where its bound
/// holds, wins over a trait's, and where it does not, the build says so at the service's name.
fn expand_provides_checks(pp: &Private, plugin: &Plugin) -> TokenStream {
    let ident = &plugin.ident;
    let expand = |(place, ty): (usize, &Type)| {
        let ty = &unwrap_groups(ty).to_token_stream();
        let service = service_path(ty);
        let (provides, not) = (provides(place), format_ident!("__ProvidesNot{place}"));
        let shown = readable(&service);
        let text = format!(
            "[PP036] plugin `{}` provides `{}`, which `{ident}` does not implement\nhelp: add `impl {shown} for {ident}`",
            plugin.name.text,
            readable(ty),
        );
        let lacks = quote!(<#provides<#ident>>::CAST.is_none());
        let check = path::const_fault(&[], &lacks, &text, ty);
        quote! {
            struct #provides<P>(::core::marker::PhantomData<P>);
            impl<P: #service + #pp::Plugin> #provides<P> {
                const CAST: ::core::option::Option<#pp::Cast> =
                    ::core::option::Option::Some(|plugin, out| #pp::provide::<P, #ty>(plugin, out, |plugin| plugin));
            }
            trait #not { const CAST: ::core::option::Option<#pp::Cast> = ::core::option::Option::None; }
            impl<P> #not for #provides<P> {}
            #check
        }
    };
    plugin.provides.iter().enumerate().map(expand).collect()
}
