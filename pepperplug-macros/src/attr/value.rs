//! Values of options: from the tokens after the key to a [`Value`] of the key's [`Kind`].

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Ident, Lit, LitStr, Path, Token, Type, token};

use super::{Key, Kind};
use crate::code;
use crate::diag::{Code, Subject};
use crate::model::readable;

pub(crate) enum Value {
    Flag,
    Text(LitStr),
    Texts(Vec<LitStr>),
    Number(Number),
    Word(Ident),
    Types(Vec<Type>),
    Type(Box<Type>),
    Path(Path),
}

/// An integer as written, sign included. The value is absent when it does not even fit an `i128`.
pub(crate) struct Number {
    pub(crate) value: Option<i128>,
    pub(crate) tokens: TokenStream,
}

/// Reads what follows `key`. `None` means that a fault was reported.
pub(super) fn parse(
    key: &'static Key,
    at: &Ident,
    subject: Subject<'_>,
    input: ParseStream<'_>,
) -> Option<Value> {
    let reader = Reader { key, at, subject };
    if key.kind == Kind::Flag {
        return reader.flag(input);
    }
    if input.peek(token::Paren) && key.kind.takes_list() {
        return reader.list(input);
    }
    if is_at_end(input) {
        return reader.missing(at.to_token_stream());
    }
    if !key.kind.takes_equals() || !input.peek(Token![=]) {
        return reader.wrong_form(input);
    }
    let equals: Token![=] = input.parse().ok()?;
    if is_at_end(input) {
        return reader.missing(equals.to_token_stream());
    }
    reader.value(input)
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    key: &'static Key,
    at: &'a Ident,
    subject: Subject<'a>,
}

impl Reader<'_> {
    fn flag(self, input: ParseStream<'_>) -> Option<Value> {
        let name = self.key.name;
        if !input.peek(Token![=]) && !input.peek(token::Paren) {
            return Some(Value::Flag);
        }
        let found = take_to_comma(input);
        let is_false = found.to_string().replace(' ', "") == "=false";
        let help = if is_false {
            format!("leave `{name}` out")
        } else {
            format!("write `{name}`")
        };
        self.report(
            code::WRONG_ARITY,
            &format!("the option `{name}` takes no value"),
            found,
            &help,
        )
    }

    fn value(self, input: ParseStream<'_>) -> Option<Value> {
        match self.key.kind {
            Kind::Type => self.ty(input).map(|ty| Value::Type(Box::new(ty))),
            Kind::Path => self.path(input).map(Value::Path),
            Kind::Text => self.text(input).map(Value::Text),
            Kind::Texts => self.text(input).map(|text| Value::Texts(vec![text])),
            Kind::Number => self.number(input, "an integer").map(Value::Number),
            Kind::Word => self.word(input).map(Value::Word),
            Kind::Priority if is_word(input) => self.word(input).map(Value::Word),
            Kind::Priority => self
                .number(input, "a word or an integer")
                .map(Value::Number),
            Kind::Flag | Kind::TextList | Kind::TypeList => None,
        }
    }

    fn text(self, input: ParseStream<'_>) -> Option<LitStr> {
        match input.fork().parse() {
            Ok(Lit::Str(_)) => input.parse().ok(),
            _ => self.wrong_kind(input, "a string"),
        }
    }

    fn word(self, input: ParseStream<'_>) -> Option<Ident> {
        if is_word(input) {
            input.call(Ident::parse_any).ok()
        } else {
            self.wrong_kind(input, "a word")
        }
    }

    fn number(self, input: ParseStream<'_>, expected: &str) -> Option<Number> {
        let ahead = input.fork();
        let negative = ahead.parse::<Token![-]>().is_ok();
        if !matches!(ahead.parse(), Ok(Lit::Int(_))) {
            return self.wrong_kind(input, expected);
        }
        let minus: Option<Token![-]> = input.parse().ok()?;
        let literal: syn::LitInt = input.parse().ok()?;
        let value = literal.base10_digits().parse::<i128>().ok();
        let value = value.map(|value| if negative { -value } else { value });
        let mut tokens = minus.into_token_stream();
        literal.to_tokens(&mut tokens);
        Some(Number { value, tokens })
    }

    fn ty(self, input: ParseStream<'_>) -> Option<Type> {
        let ahead = input.fork();
        if ahead.parse::<Type>().is_ok() {
            input.parse().ok()
        } else {
            self.wrong_kind(input, "a type")
        }
    }

    fn path(self, input: ParseStream<'_>) -> Option<Path> {
        let tokens = take_to_comma(input);
        if let Ok(path) = Path::parse_mod_style.parse2(tokens.clone()) {
            return Some(path);
        }
        if let Some(path) = quoted_path(&tokens) {
            let line = format!("`{}` takes a path, without quotes", self.key.name);
            let help = format!("write `{} = {}`", self.key.name, readable(&path));
            let _: Option<()> = self.report(code::BAD_CRATE_PATH, &line, tokens, &help);
            // Taken for what it is meant as: everything else is looked up below it.
            return Some(path);
        }
        let line = format!("`{}` takes a path to pepperplug", self.key.name);
        self.report(
            code::BAD_CRATE_PATH,
            &line,
            tokens,
            &format!("write `{}`", self.key.usage()),
        )
    }

    /// The elements between parentheses; those with faults are reported and left out.
    fn list(self, input: ParseStream<'_>) -> Option<Value> {
        let group = match input.parse() {
            Ok(TokenTree::Group(group)) => group,
            _ => return None,
        };
        let help = format!("write `{}`, or leave the option out", self.key.list_usage());
        if group.stream().is_empty() {
            let line = format!("the list of `{}` is empty", self.key.name);
            return self.report(
                code::WRONG_ARITY,
                &line,
                TokenTree::Group(group).into(),
                &help,
            );
        }
        let types = self.key.kind == Kind::TypeList;
        let elements = |input: ParseStream<'_>| {
            Ok(if types {
                Value::Types(self.elements(input, Self::ty))
            } else {
                Value::Texts(self.elements(input, Self::text))
            })
        };
        elements.parse2(group.stream()).ok()
    }

    fn elements<T>(
        self,
        input: ParseStream<'_>,
        read: impl Fn(Self, ParseStream<'_>) -> Option<T>,
    ) -> Vec<T> {
        let mut elements = Vec::new();
        while !input.is_empty() {
            elements.extend(read(self, input));
            let rest = take_to_comma(input);
            if !rest.is_empty() {
                let line = format!("expected `,` in the list of `{}`", self.key.name);
                let _: Option<()> = self.report(
                    code::SYNTAX,
                    &line,
                    rest,
                    &format!("write `{}`", self.key.list_usage()),
                );
            }
            let _ = input.parse::<Token![,]>();
        }
        elements
    }

    fn missing<T>(self, at: TokenStream) -> Option<T> {
        let line = format!("the option `{}` needs a value", self.key.name);
        self.report(
            code::WRONG_ARITY,
            &line,
            at,
            &format!("write `{}`", self.key.usage()),
        )
    }

    /// `requires = "a"`, `name("auth")`: the right key in the wrong form.
    fn wrong_form<T>(self, input: ParseStream<'_>) -> Option<T> {
        let found = take_to_comma(input);
        let is_value = match found.clone().into_iter().next() {
            Some(TokenTree::Punct(punct)) => punct.as_char() == '=',
            Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Parenthesis,
            _ => false,
        };
        let code = if is_value {
            code::WRONG_KIND
        } else {
            code::SYNTAX
        };
        let form = if self.key.kind.takes_equals() {
            "a value after `=`"
        } else {
            "a list in parentheses"
        };
        let line = format!("the option `{}` takes {form}", self.key.name);
        self.report(code, &line, found, &format!("write `{}`", self.key.usage()))
    }

    fn wrong_kind<T>(self, input: ParseStream<'_>, expected: &str) -> Option<T> {
        let found = take_to_comma(input);
        let (kind, bare) = describe(&found);
        let name = self.key.name;
        let line = format!("`{name}` takes {expected}, found {kind}");
        let help = match (expected, bare) {
            ("a string", Some(text)) if self.key.kind.takes_equals() => {
                format!("write `{name} = \"{text}\"`")
            }
            ("a string", Some(text)) => format!("write `\"{text}\"`"),
            ("a type", _) | (_, None) => format!("write `{}`", self.key.usage()),
            (_, Some(text)) => format!("write `{name} = {text}`"),
        };
        self.report(code::WRONG_KIND, &line, found, &help)
    }

    /// Reports a fault at `tokens`, or at the key where there are none.
    fn report<T>(self, code: Code, line: &str, tokens: TokenStream, help: &str) -> Option<T> {
        if tokens.is_empty() {
            self.subject.report(code, self.at, line, help);
        } else {
            self.subject.report(code, &tokens, line, help);
        }
        None
    }
}

/// The path that a string holds.
pub(crate) fn quoted_path(tokens: &TokenStream) -> Option<Path> {
    let text: LitStr = syn::parse2(tokens.clone()).ok()?;
    text.parse_with(Path::parse_mod_style).ok()
}

fn is_at_end(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![,])
}

/// Whether a word follows: `true` and `false` are words to the parser, but not to users.
fn is_word(input: ParseStream<'_>) -> bool {
    input.fork().parse::<Lit>().is_err() && input.peek(Ident::peek_any)
}

/// What some tokens are, for "found …", and their bare text where writing it as another kind may be the remedy.
fn describe(tokens: &TokenStream) -> (String, Option<String>) {
    if let Ok(literal) = syn::parse2::<Lit>(tokens.clone()) {
        let bare = match &literal {
            Lit::Str(text) => Some(text.value()).filter(|text| is_wordlike(text)),
            Lit::Char(c) => Some(c.value().to_string()),
            _ => None,
        };
        return (kind_of(&literal).to_owned(), bare);
    }
    if let Ok(word) = Ident::parse_any.parse2(tokens.clone()) {
        return (format!("the word `{word}`"), Some(word.to_string()));
    }
    match tokens.clone().into_iter().next() {
        None => ("nothing".to_owned(), None),
        Some(TokenTree::Group(group)) if group.delimiter() != Delimiter::None => {
            ("a list".to_owned(), None)
        }
        Some(_) => (format!("`{}`", readable(tokens)), None),
    }
}

fn is_wordlike(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A literal's kind with its article.
pub(super) fn kind_of(literal: &Lit) -> &'static str {
    match literal {
        Lit::Str(_) => "a string",
        Lit::Int(_) => "an integer",
        Lit::Float(_) => "a float",
        Lit::Bool(_) => "a boolean",
        Lit::Char(_) => "a character",
        Lit::Byte(_) => "a byte",
        Lit::ByteStr(_) => "a byte string",
        Lit::CStr(_) => "a C string",
        _ => "a literal",
    }
}

/// Consumes everything up to the next comma outside of groups.
pub(super) fn take_to_comma(input: ParseStream<'_>) -> TokenStream {
    let mut taken = TokenStream::new();
    while !is_at_end(input) {
        match input.parse::<TokenTree>() {
            Ok(tree) => taken.extend([tree]),
            Err(_) => break,
        }
    }
    taken
}

pub(super) fn skip_to_comma(input: ParseStream<'_>) {
    let _: TokenStream = take_to_comma(input);
}
