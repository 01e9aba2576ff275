//! A command that shows an application its own plugins: `plugins list`, `graph`, `report`, `schema` and `check`.
//!
//! `schema` needs the feature `schema` as well.
//!
//! [`PluginsCommand`] is a subcommand for [clap](https://docs.rs/clap) 4:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use clap::Parser;
//! use pepperplug::cli::PluginsCommand;
//! use pepperplug::prelude::*;
//!
//! #[plugin(name = "greeter")]
//! struct Greeter;
//!
//! static PLUGINS: PluginSet = plugins![Greeter];
//!
//! #[derive(Parser)]
//! struct Cli {
//!     #[command(subcommand)]
//!     command: Option<Command>,
//! }
//!
//! #[derive(clap::Subcommand)]
//! enum Command {
//!     Plugins(PluginsCommand),
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<ExitCode, pepperplug::Error> {
//!     let builder = PluginManager::builder()
//!         .plugins(&PLUGINS)
//!         .settings(Settings::file("app.toml")?);
//!     match Cli::parse().command {
//!         Some(Command::Plugins(command)) => Ok(command.run(builder).await),
//!         None => {
//!             let manager = builder.build()?;
//!             manager.run(async |_| Ok(ExitCode::SUCCESS)).await
//!         }
//!     }
//! }
//! ```
//!
//! ```text
//! $ app plugins list
//! NAME     VERSION  STATE       WHY
//! greeter  1.0.0    registered  listed
//! $ app plugins check
//! 1 plugin fits together, and so do the settings
//! ```
//!
//! What is asked for goes to the standard output, and nothing else does; what is wrong goes to the standard error. The
//! exit code is 0, 1 where the wiring, the settings or a start fails, or 2 where the command line is wrong.

mod graph;
mod list;
mod output;
mod run;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use self::graph::Format;
use self::list::Shown;

const EXAMPLES: &str = "\
Examples:
  plugins list                           every plugin, its version and why it is there
  plugins graph --output plugins.svg     a picture of who needs whom
  plugins report --start                 also how long each takes to start
  plugins check && deploy                fails if the wiring or the settings are wrong";

/// Show the plugins of this application, or check that they fit together
///
/// None of these commands runs the application. Those that take --start start the plugins then, and stop them again.
// Its help is what users read: clap takes it from the lines above.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct PluginsCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// List the plugins, those that are off included
    List {
        /// Only those in this state; may be given several times
        #[arg(long = "state", value_name = "STATE", value_enum)]
        states: Vec<Shown>,
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        start: Start,
    },
    /// Draw who needs whom
    Graph {
        /// The form to draw it in [default: the one that FILE ends with, else svg]
        #[arg(long, value_enum)]
        format: Option<Format>,
        /// Where to write it instead of the standard output
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        #[command(flatten)]
        start: Start,
    },
    /// Say why each plugin is on or off, who injects it, and the order of the hooks of each event
    Report {
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        start: Start,
    },
    /// Print the JSON Schema of the settings, for editors and validators
    Schema,
    /// Check the wiring and all settings: exit with 0 if they are right, and else with 1 and every problem
    Check {
        #[command(flatten)]
        start: Start,
    },
}

#[derive(Debug, Clone, Copy, Args)]
struct Start {
    /// Start the plugins first, and stop them again after: for real, with all that they do then
    #[arg(long = "start")]
    wanted: bool,
}
