//! The one parser behind every attribute.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Ident, Lit, LitStr, Token, token};

use super::options::{Entry, Options};
use super::{Leading, Table, value};
use crate::code;
use crate::diag::{Fault, Subject};
use crate::suggest;

/// Reads the options of `table` from an attribute's tokens.
///
/// Never fails: what is wrong is reported, and what is sound is answered.
pub(crate) fn parse(table: &'static Table, subject: Subject<'_>, tokens: TokenStream) -> Options {
    let read = |input: ParseStream<'_>| {
        let options = Options::default();
        let mut parser = Parser {
            table,
            subject,
            options,
        };
        parser.list(input);
        Ok(parser.options)
    };
    read.parse2(tokens).unwrap_or_default()
}

struct Parser<'a> {
    table: &'static Table,
    subject: Subject<'a>,
    options: Options,
}

impl Parser<'_> {
    fn list(&mut self, input: ParseStream<'_>) {
        if let Some(leading) = &self.table.leading {
            if self.leading(leading, input) {
                self.comma(input);
            }
        }
        while !input.is_empty() {
            self.option(input);
            self.comma(input);
        }
    }

    /// Reads the string that stands first. Answers whether anything was consumed.
    fn leading(&mut self, leading: &Leading, input: ParseStream<'_>) -> bool {
        let ahead = input.fork();
        match ahead.parse() {
            Ok(Lit::Str(text)) => self.options.leading = Some(Some(text)),
            Ok(other) => {
                self.options.leading = Some(None);
                let (what, found) = (leading.what, value::kind_of(&other));
                let line = format_args!("{what} is a string, found {found}");
                let fault = self.subject.fault(code::WRONG_KIND, line);
                let usage = leading.usage(self.table);
                self.subject.diag.push(&other, fault.help(usage));
            }
            Err(_) => return self.leading_word(leading, input),
        }
        input.parse::<Lit>().is_ok()
    }

    /// A word where the string belongs, as in `#[hook(user_login)]` or `#[event(name = "user.login")]`: one mistake, not
    /// two.
    fn leading_word(&mut self, leading: &Leading, input: ParseStream<'_>) -> bool {
        let Ok(word) = input.fork().call(Ident::parse_any) else {
            return false;
        };
        let name = word.to_string();
        if self.table.key(&name).is_some() {
            return false;
        }
        if let Some(text) = assigned_text(input).filter(|_| is_synonym(&name)) {
            let line = format_args!("{} stands first, without `{name} =`", leading.what);
            let fault = self.subject.fault(code::UNKNOWN_OPTION, line);
            let help = format!("write `{}({})]`", self.table.opening(), text.token());
            self.subject.diag.push(&word, fault.help(help));
            // Taken for what it is meant as, so that its own mistakes show too.
            value::skip_to_comma(input);
            self.options.leading = Some(Some(text));
            return true;
        }
        let (Some(required), false) = (leading.required, is_key(input)) else {
            return false;
        };
        let line = format_args!("{} is a string, found the word `{name}`", leading.what);
        let fault = self.subject.fault(required, line);
        let usage = leading.usage(self.table);
        self.subject.diag.push(&word, fault.help(usage));
        value::skip_to_comma(input);
        self.options.leading = Some(None);
        true
    }

    fn option(&mut self, input: ParseStream<'_>) {
        if !input.peek(Ident::peek_any) {
            self.not_an_option(input);
            return;
        }
        let Ok(key) = input.call(Ident::parse_any) else {
            return;
        };
        let Some(known) = self.table.key(&key.unraw().to_string()) else {
            self.unknown(&key);
            value::skip_to_comma(input);
            return;
        };
        if self.options.key(known.name).is_some() {
            let line = format_args!(
                "{} has the option `{}` twice",
                self.subject.name, known.name
            );
            let fault = Fault::new(code::GIVEN_TWICE, line);
            self.subject
                .diag
                .push(&key, fault.help("remove one of the two"));
            value::skip_to_comma(input);
            return;
        }
        let value = value::parse(known, &key, self.subject, input);
        let name = known.name;
        self.options.entries.push(Entry { key, name, value });
    }

    fn unknown(&self, key: &Ident) {
        let line = format_args!("{} has no option `{key}`", self.subject.name);
        let fault = Fault::new(code::UNKNOWN_OPTION, line);
        let known = self.table.keys.iter().map(|key| key.name);
        let listing = self.table.listing();
        if let Some(elsewhere) = self.table.elsewhere(&key.to_string()) {
            self.subject.diag.push(key, fault.help(elsewhere.help));
            return;
        }
        let fault = match suggest::nearest(&key.to_string(), known) {
            Some(near) => fault.help(format_args!("write `{near}`")).note(listing),
            None => fault.help(listing),
        };
        self.subject.diag.push(key, fault);
    }

    fn not_an_option(&mut self, input: ParseStream<'_>) {
        let found = value::take_to_comma(input);
        let Some(first) = found.clone().into_iter().next() else {
            // A comma with nothing before it.
            let fault = self
                .subject
                .fault(code::SYNTAX, "expected an option, found `,`");
            self.subject
                .diag
                .push(input.span(), fault.help("remove the comma"));
            return;
        };
        let line = format_args!("expected an option, found `{first}`");
        let fault = self.subject.fault(code::SYNTAX, line);
        let is_string =
            matches!(&first, TokenTree::Literal(text) if text.to_string().starts_with('"'));
        let fault = match &self.table.leading {
            Some(leading) if is_string && self.options.leading.is_none() => {
                self.options.leading = Some(None);
                fault.help(format_args!("{} stands first", leading.what))
            }
            _ if is_string && self.table.key("name").is_some() => {
                fault.help(format_args!("write `name = {first}`"))
            }
            _ => fault,
        };
        self.subject
            .diag
            .push(&found, fault.note(self.table.listing()));
    }

    /// Expects a comma or the end; reports what stands there instead and goes on after the next comma.
    fn comma(&self, input: ParseStream<'_>) {
        if input.is_empty() || input.parse::<Token![,]>().is_ok() {
            return;
        }
        let found = value::take_to_comma(input);
        if let Some(first) = found.into_iter().next() {
            let line = format_args!("expected `,`, found `{first}`");
            let fault = self.subject.fault(code::SYNTAX, line);
            let fault = match first {
                TokenTree::Ident(_) => fault.help(format_args!("write `, {first}`")),
                _ => fault,
            };
            self.subject.diag.push(&first, fault);
        }
        let _ = input.parse::<Token![,]>();
    }
}

/// Whether a word is followed by what makes it the key of an option.
fn is_key(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.call(Ident::parse_any).is_ok() && (ahead.peek(Token![=]) || ahead.peek(token::Paren))
}

/// What one might take for the key of the leading string.
fn is_synonym(word: &str) -> bool {
    matches!(word, "name" | "event" | "service" | "plugin" | "id")
}

/// The string in `word = "string"`.
fn assigned_text(input: ParseStream<'_>) -> Option<LitStr> {
    let ahead = input.fork();
    ahead.call(Ident::parse_any).ok()?;
    ahead.parse::<Token![=]>().ok()?;
    match ahead.parse().ok()? {
        Lit::Str(text) => Some(text),
        _ => None,
    }
}
