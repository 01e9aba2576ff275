//! The entries of `plugins![…]`.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Meta, Path, Token, Type};

use super::readable;
use crate::attr::value::quoted_path;
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
    fn new(cfgs: Vec<Attribute>, ty: &Type) -> Self {
        let ty = super::unwrap_groups(ty).to_token_stream();
        let text = readable(&ty);
        Entry { cfgs, ty, text }
    }

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
            list.extend(entries(input, diag));
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
        _ if ends_well && quoted_path(&path).is_some() => {
            let meant = quoted_path(&path)?;
            let line = "`crate` in `plugins![]` takes a path, without quotes";
            let help = format_args!("write `crate = {};`", readable(&meant));
            diag.report(code::BAD_CRATE_PATH, &path, line, help);
            Some(meant)
        }
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

/// The entries before the next comma: one, unless a comma is missing.
fn entries(input: ParseStream<'_>, diag: &Diag) -> Vec<Entry> {
    let cfgs = attributes(input, diag);
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
        return Vec::new();
    }
    if let Some((types, mut all_cfgs)) = without_commas(&tokens, diag) {
        all_cfgs.insert(0, cfgs);
        let entries = all_cfgs.into_iter().zip(&types);
        return entries.map(|(cfgs, ty)| Entry::new(cfgs, ty)).collect();
    }
    match syn::parse2::<Type>(tokens.clone()) {
        Ok(ty) if is_path(&ty) => vec![Entry::new(cfgs, &ty)],
        other => {
            let is_macro = matches!(other, Ok(Type::Macro(_)));
            not_a_path(&tokens, is_macro, diag);
            Vec::new()
        }
    }
}

/// The attributes of an entry: `cfg`, and nothing else.
fn attributes(input: ParseStream<'_>, diag: &Diag) -> Vec<Attribute> {
    let attributes = input.call(Attribute::parse_outer).unwrap_or_default();
    let (cfgs, others): (Vec<_>, Vec<_>) = attributes
        .into_iter()
        .partition(|attribute| attribute.path().is_ident("cfg"));
    for other in &others {
        // To a macro, `///` looks like an attribute.
        if other.path().is_ident("doc") {
            let line = "an entry of `plugins![]` has no documentation";
            diag.report(
                code::NOT_A_CFG,
                other,
                line,
                "write a plain comment: `// …`",
            );
            continue;
        }
        let shown = readable(other);
        let line = format_args!("an entry of `plugins![]` cannot have the attribute `{shown}`");
        let help = "only `#[cfg(…)]` has a place here";
        diag.report(code::NOT_A_CFG, other, line, help);
    }
    cfgs
}

/// Several paths with no comma between them, which is reported: `A B` or `A; B`. With the conditions of all but the first.
fn without_commas(tokens: &TokenStream, diag: &Diag) -> Option<(Vec<Type>, Vec<Vec<Attribute>>)> {
    let read = |input: ParseStream<'_>| {
        let mut types: Vec<Type> = vec![input.parse()?];
        let (mut places, mut cfgs) = (Vec::new(), Vec::new());
        while !input.is_empty() {
            let semicolon: Option<Token![;]> = input.parse()?;
            cfgs.push(attributes(input, diag));
            let ty: Type = input.parse()?;
            places.push(semicolon.map_or_else(|| ty.to_token_stream(), |it| it.to_token_stream()));
            types.push(ty);
        }
        Ok((types, places, cfgs))
    };
    let (types, places, cfgs) = read.parse2(tokens.clone()).ok()?;
    if places.is_empty() || !types.iter().all(is_path) {
        return None;
    }
    for (pair, place) in types.windows(2).zip(&places) {
        let [first, second] = pair else { continue };
        let line = "entries of `plugins![]` are separated by commas";
        let help = format_args!("write `{}, {}`", readable(first), readable(second));
        diag.report(code::NOT_A_PATH, place, line, help);
    }
    Some((types, cfgs))
}

fn not_a_path(tokens: &TokenStream, is_macro: bool, diag: &Diag) {
    let shown = readable(tokens);
    let line = format_args!("`{shown}` in `plugins![]` is not the path of a plugin type");
    let help = match leading_path(tokens) {
        _ if is_macro => "write the paths one by one: a macro cannot stand for entries".to_owned(),
        Some(path) => format!("write {path}"),
        None => "write the path of a type, as in `auth::AuthPlugin`".to_owned(),
    };
    diag.report(code::NOT_A_PATH, tokens, line, help);
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
