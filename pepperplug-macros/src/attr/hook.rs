//! `#[hook(…)]`.

use proc_macro2::TokenStream;
use syn::{Ident, Path};

use super::options::PriorityValue;
use super::value::Number;
use super::{Elsewhere, Key, Kind, Leading, Options, Table};
use crate::code;
use crate::diag::Subject;
use crate::symbol;
use crate::value::name::Name;

const LEADING: Leading = Leading {
    what: "the event's name",
    example: "\"user.login\"",
    required: Some(code::HOOK_WITHOUT_EVENT),
};

const AFTER: Key = Key::new(symbol::AFTER, Kind::Texts, "\"cache\"");
pub(super) const BACKOFF: Key = Key::new(symbol::BACKOFF, Kind::Text, "\"10ms\"");
pub(super) const DISABLE_AFTER: Key = Key::new(symbol::DISABLE_AFTER, Kind::Number, "3");
pub(super) const DISABLE_WITHIN: Key = Key::new(symbol::DISABLE_WITHIN, Kind::Text, "\"1m\"");
const BEFORE: Key = Key::new(symbol::BEFORE, Kind::Texts, "\"cache\"");
const ON_ERROR_KEY: Key = Key::new(symbol::ON_ERROR, Kind::Word, "ignore");
const PARALLEL: Key = Key::flag(symbol::PARALLEL);
const PRIORITY: Key = Key::new(symbol::PRIORITY, Kind::Priority, "high");
const RETRIES: Key = Key::new(symbol::RETRIES, Kind::Number, "3");
const SEQUENTIAL: Key = Key::flag(symbol::SEQUENTIAL);
const TIMEOUT: Key = Key::new(symbol::TIMEOUT, Kind::Text, "\"5s\"");

/// On a method, which is one of a plugin's hooks.
pub(crate) static OF_METHOD: Table = Table {
    attribute: "#[hook]",
    leading: Some(LEADING),
    keys: &[
        AFTER,
        BACKOFF,
        BEFORE,
        DISABLE_AFTER,
        DISABLE_WITHIN,
        ON_ERROR_KEY,
        PARALLEL,
        PRIORITY,
        RETRIES,
        SEQUENTIAL,
        TIMEOUT,
    ],
    elsewhere: &[
        Elsewhere {
            name: symbol::CRATE,
            help: "write `#[plugin(crate = path)]` on the impl block",
        },
        Elsewhere {
            name: symbol::NAME,
            help: "the name is the plugin's, and has its place on the struct: `#[plugin(name = \"…\")]`",
        },
    ],
};

/// On a function, which is a plugin of its own.
pub(crate) static OF_FUNCTION: Table = Table {
    attribute: "#[hook]",
    leading: Some(LEADING),
    keys: &[
        AFTER,
        BACKOFF,
        BEFORE,
        Key::new(symbol::CRATE, Kind::Path, "::pepperplug"),
        DISABLE_AFTER,
        DISABLE_WITHIN,
        Key::new(symbol::NAME, Kind::Text, "\"warm-up\""),
        ON_ERROR_KEY,
        PARALLEL,
        PRIORITY,
        RETRIES,
        SEQUENTIAL,
        TIMEOUT,
    ],
    elsewhere: &[],
};

/// What happens when a hook keeps failing.
#[derive(Clone, Copy)]
pub(crate) enum OnError {
    Fail,
    Ignore,
    Disable,
}

const ON_ERROR: &[(&str, OnError)] = &[
    ("disable", OnError::Disable),
    ("fail", OnError::Fail),
    ("ignore", OnError::Ignore),
];

const PRIORITIES: &[(&str, i32)] = &[("low", 0), ("normal", 50), ("high", 100)];

/// The policies that an event declares for its hooks and a hook overrides.
#[derive(Default)]
pub(crate) struct Policies {
    /// In milliseconds.
    pub(crate) timeout: Option<u64>,
    /// Under which key the timeout was given.
    pub(crate) timeout_key: Option<Ident>,
    pub(crate) retries: Option<u32>,
    /// In milliseconds.
    pub(crate) backoff: Option<u64>,
    pub(crate) on_error: Option<OnError>,
    pub(crate) disable_after: Option<u32>,
    /// In milliseconds.
    pub(crate) disable_within: Option<u64>,
}

/// The sound options of `#[hook(…)]`.
#[derive(Default)]
pub(crate) struct HookAttr {
    /// The event's name or a pattern.
    pub(crate) event: Option<Name>,
    pub(crate) krate: Option<Path>,
    /// Of a function, like `crate`.
    pub(crate) name: Option<Name>,
    /// Whether there is a name, sound or not.
    pub(crate) name_given: bool,
    pub(crate) priority: Option<i32>,
    pub(crate) before: Vec<Name>,
    pub(crate) after: Vec<Name>,
    pub(crate) policies: Policies,
    pub(crate) parallel: Option<Ident>,
    pub(crate) sequential: Option<Ident>,
}

/// Reads the attribute. `at` is where a missing event name is reported.
pub(crate) fn from_tokens(
    table: &'static Table,
    tokens: TokenStream,
    at: &Ident,
    subject: Subject<'_>,
) -> HookAttr {
    let mut options = super::parse(table, subject, tokens);
    let event = options.leading(|| {
        let line = format_args!("{subject} names no event");
        let help = "write the event's name first: `#[hook(\"user.login\")]`";
        subject
            .diag
            .report(code::HOOK_WITHOUT_EVENT, at, line, help);
    });
    let priority = options.priority(symbol::PRIORITY);
    let name = options.text(symbol::NAME);
    HookAttr {
        event: event.and_then(|literal| subject.read_event(&literal)),
        name_given: options.key(symbol::NAME).is_some(),
        name: name.and_then(|text| subject.read_name(&text, "the plugin's name")),
        krate: options.path(symbol::CRATE),
        priority: priority.and_then(|value| read_priority(value, subject)),
        before: names(&mut options, symbol::BEFORE, subject),
        after: names(&mut options, symbol::AFTER, subject),
        policies: policies(&mut options, subject),
        parallel: options.key(symbol::PARALLEL),
        sequential: options.key(symbol::SEQUENTIAL),
    }
}

/// Reads the options that `#[hook]` and `#[event]` share.
pub(super) fn policies(options: &mut Options, subject: Subject<'_>) -> Policies {
    let timeout = options.text(symbol::TIMEOUT);
    let retries = options.number(symbol::RETRIES);
    let on_error = options.word(symbol::ON_ERROR);
    let backoff = options.text(symbol::BACKOFF);
    let disable_after = options.number(symbol::DISABLE_AFTER);
    let disable_within = options.text(symbol::DISABLE_WITHIN);
    Policies {
        backoff: backoff.and_then(|text| subject.read_duration(&text, symbol::BACKOFF)),
        disable_after: disable_after.and_then(|number| read_failures(&number, subject)),
        disable_within: disable_within
            .and_then(|text| subject.read_duration(&text, symbol::DISABLE_WITHIN)),
        timeout_key: options.key(symbol::TIMEOUT),
        timeout: timeout.and_then(|text| subject.read_duration(&text, symbol::TIMEOUT)),
        retries: retries.and_then(|number| read_retries(&number, subject)),
        on_error: on_error.and_then(|word| read_on_error(&word, subject)),
    }
}

fn names(options: &mut Options, option: &str, subject: Subject<'_>) -> Vec<Name> {
    let literals = options.texts(option).unwrap_or_default();
    let read = |literal| subject.read_name(literal, "the plugin's name");
    literals.iter().filter_map(read).collect()
}

fn read_priority(value: PriorityValue, subject: Subject<'_>) -> Option<i32> {
    match value {
        PriorityValue::Number(number) => {
            let fits = number.value.and_then(|value| i32::try_from(value).ok());
            if fits.is_none() {
                let line = "the priority is out of range";
                let help = "write `low` (0), `normal` (50), `high` (100) or a whole number from -2147483648 to 2147483647";
                subject.report(code::BAD_PRIORITY, &number.tokens, line, help);
            }
            fits
        }
        PriorityValue::Word(word) => {
            let known = PRIORITIES.iter().find(|(name, _)| word == name);
            if known.is_none() {
                let allowed = ["low", "normal", "high", "a whole number"];
                subject.report_word(code::BAD_PRIORITY, symbol::PRIORITY, &word, &allowed);
            }
            known.map(|(_, value)| *value)
        }
    }
}

fn read_retries(number: &Number, subject: Subject<'_>) -> Option<u32> {
    let value = number.value.and_then(|value| u32::try_from(value).ok());
    let fits = value.filter(|value| *value <= 100);
    if fits.is_none() {
        let written = number.tokens.to_string().replace(' ', "");
        let line = format_args!("{written} retries are out of range");
        let help = "write a number from 0 to 100";
        subject.report(code::OUT_OF_RANGE, &number.tokens, line, help);
    }
    fits
}

fn read_failures(number: &Number, subject: Subject<'_>) -> Option<u32> {
    let value = number.value.and_then(|value| u32::try_from(value).ok());
    let fits = value.filter(|value| (1..=1000).contains(value));
    if fits.is_none() {
        let written = number.tokens.to_string().replace(' ', "");
        let line = format_args!("{written} failures are out of range");
        let help = "write a number from 1 to 1000";
        subject.report(code::OUT_OF_RANGE, &number.tokens, line, help);
    }
    fits
}

fn read_on_error(word: &Ident, subject: Subject<'_>) -> Option<OnError> {
    let known = ON_ERROR.iter().find(|(name, _)| word == name);
    if known.is_none() {
        let allowed = ["disable", "fail", "ignore"];
        subject.report_word(code::UNKNOWN_WORD, symbol::ON_ERROR, word, &allowed);
    }
    known.map(|(_, value)| *value)
}
