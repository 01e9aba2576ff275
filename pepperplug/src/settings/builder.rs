//! Settings put together from several sources.

use core::fmt;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::format::Format;
use super::layer::{Layer, Rank};
use super::node::{Node, Value};
use super::problem::{Code, SettingsError, SettingsProblem};
use super::source::Source;
use super::{Settings, environment, value};
use crate::error::Error;
use crate::location::Location;

/// Puts [`Settings`] together from several sources: [`Settings::builder`].
///
/// Whatever the order of the calls, what is set in the program overrides environment variables, these override files, and
/// files override defaults. Among sources of one kind, the later call wins.
///
/// Nothing is read before [`build`](Self::build), which tells what is wrong with all sources at once.
///
/// # Examples
///
/// ```
/// use pepperplug::Settings;
///
/// #[derive(serde::Serialize)]
/// struct Defaults {
///     auth: Auth,
/// }
/// #[derive(serde::Serialize)]
/// struct Auth {
///     token_ttl: u32,
/// }
///
/// let settings = Settings::builder()
///     .defaults(&Defaults { auth: Auth { token_ttl: 3600 } })
///     .optional_file("app.toml")
///     .env("APP")
///     .set("auth.token_ttl", 60)
///     .build()?;
/// # Ok::<(), pepperplug::Error>(())
/// ```
#[must_use = "nothing is read before `build`"]
#[derive(Default)]
pub struct SettingsBuilder {
    defaults: Vec<Given>,
    files: Vec<File>,
    environments: Vec<Environment>,
    overrides: Vec<Given>,
    /// How many sources there are.
    count: u32,
}

/// A value in the program.
type Given = Result<Node, SettingsError>;

enum File {
    Path {
        path: PathBuf,
        is_required: bool,
        order: u32,
    },
    Text {
        text: String,
        order: u32,
    },
}

struct Environment {
    prefix: String,
    /// None for those of the process.
    variables: Option<Vec<(OsString, OsString)>>,
    order: u32,
}

impl SettingsBuilder {
    /// Values for what no other source has: anything that serializes to a table of sections, such as a struct with a field for
    /// each section, or a map. What is `None` in it is not there.
    ///
    /// NaN and infinity are not there either: JSON, which it goes through, does not have them.
    #[track_caller]
    pub fn defaults(mut self, values: &(impl Serialize + ?Sized)) -> Self {
        let location = Location::here();
        let order = self.next(Rank::Defaults);
        let tree = value::tree(values, location, order, "the value");
        let tree = tree.and_then(|tree| match tree.value {
            Value::Table(_) => Ok(tree),
            _ => {
                let text = format!("found {}, expected a table of sections", tree.describe());
                Err(tree.origin.source.error(None, Code::Value, text))
            }
        });
        self.defaults.push(tree);
        self
    }

    /// A file, which must be there. `.json` is read as JSON (with the feature `json`), `.yaml` and `.yml` as YAML (with the
    /// feature `yaml`), everything else as TOML.
    pub fn file(self, path: impl AsRef<Path>) -> Self {
        self.path(path.as_ref(), true)
    }

    /// As [`file`](Self::file), for a file that need not be there. One that is there and cannot be read is an error.
    pub fn optional_file(self, path: impl AsRef<Path>) -> Self {
        self.path(path.as_ref(), false)
    }

    /// A TOML text, among the files. Problems name it `<toml>`.
    pub fn toml(mut self, text: impl Into<String>) -> Self {
        let (text, order) = (text.into(), self.next(Rank::Files));
        self.files.push(File::Text { text, order });
        self
    }

    /// The environment variables that begin with `prefix` and two underscores: `APP__AUTH__TOKEN_TTL` is the key `token_ttl`
    /// of the section `auth`, and `APP__AUTH__JWT__ISSUER` the key `issuer` in its table `jwt`.
    ///
    /// Names are compared without regard to case, dashes and underscores, so that `RATE_LIMIT` finds `rate-limit` and
    /// `TOKEN_TTL` finds `tokenTtl`. A variable is read as what the type asks for: as text, number or boolean; arrays and tables
    /// in the syntax of TOML or JSON, such as `["a", "b"]`. An empty variable is an empty text.
    ///
    /// They are read when the settings are [built](Self::build); those of a program that runs do not change.
    pub fn env(mut self, prefix: impl Into<String>) -> Self {
        let (prefix, order) = (prefix.into(), self.next(Rank::Environment));
        self.environments.push(Environment {
            prefix,
            variables: None,
            order,
        });
        self
    }

    /// As [`env`](Self::env), with other variables than those of the process: for tests, which share one.
    ///
    /// ```
    /// # use pepperplug::Settings;
    /// let variables = [("APP__AUTH__TOKEN_TTL", "60")];
    /// let settings = Settings::builder().env_from("APP", variables).build()?;
    /// # Ok::<(), pepperplug::Error>(())
    /// ```
    pub fn env_from<K: Into<OsString>, V: Into<OsString>>(
        mut self,
        prefix: impl Into<String>,
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let (prefix, order) = (prefix.into(), self.next(Rank::Environment));
        let variables = variables.into_iter();
        let variables = variables.map(|(name, value)| (name.into(), value.into()));
        self.environments.push(Environment {
            prefix,
            variables: Some(variables.collect()),
            order,
        });
        self
    }

    /// Sets a key, over whatever all other sources say: `set("auth.token_ttl", 60)`. The dots part the section from the key, and
    /// tables from what is in them.
    #[track_caller]
    pub fn set(mut self, key: &str, value: impl Serialize) -> Self {
        let location = Location::here();
        let order = self.next(Rank::Overrides);
        let given = if key.split('.').any(str::is_empty) {
            let text = format!(
                "`{key}` is no key; write the section, a dot and the key: `auth.token_ttl`"
            );
            let source = Source::code(location).at(order);
            Err(source.error(None, Code::Value, text))
        } else {
            let tree = value::tree(&value, location, order, &format!("the value of `{key}`"));
            tree.map(|tree| value::nested(key.split('.'), tree))
        };
        self.overrides.push(given);
        self
    }

    /// Reads all sources.
    ///
    /// # Errors
    /// [`Error::Settings`] with everything that is wrong with them: files that cannot be read, every mistake of syntax in each
    /// of them, variables that are not Unicode, values that can be no settings. Whether the sections are as their plugins want
    /// them is found when the manager is built.
    pub fn build(self) -> Result<Settings, Error> {
        let given = |rank| {
            move |tree: Given| match tree {
                Ok(tree) => Ok(Layer::program(rank, tree)),
                Err(error) => Err(error.into_problems()),
            }
        };
        let defaults = self.defaults.into_iter().map(given(Rank::Defaults));
        let files = self.files.into_iter().map(File::read);
        let environments = self.environments.into_iter().map(Environment::read);
        let overrides = self.overrides.into_iter().map(given(Rank::Overrides));
        let mut problems = Vec::new();
        let mut layers = Vec::new();
        for layer in defaults.chain(files).chain(environments).chain(overrides) {
            match layer {
                Ok(layer) => layers.push(Arc::new(layer)),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() {
            Ok(Settings::of(layers))
        } else {
            Err(SettingsError::new(problems).into())
        }
    }

    fn path(mut self, path: &Path, is_required: bool) -> Self {
        let (path, order) = (path.to_owned(), self.next(Rank::Files));
        self.files.push(File::Path {
            path,
            is_required,
            order,
        });
        self
    }

    fn next(&mut self, rank: Rank) -> u32 {
        self.count += 1;
        rank.order(self.count)
    }
}

impl File {
    fn read(self) -> Result<Layer, Vec<SettingsProblem>> {
        match self {
            Self::Path {
                path,
                is_required,
                order,
            } => Layer::file(&path, is_required, order),
            Self::Text { text, order } => {
                let tree = Format::Toml.parse(Source::new("<toml>", &text).at(order));
                match tree {
                    Ok(tree) => Ok(Layer::program(Rank::Files, tree)),
                    Err(error) => Err(error.into_problems()),
                }
            }
        }
    }
}

impl Environment {
    fn read(self) -> Result<Layer, Vec<SettingsProblem>> {
        let Self {
            prefix,
            variables,
            order,
        } = self;
        if prefix.is_empty() || prefix.contains(['=', '\0']) {
            let text = format!(
                "`{prefix}` is no prefix of environment variables; write a name, such as `APP`"
            );
            let source = Source::variable(format!("{prefix}__")).at(order);
            return Err(vec![source.problem(None, Code::Variable, text)]);
        }
        let mut problems = Vec::new();
        let tree = match variables {
            Some(variables) => environment::tree(&prefix, variables, order, &mut problems),
            None => environment::tree(&prefix, std::env::vars_os(), order, &mut problems),
        };
        if problems.is_empty() {
            Ok(Layer::environment(prefix, tree))
        } else {
            Err(problems)
        }
    }
}

impl fmt::Debug for SettingsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the values, of which some are passwords.
        f.debug_struct("SettingsBuilder")
            .field("sources", &self.count)
            .finish_non_exhaustive()
    }
}
