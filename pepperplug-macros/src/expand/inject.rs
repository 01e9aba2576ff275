//! Injected fields: their edges in the metadata, their checks, and how the plugin's value is built from them.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};

use super::path::{self, Private};
use super::version;
use crate::model::edge::{Access, Edge};
use crate::model::inject::{Field, Injection, Source};
use crate::model::plugin::Plugin;

/// `Injection::new("database", <DatabasePlugin as Plugin>::ARC, …)` for each injected field.
pub(super) fn injections(pp: &Private, fields: &[Field]) -> Vec<TokenStream> {
    let expand = |field: &Field| match &field.source {
        Source::Inject(injection) => Some(expand_injection(pp, field, injection)),
        _ => None,
    };
    fields.iter().filter_map(expand).collect()
}

fn expand_injection(pp: &Private, field: &Field, injection: &Injection) -> TokenStream {
    let cfgs = &field.cfgs;
    let label = field.label();
    let edge = expand_edge(pp, &injection.edge);
    let location = path::location(path::ends(&field.ty).0);
    let name = injection.attr.name.as_ref().map(|name| {
        let text = &name.text;
        quote!(.name(#text))
    });
    let version = injection.attr.version.as_ref().map(|range| {
        let range = version::range(pp, Some(&range.req));
        quote!(.version(#range))
    });
    let new = match &injection.edge {
        Edge::Settings(_) => quote!(settings),
        _ => quote!(new),
    };
    quote!(#(#cfgs)* #pp::Injection::#new(#label, #edge, #location) #name #version)
}

fn expand_edge(pp: &Private, edge: &Edge) -> TokenStream {
    match edge {
        Edge::Plugin(access, ty) => path::projection(ty, &quote!(#pp::Plugin), access.constant()),
        Edge::Service(access, ty) => path::projection(ty, &quote!(#pp::Service), access.constant()),
        Edge::Other(ty) => path::projection(ty, &quote!(#pp::Inject), "EDGE"),
        Edge::Settings(ty) => quote! {
            #pp::Edge::settings(
                <#pp::SettingsOf<#ty>>::EDGE,
                <#pp::Checks<#ty>>::HOW,
                <#pp::Describes<#ty>>::HOW,
            )
        },
    }
}

impl Access {
    /// The edge constant of this name in `Plugin` and `Service`.
    fn constant(self) -> &'static str {
        match self {
            Access::Arc => "ARC",
            Access::Option => "OPTION",
            Access::Vec => "VEC",
            Access::Lazy => "LAZY",
        }
    }
}

/// What only the injected plugin's own metadata can answer: its name and its version.
pub(super) fn checks(pp: &Private, plugin: &Plugin) -> TokenStream {
    let injected = plugin
        .fields
        .iter()
        .filter_map(|field| match &field.source {
            Source::Inject(Injection {
                edge: Edge::Plugin(_, ty),
                attr,
            }) => Some((field, ty, attr)),
            _ => None,
        });
    let mut checks = TokenStream::new();
    for (field, ty, attr) in injected {
        let meta = path::projection(ty, &quote!(#pp::Plugin), "META");
        if let Some(name) = &attr.name {
            let (text, literal) = (&name.text, &name.literal);
            let check = quote!(#pp::check_injected_name(#meta, #text));
            checks.extend(path::const_check(&field.cfgs, &check, &quote!(#literal)));
        }
        if let Some(range) = &attr.version {
            let req = version::range(pp, Some(&range.req));
            let owner = &plugin.name.text;
            let check = quote!(#pp::check_injected_version(#meta, #req, #owner));
            checks.extend(path::const_check(
                &field.cfgs,
                &check,
                &range.literal.to_token_stream(),
            ));
        }
    }
    checks
}

/// `X { database: cx.field()?, signer: …default… }`, or `X(…)`: there the fields after one under a `cfg` move up.
pub(super) fn construction(pp: &Private, plugin: &Plugin) -> TokenStream {
    let ident = &plugin.ident;
    let fields = plugin.fields.iter().map(|field| {
        let (member, cfgs) = (&field.member, &field.cfgs);
        let value = expand_value(pp, field);
        if plugin.is_tuple {
            quote!(#(#cfgs)* #value)
        } else {
            quote!(#(#cfgs)* #member: #value)
        }
    });
    if plugin.is_tuple {
        quote!(#ident(#(#fields),*))
    } else {
        quote!(#ident { #(#fields),* })
    }
}

fn expand_value(pp: &Private, field: &Field) -> TokenStream {
    let cx = path::local("cx");
    let value = match &field.source {
        Source::Inject(_) => quote!(#cx.field()),
        Source::Init(expression) => return quote!(#expression),
        Source::Default(_) | Source::Faulty => {
            let (ty, label) = (&field.ty, field.label());
            quote!(#cx.first(<#pp::Defaults<#ty>>::MAKE, #label))
        }
    };
    // What `?` stands for is compiled once for each type of a field, in every crate.
    let [value_of, error] = ["value", "error"].map(path::local);
    quote! {
        match #value {
            ::core::result::Result::Ok(#value_of) => #value_of,
            ::core::result::Result::Err(#error) => return ::core::result::Result::Err(#error),
        }
    }
}
