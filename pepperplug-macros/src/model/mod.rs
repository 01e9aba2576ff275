//! What the user declared: an item and the values of its attributes, with the tokens that errors and generated code point at.
//!
//! Nothing here produces tokens of its own. Building a model takes our attributes off the item, so that what is left can be
//! emitted as it is.

pub(crate) mod edge;
pub(crate) mod entry;
pub(crate) mod event;
pub(crate) mod function;
pub(crate) mod hook;
pub(crate) mod inject;
pub(crate) mod method;
pub(crate) mod phase;
pub(crate) mod plugin;
mod refusal;
pub(crate) mod service;
pub(crate) mod signature;

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{GenericParam, Generics, Token, Type, TypeParamBound, TypeTraitObject};

/// The type without the invisible delimiters that a `macro_rules!` fragment leaves, and without parentheses.
pub(crate) fn unwrap_groups(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => unwrap_groups(&group.elem),
        Type::Paren(paren) => unwrap_groups(&paren.elem),
        ty => ty,
    }
}

/// The one trait of a `dyn` type, whatever lifetimes stand beside it; `None` where there are several.
pub(crate) fn only_trait(object: &TypeTraitObject) -> Option<&TypeParamBound> {
    let mut traits = object.bounds.iter().filter(is_trait);
    let only = traits.next();
    only.filter(|_| traits.next().is_none())
}

/// `dyn Trait`, of whatever lifetime.
pub(crate) fn first_trait(bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<String> {
    let first = bounds.iter().find(is_trait)?;
    Some(format!("dyn {}", readable(first)))
}

/// A service's type without the lifetimes that stand beside its trait: the same type, in the form that names the trait.
pub(crate) fn without_lifetimes(ty: Type) -> Type {
    match ty {
        Type::TraitObject(mut object) if only_trait(&object).is_some() => {
            object.bounds = only_trait(&object).cloned().into_iter().collect();
            Type::TraitObject(object)
        }
        ty => ty,
    }
}

fn is_trait(bound: &&TypeParamBound) -> bool {
    !matches!(bound, TypeParamBound::Lifetime(_))
}

/// The tokens of a type from inside a struct or impl, for use outside of it: `Self` becomes the type it stands for.
pub(crate) fn without_self(tokens: &impl ToTokens, self_ty: &TokenStream) -> TokenStream {
    replace_self(tokens.to_token_stream(), self_ty)
}

fn replace_self(tokens: TokenStream, self_ty: &TokenStream) -> TokenStream {
    let mut replaced = TokenStream::new();
    for tree in tokens {
        match tree {
            TokenTree::Ident(ident) if ident == "Self" => {
                replaced.extend(self_ty.clone().into_iter().map(|mut tree| {
                    tree.set_span(tree.span().located_at(ident.span()));
                    tree
                }));
            }
            TokenTree::Group(group) => {
                let mut inner =
                    Group::new(group.delimiter(), replace_self(group.stream(), self_ty));
                inner.set_span(group.span());
                replaced.extend([TokenTree::Group(inner)]);
            }
            tree => replaced.extend([tree]),
        }
    }
    replaced
}

/// Tokens as the user would write them on one line, for messages.
pub(crate) fn readable(tokens: &impl ToTokens) -> String {
    let mut text = String::new();
    write_readable(tokens.to_token_stream(), &mut text);
    text
}

fn write_readable(tokens: TokenStream, text: &mut String) {
    let mut in_path = false;
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace if group.stream().is_empty() => (" {", "}"),
                    Delimiter::Brace => (" { ", " }"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                if text.ends_with(" mut") {
                    text.push(' ');
                }
                text.push_str(open);
                write_readable(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                '\'' if text.ends_with(char::is_alphanumeric) => text.push_str(" '"),
                ':' if in_path || punct.spacing() == Spacing::Joint => {
                    in_path = !in_path;
                    text.push(':');
                }
                c @ (',' | ';' | ':') => text.extend([c, ' ']),
                c @ ('+' | '=') => text.extend([' ', c, ' ']),
                c => text.push(c),
            },
            tree => {
                // Two words in a row need a space between them: `dyn Cache`, `&'a mut T`.
                if text.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                    text.push(' ');
                }
                text.push_str(&tree.to_string());
            }
        }
    }
}

/// What a list of generics has that cannot be erased at link time: types and constants, and lifetimes if `lifetimes`.
pub(crate) fn generic_params(generics: &Generics, lifetimes: bool) -> Option<TokenStream> {
    let refused: Vec<&GenericParam> = generics
        .params
        .iter()
        .filter(|param| lifetimes || !matches!(param, GenericParam::Lifetime(_)))
        .collect();
    (!refused.is_empty()).then(|| quote::quote!(#(#refused),*))
}
