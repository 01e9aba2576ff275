//! A service made of plugins: accounts, tokens and resources over HTTP, a cache, a database, an audit log, an inspector.
//!
//! ```sh
//! cargo run -p service           # serves
//! cargo run -p service -- tour   # walks through everything, and ends
//! cargo run -p service -- plugins report
//! ```

mod first_start;
mod plugins;
mod serve;
mod settings;
mod tour;
mod welcome;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use pepperplug::cli::PluginsCommand;

use crate::settings::Place;

/// Accounts, tokens and resources over HTTP, made of plugins.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Without a command, it serves until Ctrl-C or SIGTERM.\n\n\
    Settings come from the file, and from variables such as SERVICE__HTTP__LISTEN=127.0.0.1:9000."
)]
struct Cli {
    /// The settings, a TOML file; it need not be there
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        default_value = "service.toml"
    )]
    settings: PathBuf,
    /// The folder of the database, the resources, the audit log and the keys
    #[arg(
        long,
        global = true,
        value_name = "FOLDER",
        default_value = "service-data"
    )]
    data: PathBuf,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until Ctrl-C or SIGTERM
    Serve,
    /// Walk through everything over real HTTP, in a temporary folder, and end
    Tour,
    Plugins(PluginsCommand),
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let place = Place {
        settings: cli.settings,
        data: cli.data,
    };
    let done = match cli.command {
        None | Some(Command::Serve) => serve::serve(&place).await,
        Some(Command::Tour) => tour::tour().await,
        Some(Command::Plugins(command)) => match plugins::builder(&place) {
            Ok(builder) => return command.run(builder).await,
            Err(error) => Err(error),
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
