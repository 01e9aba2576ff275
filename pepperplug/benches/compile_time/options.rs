//! The command line.

use crate::variant::Variant;

pub(crate) const HELP: &str = "\
cargo bench -p pepperplug --bench compile_time [-- OPTIONS]

Measures `cargo check` and `cargo build` of generated plugins. Seconds are wall clock, medians of the rounds.

  --plugins N[,N]   how many plugins; the smallest is what the others are compared with (100,500,1000)
  --rounds N        rounds of each variant (3)
  --against A[,A]   the other frameworks: bevy, shaku, none (bevy,shaku)
  --test            20 plugins of our own, built and run: that it works at all; with --against, the others too
  --help            this text";

pub(crate) struct Options {
    /// Ascending, and at least one.
    pub(crate) plugins: Vec<usize>,
    pub(crate) rounds: usize,
    pub(crate) against: Vec<Variant>,
    pub(crate) test: bool,
}

impl Options {
    /// `None` asks for the help.
    pub(crate) fn from_arguments() -> Result<Option<Self>, String> {
        let (mut plugins, mut rounds, mut against, mut test) = (None, 3, None, false);
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} takes a value"));
            match argument.as_str() {
                "--help" => return Ok(None),
                "--test" => test = true,
                "--plugins" => plugins = Some(sizes(&value()?)?),
                "--rounds" => rounds = number(&value()?)?.max(1),
                "--against" => against = Some(frameworks(&value()?)?),
                // Cargo's own, and names of benches to filter by: there is one here.
                _ => {}
            }
        }
        // The others' dependencies take a minute to build, too long for a test of ours.
        let (usual_plugins, usual_against) = if test {
            (vec![20], Vec::new())
        } else {
            (vec![100, 500, 1000], vec![Variant::Bevy, Variant::Shaku])
        };
        Ok(Some(Self {
            plugins: plugins.unwrap_or(usual_plugins),
            rounds,
            against: against.unwrap_or(usual_against),
            test,
        }))
    }
}

fn sizes(text: &str) -> Result<Vec<usize>, String> {
    let mut sizes = text.split(',').map(number).collect::<Result<Vec<_>, _>>()?;
    sizes.sort_unstable();
    sizes.dedup();
    match sizes.iter().find(|plugins| **plugins <= crate::FEW) {
        Some(few) => Err(format!("{few} plugins are too few to measure")),
        None => Ok(sizes),
    }
}

fn number(text: &str) -> Result<usize, String> {
    text.trim()
        .parse()
        .map_err(|_| format!("`{text}` is not a number"))
}

fn frameworks(text: &str) -> Result<Vec<Variant>, String> {
    let framework = |name: &str| match name.trim() {
        "bevy" => Some(Ok(Variant::Bevy)),
        "shaku" => Some(Ok(Variant::Shaku)),
        "none" => None,
        other => Some(Err(format!(
            "`{other}` is not a framework that is compared"
        ))),
    };
    text.split(',').filter_map(framework).collect()
}
