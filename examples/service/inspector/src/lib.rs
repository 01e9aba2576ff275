//! A page that shows the application while it runs: `/_plugins`.
//!
//! | request | answers |
//! | --- | --- |
//! | `GET /_plugins` | the page |
//! | `GET /_plugins/stream` | everything on it, and what changes, as server-sent events |
//! | `GET /_plugins/graph.svg` | the graph as it is now |
//! | `POST /_plugins/reload` | begins a reload; the stream tells what comes of it |
//! | `POST /_plugins/hooks/enable` | lets a hook be called again that was taken out: `{"plugin", "hook"}` |
//!
//! It is there for requests from this very machine, and for users of a role; for others, nothing is there at all. What
//! changes something takes a token that only the page is told, and refuses pages of other origins.
//!
//! A plugin does not see the events of others. Whoever builds the manager lets a [`Recorder`] look on: [`build`].

mod access;
mod feed;
mod latency;
mod overview;
mod page;
mod record;
mod recorder;
mod settings;

use api::{Health, HealthCheck, HttpCall, Problem, Response};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use pepperplug::prelude::*;
use pepperplug::{AppShutdown, CancellationToken, PluginManager, WeakManager};
use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::feed::Feed;
use crate::overview::Overview;
use crate::record::What;
pub use crate::recorder::{Recorder, WhoRecords, build};
pub use crate::settings::InspectorSettings;

const ROOT: &str = "/_plugins";
/// How many pages may be open at once.
const PAGES: usize = 32;
/// How long an order may be.
const MAX_JSON: usize = 4096;

/// Why there is no inspector.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InspectorError {
    /// The token of its page would not be a secret.
    #[error("the system has no random numbers: {0}")]
    Random(getrandom::Error),
}

/// Answers everything under `/_plugins`.
#[plugin(
    name = "inspector",
    description = "a page that shows the application while it runs",
    feature = "inspector",
    optional
)]
#[derive(Debug)]
pub struct InspectorPlugin {
    #[inject]
    manager: WeakManager,
    #[inject(settings)]
    settings: InspectorSettings,
    /// What orders of the page carry.
    token: String,
    /// In the place of one that looks on, where nobody does: for what the inspector itself has to tell.
    own: Recorder,
    /// Cancelled at the end, so that no page keeps the server waiting.
    stopped: CancellationToken,
    #[init(Arc::new(Semaphore::new(PAGES)))]
    seats: Arc<Semaphore>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HookToEnable {
    plugin: String,
    hook: String,
}

#[plugin]
impl InspectorPlugin {
    async fn initialize(&mut self) -> Result<(), InspectorError> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(InspectorError::Random)?;
        self.token = format!("{:032x}", u128::from_le_bytes(random));
        Ok(())
    }

    async fn cleanup(&self) {
        self.stopped.cancel();
    }

    /// Before the server waits for what it has under way.
    #[hook("app.shutdown", priority = high)]
    fn leave_pages(&self, _: &AppShutdown) {
        self.stopped.cancel();
    }

    #[hook("health.check")]
    fn health(&self, _: &HealthCheck) -> Health {
        let open = PAGES - self.seats.available_permits();
        match self.settings.enabled {
            true => Health::well(format!("{open} of {PAGES} pages open")),
            false => Health::well("disabled by `inspector.enabled`"),
        }
    }

    #[hook("http.call")]
    async fn answer(
        &self,
        call: &HttpCall,
        ctx: &EventContext<'_>,
    ) -> Result<Option<Response>, Problem> {
        let Some(path) = path_below(call.path()) else {
            return Ok(None);
        };
        if !access::is_admitted(call, &self.settings) {
            return Ok(None);
        }
        let looks_on = ctx.emit(&WhoRecords::default()).await.ok().flatten();
        let answer = self.at(path, call, looks_on).await;
        let answer = answer.unwrap_or_else(IntoResponse::into_response);
        Ok(Some(page::guarded(answer)))
    }
}

impl InspectorPlugin {
    async fn at(
        &self,
        path: &str,
        call: &HttpCall,
        looks_on: Option<Recorder>,
    ) -> Result<Response, Problem> {
        let records = looks_on.is_some();
        let recorder = looks_on.unwrap_or_else(|| self.own.clone());
        match (call.method().as_str(), path) {
            ("POST", "/reload") => {
                access::from_own_page(call, &self.token)?;
                self.reload(recorder)
            }
            ("POST", "/hooks/enable") => {
                access::from_own_page(call, &self.token)?;
                self.enable(call.json(MAX_JSON).await?)
            }
            (_, "/reload" | "/hooks/enable") => Ok(not_allowed("POST")),
            ("GET", "/stream") => self.tell(recorder, records),
            ("GET" | "HEAD", "/graph.svg") => Ok(page::picture(self.manager()?.graph().svg())),
            ("GET" | "HEAD", path) => page::file(path).ok_or_else(|| {
                let detail = format!("nothing is at {}", call.path());
                Problem::new(StatusCode::NOT_FOUND, detail)
            }),
            (_, "/stream") => Ok(not_allowed("GET")),
            _ => Ok(not_allowed("GET, HEAD")),
        }
    }

    fn manager(&self) -> Result<PluginManager, Problem> {
        let gone = || Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the application ends");
        self.manager.upgrade().ok_or_else(gone)
    }

    fn tell(&self, recorder: Recorder, records: bool) -> Result<Response, Problem> {
        let seat = Arc::clone(&self.seats).try_acquire_owned();
        let seat = seat.map_err(|_| {
            let detail = format!("{PAGES} pages are open already; close one of them");
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
        })?;
        recorder.keep(self.settings.recent);
        let feed = Feed::new(feed::From {
            recorder,
            manager: &self.manager,
            overview: Overview {
                token: self.token.clone(),
                records,
            },
            settings: &self.settings,
            stopped: &self.stopped,
            seat,
        });
        Ok(feed.into_response())
    }

    /// In a task of its own: a reload waits for the hooks that are under way, and this is one.
    fn reload(&self, recorder: Recorder) -> Result<Response, Problem> {
        let manager = self.manager()?;
        tokio::spawn(async move {
            let outcome = manager.reload().await;
            recorder.note(What::Reloaded {
                well: outcome
                    .as_ref()
                    .is_ok_and(|reload| reload.problems.is_empty()),
                text: match outcome {
                    Ok(reload) => reload.to_string(),
                    Err(error) => error.to_string(),
                },
            });
        });
        Ok(StatusCode::ACCEPTED.into_response())
    }

    fn enable(&self, wanted: HookToEnable) -> Result<Response, Problem> {
        let HookToEnable { plugin, hook } = wanted;
        if self.manager()?.enable_hook(&plugin, &hook) {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        let detail = format!("no hook `{hook}` of plugin `{plugin}` was taken out");
        Err(Problem::new(StatusCode::NOT_FOUND, detail))
    }
}

/// What comes after `/_plugins`, in a path that is ours.
fn path_below(path: &str) -> Option<&str> {
    match path.strip_prefix(ROOT)? {
        "/" => Some(""),
        rest if rest.is_empty() || rest.starts_with('/') => Some(rest),
        _ => None,
    }
}

fn not_allowed(allowed: &'static str) -> Response {
    let detail = format!("allowed are {allowed}");
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail);
    ([(header::ALLOW, allowed)], problem).into_response()
}
