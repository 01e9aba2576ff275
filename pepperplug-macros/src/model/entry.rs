//! The entries of `plugins![…]`.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Meta, Path, Token, Type};

use super::readable;
use crate::code;
use crate::diag::Diag;

pub(crate) struct Entries {
    pub(crate) krate: Option<Path>,
    pub(crate) list: Vec<Entry>,
}

pub(crate) struct Entry {
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) ty: TokenStream,
    /// The path as written, for messages.
    pub(crate) text: String,
}

impl Entry {
    /// The condition of all its `cfg` attributes together, as in `cfg!(…)`.
    pub(crate) fn condition(&self) -> Option<TokenStream> {
        let conditions: Vec<TokenStream> = self
            .cfgs
            .iter()
            .filter_map(|cfg| match &cfg.meta {
                Meta::List(list) => Some(list.tokens.clone()),
                _ => None,
            })
            .collect();
        match &conditions[..] {
            [] => None,
            [condition] => Some(condition.clone()),
            conditions => Some(quote::quote!(all(#(#conditions),*))),
        }
    }
}

/// Reads the list; every entry with a fault is reported and left out.
pub(crate) fn from_tokens(tokens: TokenStream, diag: &Diag) -> Entries {
    let read = |input: ParseStream<'_>| {
        let krate = krate(input, diag);
        let mut list = Vec::new();
        while !input.is_empty() {
            list.extend(entry(input, diag));
        }
        Ok(Entries { krate, list })
    };
    read.parse2(tokens).unwrap_or(Entries {
        krate: None,
        list: Vec::new(),
    })
}

/// `crate = path;` before the entries.
fn krate(input: ParseStream<'_>, diag: &Diag) -> Option<Path> {
    if !(input.peek(Token![crate]) && input.peek2(Token![=])) {
        return None;
    }
    let _: Token![crate] = input.parse().ok()?;
    let equals: Token![=] = input.parse().ok()?;
    let path = take_until(input, |input| {
        input.peek(Token![;]) || input.peek(Token![,])
    });
    let ends_well = input.parse::<Token![;]>().is_ok();
    match Path::parse_mod_style.parse2(path.clone()) {
        Ok(path) if ends_well => Some(path),
        _ => {
            let _ = input.parse::<Token![,]>();
            let at = if path.is_empty() {
                equals.to_token_stream()
            } else {
                path
            };
            let line = "`crate` in `plugins![]` takes a path to pepperplug, and a semicolon";
            diag.report(
                code::BAD_CRATE_PATH,
                &at,
                line,
                "write `crate = ::pepperplug;`",
            );
            None
        }
    }
}

fn entry(input: ParseStream<'_>, diag: &Diag) -> Option<Entry> {
    let attributes = input.call(Attribute::parse_outer).unwrap_or_default();
    let (cfgs, others): (Vec<_>, Vec<_>) = attributes
        .into_iter()
        .partition(|attribute| attribute.path().is_ident("cfg"));
    for other in &others {
        let line = format_args!(
            "an entry of `plugins![]` cannot have the attribute `{}`",
            readable(other)
        );
        diag.report(
            code::NOT_A_CFG,
            other,
            line,
            "only `#[cfg(…)]` has a place here",
        );
    }
    let tokens = take_until(input, |input| input.peek(Token![,]));
    let at = input.span();
    let _ = input.parse::<Token![,]>();
    if tokens.is_empty() {
        diag.report(
            code::NOT_A_PATH,
            at,
            "an entry of `plugins![]` is empty",
            "remove the comma",
        );
        return None;
    }
    match syn::parse2::<Type>(tokens.clone()) {
        Ok(ty) if is_path(&ty) => {
            let ty = super::unwrap_groups(&ty).to_token_stream();
            let text = readable(&ty);
            Some(Entry { cfgs, ty, text })
        }
        _ => {
            let line = format_args!(
                "`{}` in `plugins![]` is not the path of a plugin type",
                readable(&tokens)
            );
            let path = leading_path(&tokens)
                .unwrap_or("the path of a type, as in `auth::AuthPlugin`".to_owned());
            diag.report(
                code::NOT_A_PATH,
                &tokens,
                line,
                format_args!("write {path}"),
            );
            None
        }
    }
}

fn is_path(ty: &Type) -> bool {
    matches!(super::unwrap_groups(ty), Type::Path(path) if path.qself.is_none())
}

/// `auth::AuthPlugin` of `auth::AuthPlugin::new()` or `auth::AuthPlugin { … }`.
fn leading_path(tokens: &TokenStream) -> Option<String> {
    let read = |input: ParseStream<'_>| {
        let path = input.call(Path::parse_mod_style)?;
        let _: TokenStream = input.parse()?;
        Ok(path)
    };
    let mut path = read.parse2(tokens.clone()).ok()?;
    let last = path.segments.last()?.ident.to_string();
    if path.segments.len() > 1 && last.starts_with(char::is_lowercase) {
        path.segments.pop();
        path.segments.pop_punct();
    }
    Some(format!("`{}`", readable(&path)))
}

fn take_until(input: ParseStream<'_>, end: impl Fn(ParseStream<'_>) -> bool) -> TokenStream {
    let mut taken = TokenStream::new();
    while !input.is_empty() && !end(input) {
        match input.parse::<proc_macro2::TokenTree>() {
            Ok(tree) => taken.extend([tree]),
            Err(_) => break,
        }
    }
    taken
}
