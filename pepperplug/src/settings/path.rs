//! Where in a section something stands, such as `jwt.keys[2].id`.

use core::fmt;

/// One step down from a table or an array.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// The steps from a section to a value in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KeyPath(Vec<Step>);

impl KeyPath {
    pub(super) fn steps(&self) -> &[Step] {
        &self.0
    }

    pub(super) fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The path of what stands under `key` in the table at this path.
    pub(super) fn key(&self, key: &str) -> Self {
        self.then(Step::Key(key.to_owned()))
    }

    pub(super) fn index(&self, index: usize) -> Self {
        self.then(Step::Index(index))
    }

    fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The path of the table or array that holds what stands here.
    pub(super) fn parent(&self) -> Option<Self> {
        let (_, steps) = self.0.split_last()?;
        Some(Self(steps.to_vec()))
    }

    /// The key that what stands here has in its table; none for an element of an array.
    pub(super) fn last_key(&self) -> Option<&str> {
        match self.0.last()? {
            Step::Key(key) => Some(key),
            Step::Index(_) => None,
        }
    }
}

impl fmt::Display for KeyPath {
    /// As TOML writes it, with the index of an array's element in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) => {
                    f.write_str(if at == 0 { "" } else { "." })?;
                    write_key(f, key)?;
                }
            }
        }
        Ok(())
    }
}

/// A key as TOML writes it: bare where that is allowed, otherwise in quotes.
fn write_key(f: &mut fmt::Formatter<'_>, key: &str) -> fmt::Result {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !key.is_empty() && key.chars().all(is_bare) {
        f.write_str(key)
    } else {
        write!(f, "{key:?}")
    }
}

/// The path of the value that is being read, as a list through the stack: it costs nothing until something is wrong.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trail<'a> {
    Root,
    Key { parent: &'a Trail<'a>, key: &'a str },
    Index { parent: &'a Trail<'a>, index: usize },
}

impl Trail<'_> {
    pub(super) fn to_path(self) -> KeyPath {
        match self {
            Self::Root => KeyPath::default(),
            Self::Key { parent, key } => parent.to_path().key(key),
            Self::Index { parent, index } => parent.to_path().index(index),
        }
    }
}
