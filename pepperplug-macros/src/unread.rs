//! Items that do not parse.
//!
//! Mostly rustc has said so already, with more sense than we could, and hands the item on as if it were well. It is kept as it
//! is, and expanded as far as its name and its attribute tell, so that nothing else fails because of it.
//!
//! But it may also be well, in a syntax that is newer than we are: then a part of the program would be missing without a word.
//! Hence a panic in a constant of a generic function, which the compiler evaluates last of all, when it makes code, and not at
//! all after an error.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Visibility, parse_quote};

use crate::attr;
use crate::diag::{Code, Diag, Fault, Subject};
use crate::expand::{self, path};
use crate::model::event::Event;
use crate::model::function::Function;
use crate::model::plugin::Plugin;
use crate::model::service::Service;
use crate::symbol;

/// The item without what our attributes around it would have taken off, the constant, and what is generated.
pub(crate) fn keep(
    attribute: &str,
    code: Code,
    options: TokenStream,
    item: &TokenStream,
    at: Span,
) -> TokenStream {
    let line =
        format_args!("this version of pepperplug cannot read what `#[{attribute}]` stands on");
    let fault = Fault::new(code, line).help("update pepperplug, or write it in an older syntax");
    let text = fault.text();
    let panic = quote_spanned!(at=> ::core::panic!(#text));
    let allow = path::allow();
    let kept = without_attributes(item.clone()).unwrap_or_else(|| item.clone());
    let expansion = Head::of(item).map(|head| head.expand(attribute, options));
    quote! {
        #kept
        #allow
        const _: () = {
            fn unread<T>() { const { #panic } }
            #[used]
            static UNREAD: fn() = unread::<()>;
        };
        #expansion
    }
}

/// What an item begins with.
pub(crate) struct Head {
    vis: Visibility,
    keyword: String,
    pub(crate) ident: Ident,
    rest: TokenStream,
}

impl Head {
    /// `None` where there is no name, as in an impl block.
    pub(crate) fn of(item: &TokenStream) -> Option<Self> {
        let read = |input: ParseStream<'_>| {
            input.call(Attribute::parse_outer)?;
            let vis = input.parse()?;
            let rest: TokenStream = input.parse()?;
            Ok((vis, rest))
        };
        let (vis, rest) = read.parse2(item.clone()).ok()?;
        let mut rest = rest.into_iter();
        let is_keyword = |word: &Ident| {
            ["struct", "enum", "trait", "fn"]
                .iter()
                .any(|it| word == it)
        };
        let keyword = rest.find_map(|tree| match tree {
            TokenTree::Ident(word) if is_keyword(&word) => Some(word.to_string()),
            _ => None,
        })?;
        let TokenTree::Ident(ident) = rest.next()? else {
            return None;
        };
        Some(Head {
            vis,
            keyword,
            ident,
            rest: rest.collect(),
        })
    }

    /// Whether it is a function that takes `self`.
    pub(crate) fn is_method(&self) -> bool {
        let is_arguments = |tree: &TokenTree| matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis);
        let arguments = self.rest.clone().into_iter().find(is_arguments);
        let Some(TokenTree::Group(arguments)) = arguments else {
            return false;
        };
        let mut arguments = arguments.stream().into_iter();
        self.keyword == "fn"
            && arguments.any(|tree| matches!(tree, TokenTree::Ident(word) if word == "self"))
    }

    /// The expansion of an item that has this name and nothing else.
    fn expand(&self, attribute: &str, options: TokenStream) -> TokenStream {
        let Head { vis, ident, .. } = self;
        // What is found in the options may be wrong for the same reason as the item.
        let diag = Diag::new();
        let subject = Subject {
            name: attribute,
            diag: &diag,
        };
        let expansion = match (attribute, self.keyword.as_str()) {
            _ if self.is_generic() => TokenStream::new(),
            (symbol::PLUGIN, "struct") => {
                let options = attr::plugin::from_tokens(options, subject);
                let plugin = Plugin::from_struct(options, &mut parse_quote!(struct #ident;), &diag);
                expand::plugin::expand_unread(&plugin)
            }
            (symbol::HOOK, "fn") => {
                let table = &attr::hook::OF_FUNCTION;
                let options = attr::hook::from_tokens(table, options, ident, subject);
                let mut item = parse_quote!(#vis fn #ident() {});
                expand::function::expand(&Function::from_item(options, &mut item, subject))
            }
            (symbol::EVENT, "struct" | "enum") => {
                let options = attr::event::from_tokens(options, ident, subject);
                expand::event::expand(&Event::from_attr(options, ident))
            }
            (symbol::SERVICE, "trait") => {
                let options = attr::service::from_tokens(options, ident, subject);
                expand::service::expand(&Service::from_attr(options, ident, vis))
            }
            _ => TokenStream::new(),
        };
        drop(diag.into_errors());
        expansion
    }

    fn is_generic(&self) -> bool {
        let next = self.rest.clone().into_iter().next();
        matches!(next, Some(TokenTree::Punct(punct)) if punct.as_char() == '<')
    }
}

/// Some tokens without `#[hook]`, `#[inject]` and `#[init]`, which would be expanded by themselves; `None` where there are
/// none. Such a group stays what it is: the compiler reads it once more, and its errors must be at the same places.
fn without_attributes(tokens: TokenStream) -> Option<TokenStream> {
    let mut kept = TokenStream::new();
    let mut found = false;
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        let tree = match tree {
            TokenTree::Punct(hash)
                if hash.as_char() == '#' && trees.peek().is_some_and(is_ours) =>
            {
                trees.next();
                found = true;
                continue;
            }
            TokenTree::Group(group) => match without_attributes(group.stream()) {
                Some(inner) => {
                    found = true;
                    let mut changed = Group::new(group.delimiter(), inner);
                    changed.set_span(group.span());
                    TokenTree::Group(changed)
                }
                None => TokenTree::Group(group),
            },
            tree => tree,
        };
        kept.extend([tree]);
    }
    found.then_some(kept)
}

/// Whether an attribute's brackets hold one of ours, under whatever path.
fn is_ours(brackets: &TokenTree) -> bool {
    let TokenTree::Group(group) = brackets else {
        return false;
    };
    let is_path = |tree: &TokenTree| match tree {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    };
    let path = group.stream().into_iter().take_while(is_path);
    let ours = [symbol::HOOK, symbol::INJECT, symbol::INIT];
    matches!(path.last(), Some(TokenTree::Ident(last)) if ours.iter().any(|name| last == name))
}
