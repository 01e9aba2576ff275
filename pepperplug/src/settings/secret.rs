//! A setting that is not shown.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Visitor};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::hidden::{Reading, SECRET};

/// A setting that is never shown: a password, a token, a key.
///
/// Nothing prints its value: `Debug` does not, a message about a wrong value in the settings does not, and
/// [`PluginManager::settings`](crate::PluginManager::settings) tells only where it comes from. Only [`expose`](Self::expose)
/// gives it out, which is a word to search a program for. It cannot be serialized, and not be compared: to compare secrets, use
/// what takes the same time for all of them, such as the crate `subtle`.
///
/// The value is overwritten with zeros when it is dropped. What it was read from is not: the manager keeps the settings, to read
/// them again, and a file or an environment variable is there in any case.
///
/// Write `Secret` as close to the value as can be: of a type with a `#[serde(flatten)]` field, or of an untagged or internally
/// tagged enum, serde forgets what stood where, so that all it has is hidden as soon as one of it is a secret.
///
/// # Examples
///
/// ```
/// use pepperplug::Secret;
///
/// #[derive(Debug, serde::Deserialize)]
/// struct DatabaseSettings {
///     user: String,
///     password: Secret<String>,
/// }
///
/// let settings: DatabaseSettings = serde_json::from_str(r#"{"user": "ada", "password": "hunter2"}"#).unwrap();
/// assert_eq!(settings.password.expose(), "hunter2");
/// assert_eq!(format!("{settings:?}"), r#"DatabaseSettings { user: "ada", password: Secret(..) }"#);
/// ```
#[derive(Clone, Default)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Hides `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value. Take care where it goes.
    #[must_use]
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl From<&str> for Secret<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> ZeroizeOnDrop for Secret<T> {}

impl<'de, T: Deserialize<'de> + Zeroize> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let _reading = Reading::begin();
        deserializer.deserialize_newtype_struct(SECRET, Hidden(PhantomData))
    }
}

struct Hidden<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Zeroize> Visitor<'de> for Hidden<T> {
    type Value = Secret<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        Reading::reached_value();
        T::deserialize(deserializer).map(Secret)
    }
}
