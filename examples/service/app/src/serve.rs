//! Serving, until somebody says that it is enough.

use std::path::PathBuf;

use http_server::HttpPlugin;
use pepperplug::PluginManager;

use crate::settings::Place;
use crate::{first_start, plugins};

/// Why the service ends with an error.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The framework says so.
    #[error(transparent)]
    Pepperplug(#[from] pepperplug::Error),
    /// There are no random numbers.
    #[error(transparent)]
    Auth(#[from] auth::AuthError),
    /// The data folder cannot be used.
    #[error("cannot use `{}`: {source}; choose another folder with `--data`", folder.display())]
    Data {
        folder: PathBuf,
        source: std::io::Error,
    },
    /// A step of the tour went wrong.
    #[error("{0}")]
    Other(String),
}

/// Starts, says where it is and who may log in, and serves until Ctrl-C or SIGTERM.
pub(crate) async fn serve(place: &Place) -> Result<(), Failure> {
    let builder = plugins::builder(place)?.on_reload(|outcome| match outcome {
        Ok(reload) if reload.is_empty() => {}
        Ok(reload) => println!("reloaded: {reload}"),
        Err(error) => eprintln!("error: {error}"),
    });
    let manager = inspector::build(builder)?;
    manager
        .run_until_signal_with(async |app| {
            introduce(app, place)?;
            // The signal ends it.
            std::future::pending::<Result<(), Failure>>().await
        })
        .await?;
    println!("stopped");
    Ok(())
}

fn introduce(app: &PluginManager, place: &Place) -> Result<(), Failure> {
    println!("{}\n", app.report());
    let address = app.get::<HttpPlugin>()?.address();
    if let Some(address) = address {
        println!("serves at      http://{address}");
        println!("inspector      http://{address}/_plugins");
    }
    if let Some(user) = first_start::first_user(&place.data) {
        println!("first user     {}, password {}", user.name, user.password);
    }
    println!(
        "settings       {}, read again whenever it is saved",
        place.settings.display()
    );
    println!("Ctrl-C stops it.");
    Ok(())
}
