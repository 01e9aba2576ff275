//! Settings by key, for those who know it only when the program runs.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use super::Settings;
use super::node::Node;
use super::problem::{Code, SettingsError, SettingsProblem};
use super::section::{Section, find};
use crate::error::Error;
use crate::suggest::nearest;

impl Settings {
    /// The value of a key, such as `auth.token_ttl`: the section, a dot, and the key in it. A section is a value too.
    ///
    /// What a type does not have of a table is not looked at. A plugin's own section is better read with `#[inject(settings)]`,
    /// which is checked before anything starts.
    ///
    /// # Errors
    /// [`Error::Settings`] with `PP218` where no source sets the key, and with everything that is wrong where the value is none
    /// of a `T`.
    ///
    /// # Examples
    ///
    /// ```
    /// use pepperplug::Settings;
    ///
    /// let settings = Settings::from_toml("[auth]\ntoken_ttl = 60\n")?;
    /// assert_eq!(settings.get::<u32>("auth.token_ttl")?, 60);
    ///
    /// let error = settings.get::<u32>("auth.token_tll").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "<toml>:1:1  auth.token_tll: not set; did you mean `auth.token_ttl`? [PP218]",
    /// );
    /// # Ok::<(), pepperplug::Error>(())
    /// ```
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<T, Error> {
        let node = match look_up(self.root(), key) {
            Ok(node) => node,
            Err(missing) => return Err(SettingsError::one(self.not_set(key, &missing)).into()),
        };
        let value = Section::new(self, None, key, Some(Cow::Borrowed(node)));
        value.read_some().map_err(|mut problems| {
            for problem in &mut problems {
                // It may be a value and no section.
                problem.section = None;
                problem.key = Some(match problem.key.take() {
                    Some(inner) => format!("{key}.{inner}"),
                    None => key.to_owned(),
                });
            }
            SettingsError::new(problems).into()
        })
    }

    /// A section, read as a plugin reads its own: one that is not there is read as if it were empty, and as an `Option` it is
    /// `None`. What the type does not have is not looked at.
    ///
    /// # Errors
    /// [`Error::Settings`] with everything that is wrong with it.
    pub fn section<T: DeserializeOwned>(&self, name: &str) -> Result<T, Error> {
        let section = Section::new(self, None, name, find(self.root(), name, &[]));
        section
            .read_some()
            .map_err(|problems| SettingsError::new(problems).into())
    }

    /// Whether any source sets the key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        look_up(self.root(), key).is_ok()
    }

    fn not_set(&self, key: &str, missing: &Missing<'_>) -> SettingsProblem {
        let Missing { table, rest } = missing;
        let known = table.entries().iter().map(|entry| entry.key.as_str());
        let (word, inner) = rest.split_once('.').unwrap_or((rest, ""));
        let text = match nearest(word, known) {
            Some(meant) => {
                let outer = &key[..key.len() - rest.len()];
                let dot = if inner.is_empty() { "" } else { "." };
                format!("not set; did you mean `{outer}{meant}{dot}{inner}`?")
            }
            None => "not set".to_owned(),
        };
        let (section, inner) = key.split_once('.').unwrap_or((key, ""));
        let is_text = table.origin.source.is_text() && rest.len() < key.len();
        let (place, order) = match is_text {
            true => (table.origin.place(), table.origin.source.order),
            false => self.home(section, inner),
        };
        SettingsProblem {
            place,
            order,
            section: None,
            plugin: None,
            key: Some(key.to_owned()),
            code: Code::NotSet,
            text,
        }
    }
}

/// The innermost table that there is, and what it does not have.
struct Missing<'a> {
    table: &'a Node,
    rest: &'a str,
}

/// What stands at `key`. A key that has dots itself is found too.
fn look_up<'a>(table: &'a Node, key: &'a str) -> Result<&'a Node, Missing<'a>> {
    if let Some(entry) = table.entry(key) {
        return Ok(&entry.node);
    }
    let mut missing = Missing { table, rest: key };
    for (at, _) in key.match_indices('.') {
        let Some(entry) = table.entry(&key[..at]) else {
            continue;
        };
        match look_up(&entry.node, &key[at + 1..]) {
            Ok(node) => return Ok(node),
            Err(inner) if inner.rest.len() < missing.rest.len() => missing = inner,
            Err(_) => {}
        }
    }
    Err(missing)
}
