//! String literals → names, durations, ranges, each with the code and the wording of its faults.

use syn::{Ident, LitStr};

use crate::code;
use crate::diag::{Code, Fault, Subject};
use crate::suggest;
use crate::value::name::{self, Name};
use crate::value::version::{self, Version, VersionReq};
use crate::value::{duration, pattern};

/// A requirement as written: `"cache >=1.2"`.
#[derive(Clone)]
pub(crate) struct Requirement {
    pub(crate) name: Name,
    pub(crate) range: Option<VersionReq>,
}

/// A range and the literal it was written as.
#[derive(Clone)]
pub(crate) struct Range {
    pub(crate) req: VersionReq,
    pub(crate) literal: LitStr,
}

/// Reading literals, and reporting what is wrong with them.
impl Subject<'_> {
    /// `what` says whose name it is: "the plugin's name".
    pub(crate) fn read_name(self, literal: &LitStr, what: &str) -> Option<Name> {
        self.name_in(literal, &literal.value(), what)
    }

    fn name_in(self, literal: &LitStr, text: &str, what: &str) -> Option<Name> {
        let Err(reason) = name::check(text) else {
            return Some(Name::new(text.to_owned(), literal));
        };
        let fault = self.fault(code::BAD_NAME, format_args!("{what} `{text}` {reason}"));
        let fault = match name::repair(text) {
            _ if pattern::is_pattern(text) => {
                fault.help("a pattern has its place in `#[hook]`; this is one name")
            }
            Some(repaired) => fault.help(format_args!("write `{repaired}`")),
            None => fault,
        };
        let rule = "a name is segments of a-z and 0-9, joined by `-`, `_` or `.`";
        self.diag.push(literal, fault.note(rule));
        None
    }

    /// An event's name, or a pattern of names.
    pub(crate) fn read_event(self, literal: &LitStr) -> Option<Name> {
        let text = literal.value();
        if !pattern::is_pattern(&text) {
            return self.read_name(literal, "the event's name");
        }
        let Err(reason) = pattern::check(&text) else {
            return Some(Name::new(text, literal));
        };
        self.report(
            code::BAD_PATTERN,
            literal,
            format_args!("the event pattern `{text}` {reason}"),
            "`*` stands for one whole segment, `**` for any number of them, as in `user.*`",
        );
        None
    }

    /// A duration in milliseconds.
    pub(crate) fn read_duration(self, literal: &LitStr, option: &str) -> Option<u64> {
        let text = literal.value();
        let read = duration::parse(&text).map_err(|reason| {
            self.report(
                code::BAD_DURATION,
                literal,
                format_args!("the {option} `{text}` {reason}"),
                "write a whole number and a unit: `250ms`, `5s`, `2m` or `1h`",
            );
        });
        read.ok()
    }

    pub(crate) fn read_version(self, literal: &LitStr) -> Option<Version> {
        let text = literal.value();
        let read = version::parse_version(&text).map_err(|reason| {
            self.report(
                code::BAD_VERSION,
                literal,
                format_args!("the version `{text}` {reason}"),
                "write three numbers, as in `1.2.0`; a pre-release follows as in `1.2.0-rc.1`",
            );
        });
        read.ok()
    }

    pub(crate) fn read_range(self, literal: &LitStr) -> Option<Range> {
        let req = self.range_in(literal, &literal.value())?;
        let literal = literal.clone();
        Some(Range { req, literal })
    }

    fn range_in(self, literal: &LitStr, text: &str) -> Option<VersionReq> {
        let read = version::parse_range(text).map_err(|reason| {
            self.report(
                code::BAD_RANGE,
                literal,
                format_args!("the version range `{text}` {reason}"),
                "write it as in Cargo.toml: `1.2`, `>=1.2, <3`, `~1.2.3`, `=1.2.3` or `1.*`",
            );
        });
        read.ok()
    }

    /// A cargo feature. Cargo allows more in its name than we do in ours.
    pub(crate) fn read_feature(self, literal: &LitStr) -> Option<Name> {
        let text = literal.value();
        let is_sound = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '+');
        if !text.is_empty() && text.chars().all(is_sound) {
            return Some(Name::new(text, literal));
        }
        let help = "write the feature of this crate that enables the plugin";
        let line = format_args!("`{text}` cannot be a cargo feature");
        self.report(code::BAD_NAME, literal, line, help);
        None
    }

    /// `"cache"` or `"cache >=1.2"`.
    pub(crate) fn read_requirement(self, literal: &LitStr) -> Option<Requirement> {
        let text = literal.value();
        let text = text.trim();
        let ends_name = |c: char| c.is_whitespace() || "<>=^~@".contains(c);
        let (name, range) = text.split_at(text.find(ends_name).unwrap_or(text.len()));
        let name = self.name_in(literal, name, "the required plugin's name");
        let range = match range.trim() {
            "" => None,
            range => Some(self.range_in(literal, range)?),
        };
        Some(Requirement { name: name?, range })
    }

    /// Reports a word that is not one of the `allowed` values of an option.
    pub(crate) fn report_word(self, code: Code, option: &str, word: &Ident, allowed: &[&str]) {
        let fault = self.fault(code, format_args!("`{option}` cannot be `{word}`"));
        let values = format!("values of `{option}`: {}", allowed.join(", "));
        let fault = match suggest::nearest(&word.to_string(), allowed.iter().copied()) {
            Some(near) => fault
                .help(format_args!("write `{option} = {near}`"))
                .note(values),
            None => fault.help(values),
        };
        self.diag.push(word, fault);
    }

    /// Reports that an event or service has no name. `attribute` says which of the two.
    pub(crate) fn report_no_name(self, at: &Ident, attribute: &str) {
        let ident = at.to_string();
        let is_sound = name::check(&ident).is_ok();
        let repaired = name::repair(&ident).or(is_sound.then_some(ident));
        let mut example = repaired.unwrap_or("…".to_owned());
        if attribute == "event" {
            // Patterns look at what stands between dots.
            example = example.replace('-', ".");
        }
        let fault = Fault::new(code::BAD_NAME, format_args!("{self} has no name"));
        let fault = fault.help(format_args!("write `#[{attribute}(\"{example}\")]`"));
        self.diag.push(at, fault);
    }
}
