//! What a settings type may be able to do besides being read: check its values, and describe itself.

use core::fmt;

#[cfg(feature = "garde")]
use serde::de::DeserializeOwned;

#[cfg(feature = "garde")]
use super::section::Section;
use super::{ParseFn, SettingsMeta};

/// How a type that checks its values is read. Only with the feature `garde` is there one.
#[derive(Clone, Copy, Debug)]
pub struct Checked {
    pub(crate) parse: ParseFn,
}

/// How a type describes itself. Only with the feature `schema` is there one.
#[derive(Clone, Copy)]
pub struct Described {
    #[cfg(feature = "schema")]
    pub(crate) describe: fn(&mut schemars::SchemaGenerator) -> schemars::Schema,
}

#[cfg(feature = "garde")]
impl Checked {
    /// That of `T`.
    #[must_use]
    pub(crate) const fn of<T>() -> Self
    where
        T: DeserializeOwned + garde::Validate<Context = ()> + Send + 'static,
    {
        Self {
            parse: Section::parse_valid::<T>,
        }
    }
}

#[cfg(feature = "schema")]
impl Described {
    /// That of `T`.
    #[must_use]
    pub(crate) const fn of<T: schemars::JsonSchema>() -> Self {
        Self {
            describe: schemars::SchemaGenerator::subschema_for::<T>,
        }
    }
}

impl fmt::Debug for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Described")
    }
}

impl SettingsMeta {
    /// The same, of a type that can do more than be read.
    pub(crate) const fn with(
        mut self,
        checked: Option<Checked>,
        described: Option<Described>,
    ) -> Self {
        if let Some(checked) = checked {
            self.parse = checked.parse;
        }
        #[cfg(feature = "schema")]
        {
            self.schema = described;
        }
        #[cfg(not(feature = "schema"))]
        let _ = described;
        self
    }
}
