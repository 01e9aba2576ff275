//! The section `[hooks]`: policies that the operator sets for the hooks of an event.

use core::time::Duration;
use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer, Error as _};

use super::node::{Entry, Node};
use super::problem::{Code, SettingsError, SettingsProblem};
use super::section::{Section, read_one};
use super::{Settings, path::KeyPath};
use crate::hook::{Declared, EventPattern, OnError, PolicyOverride};
use crate::suggest::nearest;

/// Its name. A plugin whose section has the same name has it instead.
pub(crate) const HOOKS: &str = "hooks";

/// The policies for one name or pattern.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Policies {
    timeout: Option<Span>,
    retries: Option<u32>,
    backoff: Option<Span>,
    on_error: Option<OnError>,
    disable_after: Option<u32>,
    disable_within: Option<Span>,
}

/// A duration as people write it.
#[derive(Debug)]
struct Span(u64);

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let refuse = || {
            D::Error::custom(format_args!(
                "`{text}` is no duration; write a whole number and a unit: `250ms`, `5s`, `2m` or `1h`"
            ))
        };
        let digits = text
            .find(|c: char| !c.is_ascii_digit())
            .ok_or_else(refuse)?;
        let (number, unit) = text.split_at(digits);
        let unit = match unit {
            "ms" => Duration::from_millis(1),
            "s" => Duration::from_secs(1),
            "m" => Duration::from_secs(60),
            "h" => Duration::from_secs(60 * 60),
            _ => return Err(refuse()),
        };
        let millis = number.parse::<u64>().ok().and_then(|number| {
            let unit = u64::try_from(unit.as_millis()).ok()?;
            number.checked_mul(unit)
        });
        millis.map(Self).ok_or_else(refuse)
    }
}

/// Reads the section, each policy with its place. What is for a name comes after what is for a pattern that it fits, and so
/// overrides it.
///
/// # Errors
/// Everything that is wrong with it, names that no event has included.
pub(crate) fn read_hooks(
    settings: &Settings,
    events: &[&str],
) -> Result<Vec<(String, PolicyOverride)>, SettingsError> {
    let Some(entry) = settings.root().entry(HOOKS) else {
        return Ok(Vec::new());
    };
    let parsed = read_one(
        settings,
        HOOKS,
        Section::parse::<BTreeMap<String, Policies>>,
    );
    let mut problems: Vec<SettingsProblem> = entry
        .node
        .entries()
        .iter()
        .filter_map(|of| unknown(of, events))
        .collect();
    let parsed = match parsed.map(|parsed| parsed.downcast::<BTreeMap<String, Policies>>()) {
        Ok(Ok(parsed)) => *parsed,
        Ok(Err(_)) => BTreeMap::new(),
        Err(found) => {
            problems.extend(found);
            BTreeMap::new()
        }
    };
    if !problems.is_empty() {
        return Err(SettingsError::new(problems));
    }
    let of = |(name, policies): (String, Policies)| {
        let node = entry.node.entry(&name).map(|entry| &entry.node);
        let places = node.map(places).unwrap_or_default();
        let declared = policies.declared();
        (name, PolicyOverride { declared, places })
    };
    let mut overrides: Vec<_> = parsed.into_iter().map(of).collect();
    overrides.sort_by_key(|(name, _)| {
        let stars = name.split('.').filter(|part| part.starts_with('*')).count();
        core::cmp::Reverse((name.contains("**"), stars))
    });
    Ok(overrides)
}

impl Policies {
    fn declared(self) -> Declared {
        let millis = |span: Option<Span>| span.map(|span| span.0);
        Declared {
            timeout_ms: millis(self.timeout),
            retries: self.retries,
            backoff_ms: millis(self.backoff),
            on_error: self.on_error,
            disable_after: self.disable_after,
            disable_within_ms: millis(self.disable_within),
        }
    }
}

fn places(node: &Node) -> Vec<(String, String)> {
    let place = |entry: &Entry| (entry.key.clone(), entry.origin.place().to_string());
    node.entries().iter().map(place).collect()
}

/// A name that no event has, and a pattern that none fits.
fn unknown(of: &Entry, events: &[&str]) -> Option<SettingsProblem> {
    let pattern = EventPattern::new(&of.key);
    if events.iter().any(|event| pattern.matches(event)) {
        return None;
    }
    let text = match nearest(&of.key, events.iter().copied()) {
        Some(meant) => format!("no event has this name; did you mean `{meant}`?"),
        None if of.key.contains('*') => "no event's name fits this pattern".to_owned(),
        None => {
            "no event has this name; in a TOML header it stands in quotes: `[hooks.\"user.login\"]`"
                .to_owned()
        }
    };
    Some(SettingsProblem {
        place: of.origin.place(),
        order: of.origin.source.order,
        section: Some(HOOKS.to_owned()),
        plugin: None,
        key: Some(KeyPath::default().key(&of.key).to_string()),
        code: Code::UnknownKey,
        text,
    })
}
