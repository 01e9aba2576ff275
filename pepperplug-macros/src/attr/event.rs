//! `#[event(…)]`.

use proc_macro2::TokenStream;
use syn::{Ident, Path, Type};

use super::hook::{self, Policies};
use super::value::Number;
use super::{Elsewhere, Key, Kind, Leading, Table};
use crate::code;
use crate::diag::Subject;
use crate::suggest;
use crate::symbol;
use crate::value::name::Name;

pub(crate) static TABLE: Table = Table {
    attribute: "#[event]",
    leading: Some(Leading {
        what: "the event's name",
        example: "\"user.login\"",
        required: Some(code::BAD_NAME),
    }),
    keys: &[
        hook::BACKOFF,
        Key::new(symbol::CRATE, Kind::Path, "::pepperplug"),
        hook::DISABLE_AFTER,
        hook::DISABLE_WITHIN,
        Key::new(symbol::HISTORIC, Kind::Number, "100"),
        Key::new(symbol::MODE, Kind::Word, "first"),
        Key::new(symbol::ON_ERROR, Kind::Word, "ignore"),
        Key::new(symbol::OUTPUT, Kind::Type, "Answer"),
        Key::flag(symbol::PARALLEL),
        Key::new(symbol::RETRIES, Kind::Number, "3"),
        Key::flag(symbol::SYNC),
        Key::new(symbol::TIMEOUT, Kind::Text, "\"5s\""),
    ],
    elsewhere: &[Elsewhere {
        name: "async",
        help: "leave it out: the hooks of an event may be `async`, unless it is `sync`",
    }],
};

/// How an event's hooks work together.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    #[default]
    Notify,
    Collect,
    First,
    Transform,
}

const MODES: &[(&str, Mode)] = &[
    ("collect", Mode::Collect),
    ("first", Mode::First),
    ("notify", Mode::Notify),
    ("transform", Mode::Transform),
];

impl Mode {
    /// Whether the hooks of the event answer with its output.
    pub(crate) fn has_output(self) -> bool {
        matches!(self, Mode::Collect | Mode::First)
    }

    /// As written in the attribute.
    pub(crate) fn name(self) -> &'static str {
        MODES
            .iter()
            .find(|(_, mode)| *mode == self)
            .map_or("notify", |(name, _)| *name)
    }

    /// The marker type in the runtime.
    pub(crate) fn marker(self) -> &'static str {
        match self {
            Mode::Notify => "Notify",
            Mode::Collect => "Collect",
            Mode::First => "First",
            Mode::Transform => "Transform",
        }
    }
}

/// The sound options of `#[event(…)]`.
///
/// A key that is given without a sound value has a fault, which is reported; rules about it are not applied then.
pub(crate) struct EventAttr {
    pub(crate) krate: Option<Path>,
    pub(crate) name: Option<Name>,
    pub(crate) mode: Option<Mode>,
    /// What the mode was meant to be, for the fallback: of a hook that fits it nothing is said.
    pub(crate) meant_mode: Mode,
    pub(crate) mode_key: Option<Ident>,
    pub(crate) output: Option<Type>,
    pub(crate) output_key: Option<Ident>,
    pub(crate) sync: Option<Ident>,
    pub(crate) parallel: Option<Ident>,
    /// How many are kept.
    pub(crate) historic: Option<u32>,
    pub(crate) historic_key: Option<Ident>,
    pub(crate) policies: Policies,
}

/// Reads the attribute. `at` is where a missing name is reported.
pub(crate) fn from_tokens(tokens: TokenStream, at: &Ident, subject: Subject<'_>) -> EventAttr {
    let mut options = super::parse(&TABLE, subject, tokens);
    let name = options.leading(|| subject.report_no_name(at, "event"));
    let mode = options.word(symbol::MODE);
    let historic = options.number(symbol::HISTORIC);
    EventAttr {
        krate: options.path(symbol::CRATE),
        name: name.and_then(|text| subject.read_name(&text, "the event's name")),
        meant_mode: meant_mode(mode.as_ref(), options.key(symbol::OUTPUT).is_some()),
        mode: mode.and_then(|word| read_mode(&word, subject)),
        mode_key: options.key(symbol::MODE),
        output: options.ty(symbol::OUTPUT),
        output_key: options.key(symbol::OUTPUT),
        sync: options.key(symbol::SYNC),
        parallel: options.key(symbol::PARALLEL),
        historic: historic.and_then(|number| read_historic(&number, subject)),
        historic_key: options.key(symbol::HISTORIC),
        policies: hook::policies(&mut options, subject),
    }
}

fn read_historic(number: &Number, subject: Subject<'_>) -> Option<u32> {
    let value = number.value.and_then(|value| u32::try_from(value).ok());
    let fits = value.filter(|value| (1..=10_000).contains(value));
    if fits.is_none() {
        let written = number.tokens.to_string().replace(' ', "");
        let line = format_args!("{written} events are out of range");
        let help = "write how many of the last events to keep, from 1 to 10000";
        subject.report(code::OUT_OF_RANGE, &number.tokens, line, help);
    }
    fits
}

fn meant_mode(word: Option<&Ident>, has_output: bool) -> Mode {
    let names = MODES.iter().map(|(name, _)| *name);
    let near = word.and_then(|word| suggest::nearest(&word.to_string(), names));
    let near = near.and_then(|near| MODES.iter().find(|(name, _)| *name == near));
    let likely = if has_output {
        Mode::First
    } else {
        Mode::Notify
    };
    near.map_or(likely, |(_, mode)| *mode)
}

fn read_mode(word: &Ident, subject: Subject<'_>) -> Option<Mode> {
    let known = MODES.iter().find(|(name, _)| word == name);
    if known.is_none() {
        let allowed = ["collect", "first", "notify", "transform"];
        subject.report_word(code::UNKNOWN_WORD, symbol::MODE, word, &allowed);
    }
    known.map(|(_, mode)| *mode)
}
