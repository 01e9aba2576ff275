//! Paths into the runtime, and the places that generated tokens point at.
//!
//! Two kinds of span matter. A token with the user's span is where rustc puts its caret, and what lints of the user's crate
//! look at; a token with the call-site span belongs to the macro. So only what may fail carries the user's span, and above all
//! nothing `unsafe` does: crates with `#![forbid(unsafe_code)]` keep compiling.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Path};

/// What `pepperplug::__private` is called inside generated blocks.
const SHORT: &str = "__pp";

/// The path of `pepperplug::__private`, absolute, or below the path given as `crate = …`.
///
/// Everything generated stands in a block of its own that imports the path once, under a short name: what interpolates a
/// `Private` is short, and reads well in a dump.
pub(crate) struct Private {
    path: TokenStream,
    is_own: bool,
}

impl Private {
    pub(crate) fn new(krate: Option<&Path>) -> Self {
        let path = match krate {
            // `$crate` resolves by its span, so the span keeps its hygiene and loses its place.
            Some(path) => {
                let path = located_at(path.to_token_stream(), Span::call_site());
                quote!(#path::__private)
            }
            None => quote!(::pepperplug::__private),
        };
        let is_own = krate.is_some_and(|path| path.is_ident("crate")) && is_library();
        Private { path, is_own }
    }

    /// Whether the item stands in the library itself.
    pub(crate) fn is_own(&self) -> bool {
        self.is_own
    }

    /// The short name at a place of the user's.
    pub(crate) fn at(span: Span) -> Ident {
        Ident::new(SHORT, span)
    }

    /// The path of `item`, for what stands outside of a block.
    pub(crate) fn full(&self, item: &TokenStream) -> TokenStream {
        let path = &self.path;
        quote!(#path::#item)
    }

    /// The import that every block of generated code begins with.
    pub(crate) fn import(&self) -> TokenStream {
        let (path, short) = (&self.path, Private::at(Span::call_site()));
        quote!(use #path as #short;)
    }

    /// Items, out of the way of the user's: in an anonymous constant.
    pub(crate) fn wrap(&self, cfgs: &[Attribute], items: &TokenStream) -> TokenStream {
        let (import, allow) = (self.import(), allow());
        quote! {
            #(#cfgs)*
            #[doc(hidden)]
            #allow
            const _: () = {
                #import
                #items
            };
        }
    }
}

/// Whether the crate being built may be the library: one that re-exports all of it at its root writes `crate = crate` too. A
/// build without cargo does not say.
fn is_library() -> bool {
    std::env::var("CARGO_CRATE_NAME").map_or(true, |name| name == "pepperplug")
}

impl ToTokens for Private {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        Private::at(Span::call_site()).to_tokens(tokens);
    }
}

/// The tokens at the place `at`, each resolving its names as before.
pub(crate) fn located_at(tokens: TokenStream, at: Span) -> TokenStream {
    let relocate = |mut tree: TokenTree| {
        tree.set_span(tree.span().located_at(at));
        tree
    };
    tokens.into_iter().map(relocate).collect()
}

/// The first and the last span of some tokens: together they cover all of them.
pub(crate) fn ends(tokens: &TokenStream) -> (Span, Span) {
    let mut spans = tokens.clone().into_iter().map(|tree| match tree {
        TokenTree::Group(group) => (group.span_open(), group.span_close()),
        tree => (tree.span(), tree.span()),
    });
    let first = spans
        .next()
        .unwrap_or_else(|| (Span::call_site(), Span::call_site()));
    let last = spans.last().unwrap_or(first);
    (first.0, last.1)
}

/// `<ty as bound>::item`, placed so that rustc's caret covers exactly `ty` when it does not implement `bound`.
pub(crate) fn projection(ty: &TokenStream, bound: &TokenStream, item: &str) -> TokenStream {
    let (first, last) = ends(ty);
    let open = quote_spanned!(first=> <);
    let item = syn::Ident::new(item, last);
    let close = quote_spanned!(last=> >::#item);
    quote!(#open #ty as #bound #close)
}

/// `cache::Cache` of `dyn cache::Cache`.
pub(crate) fn service_path(ty: &TokenStream) -> TokenStream {
    let is_dyn = |tree: &TokenTree| matches!(tree, TokenTree::Ident(word) if word == "dyn");
    ty.clone().into_iter().skip_while(is_dyn).collect()
}

/// The user's place of `span`, as a value: that of the call.
pub(crate) fn location(span: Span) -> TokenStream {
    let pp = Private::at(span);
    quote_spanned!(span=> #pp::Location::here())
}

/// `const _` that fails the build with the text of `check`, an expression of type `Option<Message>`, under all of `at`.
///
/// The call is all that a sound program pays for: a `panic!` of its own would have to be expanded and type-checked for each.
pub(crate) fn const_check(
    cfgs: &[Attribute],
    check: &TokenStream,
    at: &TokenStream,
) -> TokenStream {
    const_call(cfgs, "refuse", check, at)
}

/// `const _` that fails the build with `text` under all of `at`, if `is_wrong`.
pub(crate) fn const_fault(
    cfgs: &[Attribute],
    is_wrong: &TokenStream,
    text: &str,
    at: &TokenStream,
) -> TokenStream {
    const_call(cfgs, "refuse_if", &quote!(#is_wrong, #text), at)
}

/// `const _` that calls a function of the runtime. If it panics, the compiler points at the call, so that is placed at `at`.
fn const_call(
    cfgs: &[Attribute],
    function: &str,
    arguments: &TokenStream,
    at: &TokenStream,
) -> TokenStream {
    let (first, last) = ends(at);
    let (pp, function) = (Private::at(first), Ident::new(function, first));
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments.clone());
    arguments.set_span(last);
    let call = quote_spanned!(first=> #pp::#function #arguments);
    quote!(#(#cfgs)* const _: () = #call;)
}

/// A variable that no expression of the user's can mean, whatever its name.
pub(crate) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The lints that generated items would raise in crates that deny them.
pub(crate) fn allow() -> TokenStream {
    quote! {
        #[allow(
            deprecated,
            non_camel_case_types,
            non_snake_case,
            non_upper_case_globals,
            unreachable_pub,
            unused_imports,
            unused_qualifications,
            clippy::all,
            clippy::pedantic
        )]
    }
}
