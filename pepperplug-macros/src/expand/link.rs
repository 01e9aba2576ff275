//! The link guard (feature `link-guard`): symbols whose *names are sentences*, so that the linker's own error says what is wrong.
//!
//! Each plugin defines the symbol of its name, and each `requires` refers to the symbol of the name it wants. A name that no
//! linked plugin has is then an undefined symbol, and a name that two have is a duplicate one. The sentence is the same in
//! both cases, since a symbol has one name; it reads well after either.
//!
//! A service's symbol needs the service's name, which the consumer's macro cannot know from `dyn Cache`. So `#[service]` emits
//! a macro under the trait's own name: macros and traits live in different namespaces, so whatever path or `use … as Kv`
//! reaches the trait reaches the macro. Only services that are declared `single` have a symbol, since several plugins may
//! provide any other.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};

use super::path::{self, Private, service_path};
use crate::attr::literal::Requirement;
use crate::model::edge::{Access, Edge};
use crate::model::inject::{Field, Injection, Source};
use crate::model::plugin::Plugin;
use crate::model::service::Service;

/// Whether the application chose the guard.
pub(crate) fn is_on() -> bool {
    cfg!(feature = "link-guard")
}

/// The symbol of a plugin.
fn plugin_symbol(name: &str) -> String {
    format!("pepperplug [PP061]: exactly one plugin named `{name}` must be linked (two are PP060)")
}

/// The symbol of a service that is declared `single`.
fn service_symbol(name: &str) -> String {
    format!(
        "pepperplug [PP062]: exactly one plugin must provide the service `{name}` (two are PP044)"
    )
}

/// Defines a symbol at a place of the user's.
///
/// The linker tells in debug builds where a static stands, so that has the user's span. What is `unsafe` has the macro's:
/// `#![forbid(unsafe_code)]` does not look at that.
pub(crate) fn expand_define(symbol: &str, at: Span) -> TokenStream {
    let definition = quote_spanned!(at=> static DEFINED: u8 = 0;);
    quote! {
        const _: () = {
            #[unsafe(export_name = #symbol)]
            #definition
        };
    }
}

/// Refers to a symbol, from the place of `by`. The linker tells the name of the static that refers, so that is its name.
pub(crate) fn expand_need(symbol: &str, by: &Ident) -> TokenStream {
    let reference = quote_spanned!(by.span()=> static #by: &u8 = &NEEDED;);
    quote! {
        const _: () = {
            unsafe extern "C" {
                #[link_name = #symbol]
                safe static NEEDED: u8;
            }
            #[used]
            #reference
        };
    }
}

/// What a plugin defines and needs.
pub(super) fn expand_plugin(plugin: &Plugin) -> TokenStream {
    let by = |at: Span| format_ident!("required_by_{}", plugin.ident, span = at);
    let mut items = expand_define(&plugin_symbol(&plugin.name.text), plugin.ident.span());
    for Requirement { name, .. } in &plugin.requires {
        items.extend(expand_need(&plugin_symbol(&name.text), &by(name.span)));
    }
    for Field { source, cfgs, .. } in &plugin.fields {
        let Source::Inject(Injection {
            edge: Edge::Service(access, ty),
            ..
        }) = source
        else {
            continue;
        };
        // An optional service may be missing, and of all providers there may be none.
        if matches!(access, Access::Arc | Access::Lazy) {
            let (service, by) = (service_path(ty), by(path::ends(ty).0));
            items.extend(quote!(#(#cfgs)* #service! { require #by }));
        }
    }
    for ty in &plugin.provides {
        let service = service_path(&ty.to_token_stream());
        items.extend(quote!(#service! { provide }));
    }
    items
}

/// The macro under the trait's name.
pub(super) fn expand_service(pp: &Private, service: &Service) -> TokenStream {
    let Service { vis, ident, .. } = service;
    let hash = format!("{:016x}", service.name.hash());
    let unique = format_ident!(
        "__pepperplug_service_{}_{}",
        ident,
        hash,
        span = Span::call_site()
    );
    let symbol = service_symbol(&service.name.text);
    let link = pp.full(&quote!(link));
    let (provide, require) = if service.single {
        (
            quote!(#link! { define #symbol }),
            quote!(#link! { need #symbol $by }),
        )
    } else {
        (quote!(), quote!())
    };
    let export = matches!(vis, syn::Visibility::Public(_)).then(|| quote!(#[macro_export]));
    quote! {
        #[doc(hidden)]
        #export
        macro_rules! #unique {
            (provide) => { #provide };
            (require $by:ident) => { #require };
        }
        #[doc(hidden)]
        #[allow(unused_imports)]
        #vis use #unique as #ident;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attr::service;
    use crate::diag::{Diag, Subject};

    fn pretty(tokens: TokenStream) -> String {
        match syn::parse2(tokens.clone()) {
            Ok(file) => prettyplease::unparse(&file),
            Err(error) => panic!("the expansion does not parse: {error}\n{tokens}"),
        }
    }

    #[test]
    fn one_defines_and_one_needs() {
        let symbol = plugin_symbol("cache");
        let define = expand_define(&symbol, Span::call_site());
        let need = expand_need(&symbol, &format_ident!("required_by_AuthPlugin"));
        insta::assert_snapshot!(pretty(quote!(#define #need)));
    }

    #[test]
    fn macro_under_the_name_of_a_trait() {
        insta::assert_snapshot!(pretty(service_macro(quote!("cache", single), quote!(pub))));
        insta::assert_snapshot!(pretty(service_macro(quote!("log"), quote!())));
    }

    fn service_macro(attr: TokenStream, vis: TokenStream) -> TokenStream {
        let diag = Diag::new();
        let ident = format_ident!("Cache");
        let subject = Subject {
            name: "service `Cache`",
            diag: &diag,
        };
        let attr = service::from_tokens(attr, &ident, subject);
        assert!(diag.into_errors().is_none());
        let vis = match syn::parse2(vis) {
            Ok(vis) => vis,
            Err(error) => panic!("{error}"),
        };
        expand_service(&Private::new(None), &Service::from_attr(attr, &ident, &vis))
    }

    #[test]
    fn path_of_a_service() {
        assert_eq!(
            service_path(&quote!(dyn cache::Cache)).to_string(),
            "cache :: Cache"
        );
        assert_eq!(service_path(&quote!(Kv)).to_string(), "Kv");
    }
}
