//! `#[inject(…)]` and `#[init(…)]`.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens as _;
use syn::{Attribute, Expr, Ident, Meta};

use super::literal::Range;
use super::{Key, Kind, Leading, Table};
use crate::code;
use crate::diag::Subject;
use crate::model::readable;
use crate::symbol;
use crate::value::name::Name;

pub(crate) static TABLE: Table = Table {
    attribute: "#[inject]",
    leading: Some(Leading {
        what: "the plugin's name",
        example: "\"cache\"",
        required: None,
    }),
    keys: &[
        Key::flag(symbol::SETTINGS),
        Key::new(symbol::VERSION, Kind::Text, "\"^1.2\""),
    ],
    elsewhere: &[],
};

/// The sound options of `#[inject(…)]`.
#[derive(Default)]
pub(crate) struct InjectAttr {
    pub(crate) name: Option<Name>,
    pub(crate) version: Option<Range>,
    pub(crate) version_key: Option<Ident>,
    pub(crate) settings: Option<Ident>,
}

/// Reads one `#[inject]` attribute.
pub(crate) fn from_attribute(attribute: &Attribute, subject: Subject<'_>) -> InjectAttr {
    let tokens = arguments(attribute, subject);
    let mut options = super::parse(&TABLE, subject, tokens);
    let name = options.leading(|| ());
    let version = options.text(symbol::VERSION);
    InjectAttr {
        name: name.and_then(|name| subject.read_name(&name, "the plugin's name")),
        version: version.and_then(|text| subject.read_range(&text)),
        version_key: options.key(symbol::VERSION),
        settings: options.key(symbol::SETTINGS),
    }
}

/// Reads one `#[init(expression)]` attribute.
pub(crate) fn init_from_attribute(attribute: &Attribute, subject: Subject<'_>) -> Option<Expr> {
    let tokens = match &attribute.meta {
        Meta::List(list) if !list.tokens.is_empty() => &list.tokens,
        meta => {
            let line = "`#[init]` needs the field's first value";
            subject.report(code::WRONG_ARITY, meta, line, "write `#[init(expression)]`");
            return None;
        }
    };
    let read = syn::parse2(tokens.clone()).map_err(|_| {
        let line = format_args!("`#[init({})]` holds no expression", readable(tokens));
        subject.report(code::SYNTAX, tokens, line, "write one expression");
    });
    read.ok()
}

/// The tokens between an attribute's parentheses, none when it has none.
pub(crate) fn arguments(attribute: &Attribute, subject: Subject<'_>) -> TokenStream {
    match &attribute.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(pair) => {
            let (path, value) = (readable(&pair.path), readable(&pair.value));
            let line = format_args!("`#[{path}]` takes its options in parentheses");
            let help = format_args!("write `#[{path}({value})]`");
            subject.report(code::SYNTAX, &pair.value, line, help);
            // Read as what is meant, so that its own mistakes show too.
            pair.value.to_token_stream()
        }
    }
}

/// Where a fault about the attribute itself points: at its name.
pub(crate) fn name_span(attribute: &Attribute) -> Span {
    let last = attribute.path().segments.last();
    last.map_or_else(Span::call_site, |segment| segment.ident.span())
}
