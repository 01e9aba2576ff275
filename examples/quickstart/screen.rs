//! What the quickstart prints, and how it looks.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::sync::LazyLock;
use std::time::Duration;

use api::Health;
use pepperplug::{HookInfo, HookResult, PluginManager};

/// Escape codes are for people: not for files and pipes, and not for those who asked for none.
static STYLED: LazyLock<bool> =
    LazyLock::new(|| std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none());

/// `println!`, except that a reader who leaves early (`| head`) is no reason to skip the shutdown.
macro_rules! say {
    ($($text:tt)*) => {{
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

fn bold(text: &str) -> String {
    if *STYLED {
        format!("\x1b[1m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

fn dim(text: &str) -> String {
    if *STYLED {
        format!("\x1b[2m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

pub(crate) fn heading(number: u32, title: &str) {
    say!("\n{}", bold(&format!("{number}. {title}")));
}

/// Text of several lines, below a heading.
pub(crate) fn text(text: &impl Display) {
    for line in text.to_string().lines() {
        say!("   {line}");
    }
}

/// What happens to an event.
pub(crate) fn event(name: &str, how: &str) {
    say!("\n   {}  {}", bold(name), dim(how));
}

/// One thing and what is to be said of it.
pub(crate) fn line(what: &str, text: &dyn Display) {
    say!("     {what:26} {text}");
}

pub(crate) fn start_order(manager: &PluginManager) {
    for (place, plugin) in (1..).zip(manager.plugins()) {
        let took = plugin
            .initialized_in()
            .map(milliseconds)
            .unwrap_or_default();
        let name = format!("{} {}", plugin.name(), plugin.version());
        say!(
            "   {place}. {name:24} {took:>9}  {}",
            dim(plugin.description())
        );
    }
}

pub(crate) fn stop_order(manager: &PluginManager) {
    for (place, plugin) in (1..).zip(manager.plugins().into_iter().rev()) {
        say!("   {place}. {:24} {}", plugin.name(), plugin.state());
    }
}

pub(crate) fn hooks(hooks: Vec<HookInfo>) {
    for (place, hook) in (1..).zip(hooks) {
        let name = format!("{}::{}", hook.plugin(), hook.hook());
        say!(
            "     {place}. {name:34} {}",
            dim(&format!("priority {}", hook.priority()))
        );
    }
}

pub(crate) fn results(results: &[HookResult<Health>]) {
    for (place, result) in (1..).zip(results) {
        let name = format!("{}::{}", result.plugin, result.hook);
        let answer = match &result.outcome {
            Ok(health) if health.well => health.detail.clone(),
            Ok(health) => format!("unwell: {}", health.detail),
            Err(error) => format!("failed: {error}"),
        };
        say!(
            "     {place}. {name:24} {:>9}  {answer}",
            milliseconds(result.duration)
        );
    }
}

fn milliseconds(took: Duration) -> String {
    format!("{:.2} ms", took.as_secs_f64() * 1000.0)
}
