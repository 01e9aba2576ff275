//! The table of plugins.

use core::fmt::Write;

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use serde::Serialize;

use crate::introspect::{Description, OffDescription, PluginDescription, UnlistedDescription};
use crate::lifecycle::PluginState;

/// The states that a list may be limited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Shown {
    /// Part of the application, and not begun
    Registered,
    /// Started
    Ready,
    /// Started, and stopped again
    Stopped,
    /// Failed to start or to stop
    Failed,
    /// Not begun, since a plugin that it needs failed
    Skipped,
    /// In the list, but left out of this build
    Off,
    /// Linked, but not in the list
    Unlisted,
}

impl Shown {
    fn is(self, state: PluginState) -> bool {
        match self {
            Self::Registered => state == PluginState::Registered,
            Self::Ready => state == PluginState::Ready,
            Self::Stopped => state == PluginState::Stopped,
            Self::Failed => state == PluginState::Failed,
            Self::Skipped => state == PluginState::Skipped,
            Self::Off | Self::Unlisted => false,
        }
    }
}

/// A description of those in one of `states`, or of all where none is given.
pub(super) fn only(mut description: Description, states: &[Shown]) -> Description {
    if !states.is_empty() {
        let is_shown = |plugin: &PluginDescription| states.iter().any(|of| of.is(plugin.state));
        description.plugins.retain(is_shown);
        if !states.contains(&Shown::Off) {
            description.off.clear();
        }
        if !states.contains(&Shown::Unlisted) {
            description.unlisted.clear();
        }
    }
    description
}

/// A description as far as a list goes.
#[derive(Serialize)]
pub(super) struct AsJson<'a> {
    format: u32,
    plugins: &'a [PluginDescription],
    off: &'a [OffDescription],
    unlisted: &'a [UnlistedDescription],
}

impl<'a> AsJson<'a> {
    pub(super) fn new(description: &'a Description) -> Self {
        Self {
            format: description.format,
            plugins: &description.plugins,
            off: &description.off,
            unlisted: &description.unlisted,
        }
    }
}

const HEAD: [&str; 5] = ["NAME", "VERSION", "STATE", "WHY", "INJECTED INTO"];
const STATE: usize = 2;

/// A row, and how its state is coloured.
type Row = ([String; 5], Style);

pub(super) fn table(description: &Description) -> String {
    let plugins = description.plugins.iter().map(of_plugin);
    let off = description.off.iter().map(|off| {
        let why = off.why.text.as_str();
        absent(off.path, "off", why)
    });
    let unlisted = description.unlisted.iter().map(|plugin| {
        let why = "linked, but not in the list";
        absent(&plugin.path, "unlisted", why)
    });
    let rows: Vec<Row> = plugins.chain(off).chain(unlisted).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|(cells, _)| cells[column].as_str());
        let cells = cells.filter(|cell| !cell.is_empty());
        cells.map(|cell| cell.chars().count()).max()
    };
    // A column in which nothing stands is left out.
    let columns: Vec<(usize, usize)> = (0..HEAD.len())
        .filter_map(|column| Some((column, width(column)?.max(HEAD[column].len()))))
        .collect();
    let mut text = String::new();
    if rows.is_empty() {
        return text;
    }
    let bold = Style::new().bold();
    line(&mut text, &columns, &HEAD, |_| bold);
    for (cells, state) in &rows {
        let cells = cells.each_ref().map(String::as_str);
        line(&mut text, &columns, &cells, |column| {
            if column == STATE {
                *state
            } else {
                Style::new()
            }
        });
    }
    text
}

fn of_plugin(plugin: &PluginDescription) -> Row {
    let why = match &plugin.reason {
        Some(reason) => format!("{}; {}: {reason}", plugin.why, plugin.state),
        None => plugin.why.text.clone(),
    };
    let cells = [
        plugin.name.to_owned(),
        plugin.version.clone(),
        plugin.state.to_string(),
        // A row is a line.
        why.replace('\n', " "),
        plugin.injected_into.join(", "),
    ];
    let colour = match plugin.state {
        PluginState::Ready => AnsiColor::Green,
        PluginState::Failed => AnsiColor::Red,
        PluginState::Skipped => AnsiColor::Yellow,
        _ => return (cells, Style::new()),
    };
    (cells, colour.on_default())
}

fn absent(name: &str, state: &str, why: &str) -> Row {
    let cells = [name, "", state, why, ""].map(str::to_owned);
    (cells, Style::new().dimmed())
}

fn line(
    text: &mut String,
    columns: &[(usize, usize)],
    cells: &[&str; 5],
    style: impl Fn(usize) -> Style,
) {
    let last = columns
        .iter()
        .rposition(|(column, _)| !cells[*column].is_empty());
    for (place, (column, width)) in columns
        .iter()
        .enumerate()
        .take(last.map_or(0, |last| last + 1))
    {
        let (cell, style) = (cells[*column], style(*column));
        // Nothing but a line's end stands after its last cell.
        let fill = if Some(place) == last {
            0
        } else {
            width.saturating_sub(cell.chars().count()) + 2
        };
        // Writing to a `String` does not fail.
        let _ = write!(text, "{style}{cell}{style:#}{:fill$}", "");
    }
    text.push('\n');
}
