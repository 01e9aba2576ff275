//! Test-only: what users read. Each source has one or more mistakes; the snapshot shows every error under the tokens it points
//! at, so a message that moved, or lost its place, is seen in review.

mod event;
mod function;
mod hook;
mod impl_block;
mod inject;
mod misplaced;
mod options;
mod plugin;
mod plugins;
mod service;
mod unread;

use std::fmt::Write as _;

use proc_macro2::{Delimiter, LineColumn, TokenStream, TokenTree};

use crate::driver;

/// Expands the attribute macro that `source` begins with, or `plugins![…]`, and renders the errors.
pub(crate) fn report(source: &str) -> String {
    let source = source.trim();
    let expansion = expand(source);
    let mut report = String::new();
    let mut errors = errors(expansion);
    // A fallback's constant is the error itself once more, which the compiler prints once.
    let mut seen: Vec<Error> = Vec::new();
    errors.retain(|error| {
        let fresh = !seen.contains(error);
        seen.push(error.clone());
        fresh
    });
    for error in errors {
        let line = source.lines().nth(error.start.line - 1).unwrap_or_default();
        let end = if error.end.line == error.start.line {
            error.end.column
        } else {
            line.chars().count()
        };
        let carets = "^".repeat(end.saturating_sub(error.start.column).max(1));
        let _ = writeln!(
            report,
            "{line}\n{}{carets}\n{}\n",
            " ".repeat(error.start.column),
            error.text
        );
    }
    if report.is_empty() {
        "no errors\n".to_owned()
    } else {
        report
    }
}

/// The reports of several sources, for one snapshot.
pub(crate) fn reports(sources: &[&str]) -> String {
    sources
        .iter()
        .map(|source| format!("{}\n", report(source)))
        .collect::<String>()
        .trim_end()
        .to_owned()
}

fn expand(source: &str) -> TokenStream {
    let tokens: TokenStream = match source.parse() {
        Ok(tokens) => tokens,
        Err(error) => panic!("{error} in {source}"),
    };
    let mut trees = tokens.into_iter();
    if let Some(list) = source.strip_prefix("plugins!") {
        assert!(list.starts_with('['));
        return match trees.nth(2) {
            Some(TokenTree::Group(list)) => driver::plugins(list.stream()),
            other => panic!("expected a list, found {other:?}"),
        };
    }
    let attribute = match trees.nth(1) {
        Some(TokenTree::Group(attribute)) => attribute.stream(),
        other => panic!("expected an attribute, found {other:?}"),
    };
    let item: TokenStream = trees.collect();
    let mut attribute = attribute.into_iter();
    let name = attribute
        .next()
        .map(|name| name.to_string())
        .unwrap_or_default();
    let options = match attribute.next() {
        Some(TokenTree::Group(options)) => options.stream(),
        _ => TokenStream::new(),
    };
    match name.as_str() {
        "plugin" => driver::plugin(options, item),
        "hook" => driver::hook(options, item),
        "event" => driver::event(options, item),
        "service" => driver::service(options, item),
        name => crate::misplaced::field_attribute(name, &item),
    }
}

#[derive(Clone, PartialEq)]
struct Error {
    start: LineColumn,
    end: LineColumn,
    text: String,
}

/// Every `::core::compile_error! { "…" }` of an expansion.
fn errors(tokens: TokenStream) -> Vec<Error> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut errors = Vec::new();
    for (i, tree) in trees.iter().enumerate() {
        match (tree, trees.get(i + 2)) {
            (TokenTree::Ident(name), Some(TokenTree::Group(text))) if name == "compile_error" => {
                let message: syn::LitStr = match syn::parse2(text.stream()) {
                    Ok(message) => message,
                    Err(error) => panic!("{error}"),
                };
                errors.push(Error {
                    start: name.span().start(),
                    end: text.span().end(),
                    text: message.value(),
                });
            }
            (TokenTree::Group(group), _) if group.delimiter() != Delimiter::None => {
                errors.extend(self::errors(group.stream()))
            }
            _ => {}
        }
    }
    errors
}
