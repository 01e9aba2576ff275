//! The signature that an async method of a service has instead: `dyn` can return a future in a box.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Lifetime, Signature};

use crate::model::signature::{self, SelfKind};
use crate::model::{generic_params, readable};

/// A signature that is longer than this is shown by its return type alone.
const MOST_CHARS: usize = 140;

/// What to write in place of a method that yields `output`.
pub(super) fn help(sig: &Signature, output: TokenStream) -> String {
    // A reference in `self` alone needs no name.
    let is_named = signature::arguments(sig)
        .into_iter()
        .any(|argument| holds_reference(argument.ty.to_token_stream()));
    let inputs = sig.inputs.to_token_stream();
    let (generics, inputs, output) = if is_named {
        ("<'a>", in_one_lifetime(inputs), in_one_lifetime(output))
    } else {
        ("", inputs, output)
    };
    let bound = match sig.receiver().map(signature::self_kind) {
        _ if is_named => " + 'a",
        Some(SelfKind::Ref | SelfKind::RefMut) => " + '_",
        _ => "",
    };
    let output = readable(&output);
    let returns = format!("std::pin::Pin<Box<dyn Future<Output = {output}> + Send{bound}>>");
    let whole = format!(
        "fn {}{generics}({}) -> {returns}",
        sig.ident,
        readable(&inputs)
    );
    if is_plain(sig) && whole.chars().count() <= MOST_CHARS {
        format!("return the future in a box: `{whole}`")
    } else if is_named {
        format!("return the future in a box, and write `&'a` for each `&`: `{returns}`")
    } else {
        format!("return the future in a box: `{returns}`")
    }
}

/// Whether a signature has nothing that is lost or not right in the one that is shown.
fn is_plain(sig: &Signature) -> bool {
    let inputs = readable(&sig.inputs);
    generic_params(&sig.generics, false).is_none()
        && sig.generics.where_clause.is_none()
        && !inputs.contains("for<")
        && !inputs.contains("impl ")
}

/// Whether a type holds a reference, which the future then holds too.
fn holds_reference(ty: TokenStream) -> bool {
    readable(&in_one_lifetime(ty)).contains("'a")
}

/// The tokens with `'a` at each reference and for each lifetime but `'static`.
fn in_one_lifetime(tokens: TokenStream) -> TokenStream {
    let one = Lifetime::new("'a", Span::call_site());
    let mut named = TokenStream::new();
    let mut trees = tokens.into_iter().peekable();
    let is_quote =
        |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == '\'');
    while let Some(tree) = trees.next() {
        match tree {
            tree if is_quote(&tree) => match trees.next() {
                Some(TokenTree::Ident(word)) if word == "static" => {
                    named.extend([tree, TokenTree::Ident(word)]);
                }
                _ => one.to_tokens(&mut named),
            },
            TokenTree::Punct(and) if and.as_char() == '&' => {
                named.extend([TokenTree::Punct(and)]);
                if !trees.peek().is_some_and(is_quote) {
                    one.to_tokens(&mut named);
                }
            }
            TokenTree::Group(group) => {
                let inner = in_one_lifetime(group.stream());
                named.extend([TokenTree::Group(Group::new(group.delimiter(), inner))]);
            }
            tree => named.extend([tree]),
        }
    }
    named
}
