//! An application made of plugins: `cargo run --example quickstart`.
//!
//! Its features decide which plugins it has. Whether they fit together is proved by the build: try
//! `cargo run --example quickstart --no-default-features --features auth`.

#[path = "quickstart/screen.rs"]
mod screen;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use api::{HealthCheck, HttpRequest, HttpResponse, Identity};
use pepperplug::prelude::*;

/// Every plugin of this application. One that is not named here is not part of it, even where its
/// crate is linked.
static PLUGINS: PluginSet = plugins![
    config::ConfigPlugin,
    #[cfg(feature = "cache")]
    cache::MemoryCache,
    #[cfg(feature = "database")]
    database::DatabasePlugin,
    #[cfg(feature = "auth")]
    auth::AuthPlugin,
    #[cfg(feature = "auth")]
    auth::BasicProvider,
    #[cfg(feature = "auth")]
    auth::BearerProvider,
    #[cfg(feature = "auth")]
    auth::create_accounts,
    #[cfg(feature = "audit")]
    audit::AuditPlugin,
];

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result {
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(Settings::file(settings_file())?)
        .build()?;
    manager.initialize().await?;

    let worked = show(&manager).await;

    screen::heading(5, "A clean shutdown, in reverse");
    manager.shutdown().await?;
    screen::stop_order(&manager);
    worked
}

/// The first argument, or the file beside this one: so the example runs from any folder.
fn settings_file() -> PathBuf {
    std::env::args_os().nth(1).map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("quickstart.toml"),
        PathBuf::from,
    )
}

async fn show(manager: &PluginManager) -> Result {
    screen::heading(1, "Why each plugin is on or off");
    screen::text(&manager.report());

    screen::heading(
        2,
        "The start: each plugin as soon as what it needs is ready",
    );
    screen::start_order(manager);

    screen::heading(3, "Events: hooks in order, with their results");
    everyone_answers(manager).await?;
    #[cfg(feature = "auth")]
    let token = everyone_is_told(manager).await?;
    someone_knows(manager).await?;
    #[cfg(feature = "auth")]
    auth_knows(manager, &token).await?;
    everyone_may_change_it(manager).await?;
    #[cfg(feature = "audit")]
    what_was_noted(manager)?;

    screen::heading(4, "The graph, as Mermaid");
    screen::text(&manager.graph().mermaid());
    Ok(())
}

/// Mode `collect`: one result for each hook.
async fn everyone_answers(manager: &PluginManager) -> Result {
    screen::event("health.check", "collect: every hook answers");
    let results = manager.emit(&HealthCheck).await?;
    screen::results(&results);
    Ok(())
}

/// Mode `notify`: `auth` opens a session, `database` counts, whoever else listens does so too.
#[cfg(feature = "auth")]
async fn everyone_is_told(manager: &PluginManager) -> Result<Arc<str>> {
    use api::UserLogin;

    screen::event("user.login", "notify: every hook is told");
    screen::hooks(manager.hooks_of::<UserLogin>());
    let auth = manager.get::<auth::AuthPlugin>()?;
    let token = auth.login("ada", "difference-engine").await?;
    screen::line("ada's token", &format!("{}…", &token[..8]));
    screen::line("ada's logins", &auth.logins("ada").await?);
    Ok(token)
}

/// Mode `first`: hooks are asked in order, until one answers.
async fn someone_knows(manager: &PluginManager) -> Result {
    screen::event("http.request", "first: hooks are asked until one knows");
    screen::hooks(manager.hooks_of::<HttpRequest>());
    ask(manager, "/health", None).await?;
    ask(manager, "/orders", None).await
}

#[cfg(feature = "auth")]
async fn auth_knows(manager: &PluginManager, token: &str) -> Result {
    let bearer = format!("Bearer {token}");
    ask(manager, "/orders", Some(&bearer)).await?;
    ask(manager, "/orders", Some("Basic Z3JhY2U6bmFub3NlY29uZA==")).await?;
    manager.get::<auth::AuthPlugin>()?.logout("ada").await?;
    screen::line("ada logs out", &"");
    ask(manager, "/orders", Some(&bearer)).await
}

async fn ask(manager: &PluginManager, path: &str, authorization: Option<&str>) -> Result {
    let request = HttpRequest {
        path: path.to_owned(),
        authorization: authorization.map(str::to_owned),
    };
    let with: String = authorization.unwrap_or("-").chars().take(14).collect();
    let answer = match manager.emit(&request).await? {
        Some(Identity { user, role, scheme }) => format!("{user} (role {role}, scheme {scheme})"),
        None => "nobody knows".to_owned(),
    };
    screen::line(&format!("{path}  {with}"), &answer);
    Ok(())
}

/// Mode `transform`: each hook gets the event as the one before left it.
async fn everyone_may_change_it(manager: &PluginManager) -> Result {
    screen::event("http.response", "transform: every hook may change it");
    let mut response = HttpResponse {
        status: 200,
        headers: Vec::new(),
    };
    manager.emit(&mut response).await?;
    screen::hooks(manager.hooks_of::<HttpResponse>());
    for (name, value) in &response.headers {
        screen::line(name, value);
    }
    Ok(())
}

/// The pattern hook has heard of every event about users.
#[cfg(feature = "audit")]
fn what_was_noted(manager: &PluginManager) -> Result {
    let log = manager.service::<dyn api::AuditLog>()?;
    screen::event("user.*", "a pattern: the audit log has heard of");
    for entry in log.entries() {
        screen::line("noted", &entry);
    }
    Ok(())
}
