//! What a failed check says.

use core::fmt;

use super::text::Text;
use crate::meta::{Identity, Location};
use crate::version::{Version, VersionReq};

/// The text of one or more faults, with which [`refuse`] fails the build; its frame indents the lines after the first.
#[derive(Clone, Copy)]
pub struct Message {
    text: Text<4096>,
}

impl Message {
    pub(super) const fn new() -> Self {
        Self { text: Text::new() }
    }

    /// The whole text.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// Each fault by itself.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults: Vec<String> = Vec::new();
        for line in self.as_str().lines().filter(|line| !line.is_empty()) {
            match faults.last_mut() {
                Some(fault) if !line.starts_with("[PP") => {
                    fault.push('\n');
                    fault.push_str(line);
                }
                _ => faults.push(line.to_owned()),
            }
        }
        faults
    }

    /// Itself, unless nothing was said.
    pub(super) const fn if_any(self) -> Option<Self> {
        if self.text.is_empty() {
            None
        } else {
            Some(self)
        }
    }

    /// Begins a fault: its code and its first words. An empty line sets it apart from the one before.
    pub(super) const fn fault(&mut self, code: &str, words: &[&str]) {
        if !self.text.is_empty() {
            self.text.push("\n\n");
        }
        self.push(&["[", code, "] "]);
        self.push(words);
    }

    /// Begins another line of the same fault.
    pub(super) const fn line(&mut self, words: &[&str]) {
        self.text.push("\n");
        self.push(words);
    }

    pub(super) const fn push(&mut self, words: &[&str]) {
        let mut i = 0;
        while i < words.len() {
            self.text.push(words[i]);
            i += 1;
        }
    }

    pub(super) const fn number(&mut self, number: usize) {
        self.text.number(number as u64);
    }

    /// `file:line`: the column would say little beside a name, and make the line longer.
    pub(super) const fn place(&mut self, place: &Location) {
        self.text.push(place.file());
        self.text.push(":");
        self.text.number(place.line() as u64);
    }

    /// The path of a type, as declared.
    pub(super) const fn path(&mut self, of: &Identity) {
        self.push(&[of.module, "::", of.type_name]);
    }

    /// The path of a type, as it is written in `module`: one of the same crate begins with `crate`.
    pub(super) const fn path_from(&mut self, of: &Identity, module: &str) {
        match within_crate_of(of.module, module) {
            Some(rest) => self.push(&["crate", rest, "::", of.type_name]),
            None => self.path(of),
        }
    }

    pub(super) const fn version(&mut self, version: &Version) {
        version.write(&mut self.text);
    }

    pub(super) const fn range(&mut self, range: &VersionReq) {
        range.write(&mut self.text);
    }
}

/// What follows the name of the crate in `path`, where `other` is of the same crate: `::keys` of `auth::keys`.
pub(super) const fn within_crate_of<'p>(path: &'p str, other: &str) -> Option<&'p str> {
    let (path, other) = (path.as_bytes(), other.as_bytes());
    let mut end = 0;
    while end < path.len() && path[end] != b':' {
        if end >= other.len() || other[end] != path[end] {
            return None;
        }
        end += 1;
    }
    if end == 0 || end < other.len() && other[end] != b':' {
        return None;
    }
    match core::str::from_utf8(path.split_at(end).1) {
        Ok(rest) => Some(rest),
        Err(_) => None,
    }
}

/// Fails the build with `message`, if there is one.
///
/// The compiler takes the caller for the place of the fault, so that it shows the user's token and none of ours.
///
/// # Panics
/// With the message.
#[track_caller]
pub const fn refuse(message: Option<Message>) {
    if let Some(message) = message {
        panic!("{}", message.as_str())
    }
}

/// Fails the build with `text`, if something is wrong. See [`refuse`].
///
/// # Panics
/// With the text.
#[track_caller]
pub const fn refuse_if(is_wrong: bool, text: &str) {
    if is_wrong {
        panic!("{}", text)
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}
