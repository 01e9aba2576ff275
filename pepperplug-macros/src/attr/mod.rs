//! One attribute's tokens → its options.
//!
//! Every attribute has a [`Table`] of keys, and one parser serves them all. It reports what is wrong with the form (an unknown
//! key, a key given twice, a value of the wrong kind) and recovers at the next comma, so that every fault of an attribute is
//! found and every sound option is kept. What a value *means* is for the modules below.

pub(crate) mod event;
pub(crate) mod hook;
pub(crate) mod inject;
pub(crate) mod literal;
pub(crate) mod options;
mod parser;
pub(crate) mod plugin;
pub(crate) mod service;
pub(crate) mod strip;
pub(crate) mod value;

pub(crate) use options::Options;
pub(crate) use parser::parse;

use crate::diag::Code;

/// The options an attribute knows.
pub(crate) struct Table {
    /// As in messages: `#[hook]`.
    pub(crate) attribute: &'static str,
    /// The string before the options, if the attribute has one.
    pub(crate) leading: Option<Leading>,
    /// Sorted by name: messages list them in this order.
    pub(crate) keys: &'static [Key],
    /// Words that are no options of it, though one has reasons to think so.
    pub(crate) elsewhere: &'static [Elsewhere],
}

/// A word that is taken for an option, and what to do instead.
pub(crate) struct Elsewhere {
    name: &'static str,
    help: &'static str,
}

/// The string literal that stands first, as in `#[hook("user.login")]`.
pub(crate) struct Leading {
    /// What it is, with its article: "the event's name".
    pub(crate) what: &'static str,
    /// An example of it, for help.
    pub(crate) example: &'static str,
    /// The code of its absence, where it must be there.
    pub(crate) required: Option<Code>,
}

/// One option.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// A value to show in help; nothing for a flag.
    pub(crate) example: &'static str,
}

/// What an option takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `parallel`
    Flag,
    /// `name = "auth"`
    Text,
    /// `retries = 3`
    Number,
    /// `mode = first`
    Word,
    /// `priority = high` or `priority = -5`
    Priority,
    /// `before = "a"` or `before("a", "b")`
    Texts,
    /// `requires("a", "b")`
    TextList,
    /// `provides(dyn A, dyn B)`
    TypeList,
    /// `output = Identity`
    Type,
    /// `crate = some::path`
    Path,
}

impl Key {
    const fn new(name: &'static str, kind: Kind, example: &'static str) -> Self {
        Key {
            name,
            kind,
            example,
        }
    }

    const fn flag(name: &'static str) -> Self {
        Key {
            name,
            kind: Kind::Flag,
            example: "",
        }
    }

    /// The option as one would write it.
    fn usage(&self) -> String {
        match self.kind {
            Kind::Flag => self.name.to_owned(),
            kind if kind.takes_equals() => format!("{} = {}", self.name, self.example),
            _ => self.list_usage(),
        }
    }

    /// The same with a list.
    fn list_usage(&self) -> String {
        format!("{}({})", self.name, self.example)
    }
}

impl Leading {
    /// "write `#[hook("user.login")]`"
    fn usage(&self, table: &Table) -> String {
        format!("write `{}({})]`", table.opening(), self.example)
    }
}

impl Kind {
    /// Whether an option of this kind is written with `=`.
    fn takes_equals(self) -> bool {
        !matches!(self, Kind::Flag | Kind::TextList | Kind::TypeList)
    }

    /// Whether an option of this kind may be written with parentheses.
    fn takes_list(self) -> bool {
        matches!(self, Kind::Texts | Kind::TextList | Kind::TypeList)
    }
}

impl Table {
    /// `#[hook`: how its use begins.
    fn opening(&self) -> &'static str {
        self.attribute.trim_end_matches(']')
    }

    fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    fn elsewhere(&self, name: &str) -> Option<&'static Elsewhere> {
        self.elsewhere.iter().find(|word| word.name == name)
    }

    /// "options of #[hook]: after, before, …"
    fn listing(&self) -> String {
        let names: Vec<&str> = self.keys.iter().map(|key| key.name).collect();
        format!("options of {}: {}", self.attribute, names.join(", "))
    }
}
