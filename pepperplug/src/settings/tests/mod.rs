//! What a user reads, as whole texts.

#[cfg(feature = "garde")]
mod checks;
mod enums;
mod files;
mod flattened;
mod formats;
mod get;
mod keys;
mod layers;
mod oracle;
mod repairs;
#[cfg(all(feature = "schema", feature = "secrets"))]
mod schema;
#[cfg(feature = "secrets")]
mod secrets;
mod sections;
mod switches;
mod values;

use core::any::Any;

use serde::de::DeserializeOwned;

use super::section::{Section, Wish, read_wishes};
use super::{Settings, SettingsError};
use crate::error::Error;

/// Reads the section `auth` as a `T`.
fn read<T: DeserializeOwned + Send + 'static>(text: &str) -> Result<T, SettingsError> {
    read_from(&settings(text))
}

fn read_from<T: DeserializeOwned + Send + 'static>(
    settings: &Settings,
) -> Result<T, SettingsError> {
    let mut values = read_wishes(settings, &[wish::<T>("auth", "auth")], &|_| false)?;
    let (_, value) = values.remove(0);
    Ok(value_of(value))
}

/// What is wrong with the section `auth`, read as a `T`.
fn problems<T: DeserializeOwned + Send + 'static>(text: &str) -> String {
    match read::<T>(text) {
        Ok(_) => "no problem".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn settings(text: &str) -> Settings {
    Settings::from_toml(text).expect("valid TOML")
}

fn wish<T: DeserializeOwned + Send + 'static>(
    plugin: &'static str,
    section: &'static str,
) -> Wish<'static> {
    Wish {
        node: 0,
        plugin,
        section,
        parse: Section::parse::<T>,
    }
}

fn value_of<T: 'static>(value: Box<dyn Any + Send>) -> T {
    *value.downcast().expect("the type that was asked for")
}

fn syntax_error(text: &str) -> String {
    Settings::from_toml(text).expect_err("not TOML").to_string()
}

fn settings_error(error: Error) -> SettingsError {
    match error {
        Error::Settings(error) => error,
        other => panic!("not about the settings: {other}"),
    }
}
