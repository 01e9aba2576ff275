//! `#[plugin(…)]`.

use proc_macro2::TokenStream;
use syn::{Ident, LitStr, Path, Type};

use super::literal::Requirement;
use super::{Key, Kind, Table};
use crate::diag::Subject;
use crate::symbol;
use crate::value::name::Name;
use crate::value::version::Version;

pub(crate) static TABLE: Table = Table {
    attribute: "#[plugin]",
    leading: None,
    keys: &[
        Key::new(symbol::CRATE, Kind::Path, "::pepperplug"),
        Key::new(symbol::DESCRIPTION, Kind::Text, "\"what it does\""),
        Key::new(symbol::EMITS, Kind::TypeList, "UserLogin"),
        Key::new(symbol::FEATURE, Kind::Text, "\"auth\""),
        Key::new(symbol::NAME, Kind::Text, "\"auth\""),
        Key::flag(symbol::OPTIONAL),
        Key::new(symbol::PROVIDES, Kind::TypeList, "dyn Service"),
        Key::new(symbol::REQUIRES, Kind::TextList, "\"cache >=1.2\""),
        Key::new(symbol::SETTINGS, Kind::Text, "\"auth\""),
        Key::new(symbol::TIMEOUT, Kind::Text, "\"5s\""),
        Key::new(symbol::VERSION, Kind::Text, "\"1.0.0\""),
    ],
    elsewhere: &[],
};

/// The sound options of `#[plugin(…)]` on a struct.
#[derive(Default)]
pub(crate) struct PluginAttr {
    pub(crate) krate: Option<Path>,
    pub(crate) name: Option<Name>,
    /// Whether there is a name, sound or not.
    pub(crate) name_given: bool,
    pub(crate) version: Option<Version>,
    pub(crate) description: Option<LitStr>,
    pub(crate) feature: Option<Name>,
    pub(crate) optional: bool,
    pub(crate) timeout: Option<u64>,
    pub(crate) settings: Option<Name>,
    pub(crate) requires: Vec<Requirement>,
    pub(crate) provides: Vec<Type>,
    pub(crate) emits: Vec<Type>,
}

/// Reads the attribute of a struct.
pub(crate) fn from_tokens(tokens: TokenStream, subject: Subject<'_>) -> PluginAttr {
    let mut options = super::parse(&TABLE, subject, tokens);
    let mut text = |option| options.text(option);
    let name = text(symbol::NAME);
    let version = text(symbol::VERSION);
    let description = text(symbol::DESCRIPTION);
    let feature = text(symbol::FEATURE);
    let timeout = text(symbol::TIMEOUT);
    let settings = text(symbol::SETTINGS);
    let requires = options.texts(symbol::REQUIRES).unwrap_or_default();
    PluginAttr {
        krate: options.path(symbol::CRATE),
        name: name.and_then(|text| subject.read_name(&text, "the plugin's name")),
        name_given: options.key(symbol::NAME).is_some(),
        version: version.and_then(|text| subject.read_version(&text)),
        description,
        feature: feature.and_then(|text| subject.read_feature(&text)),
        optional: options.key(symbol::OPTIONAL).is_some(),
        timeout: timeout.and_then(|text| subject.read_duration(&text, symbol::TIMEOUT)),
        settings: settings.and_then(|text| subject.read_name(&text, "the settings section")),
        requires: requires
            .iter()
            .filter_map(|text| subject.read_requirement(text))
            .collect(),
        provides: options.types(symbol::PROVIDES).unwrap_or_default(),
        emits: options.types(symbol::EMITS).unwrap_or_default(),
    }
}

/// The options of `#[plugin(…)]` on an impl block, where only `crate` has a place; the keys of the others are answered.
pub(crate) fn from_impl_tokens(
    tokens: TokenStream,
    subject: Subject<'_>,
) -> (Option<Path>, Vec<Ident>) {
    let mut options = super::parse(&TABLE, subject, tokens);
    let is_misplaced = |key: &&Ident| *key != symbol::CRATE;
    let misplaced = options.keys().filter(is_misplaced).cloned().collect();
    (options.path(symbol::CRATE), misplaced)
}
