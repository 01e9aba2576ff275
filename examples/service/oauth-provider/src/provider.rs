//! The server.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use subtle::ConstantTimeEq;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::grants::{Grants, Token};
use crate::{Misbehavior, authorize, introspect, token};

/// The one client that is known. Its id and secret are of letters, digits, `-`, `.` and `_`, so that no two ways to
/// escape them differ.
#[derive(Clone)]
pub struct Client {
    pub(crate) id: String,
    secret: String,
    pub(crate) redirect_uri: String,
}

impl Client {
    /// A client that is sent back to that very address.
    pub fn new(
        id: impl Into<String>,
        secret: impl Into<String>,
        redirect_uri: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
            redirect_uri: redirect_uri.into(),
        }
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("id", &self.id)
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}

/// How often each endpoint was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Calls {
    /// `GET /authorize`.
    pub authorize: u64,
    /// `POST /token`.
    pub token: u64,
    /// `POST /introspect`.
    pub introspect: u64,
    /// `POST /revoke`.
    pub revoke: u64,
    /// Where it sends those who follow a redirect that they should not.
    pub redirected: u64,
}

#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) authorize: AtomicU64,
    pub(crate) token: AtomicU64,
    pub(crate) introspect: AtomicU64,
    pub(crate) revoke: AtomicU64,
    redirected: AtomicU64,
}

pub(crate) struct Shared {
    pub(crate) client: Client,
    pub(crate) url: String,
    pub(crate) calls: Counters,
    grants: Mutex<Grants>,
    user: Mutex<String>,
    misbehavior: Mutex<Option<Misbehavior>>,
}

/// A provider that runs until it is stopped or dropped.
#[must_use = "dropped, it ends"]
pub struct Provider {
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Provider {
    /// Starts one on a free loopback port.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn start(client: Client) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let shared = Arc::new(Shared {
            client,
            url: format!("http://{}", listener.local_addr()?),
            calls: Counters::default(),
            grants: Mutex::default(),
            user: Mutex::new("ada".to_owned()),
            misbehavior: Mutex::default(),
        });
        let (stop, stopped) = oneshot::channel();
        let app = Router::new()
            .route("/authorize", get(authorize::authorize))
            .route("/token", post(token::token))
            .route("/introspect", post(introspect::introspect))
            .route("/revoke", post(introspect::revoke))
            .route("/redirected", post(redirected))
            .with_state(Arc::clone(&shared));
        let served = axum::serve(listener, app).with_graceful_shutdown(async {
            // Dropped is as good as sent.
            let _ = stopped.await;
        });
        let task = tokio::spawn(async {
            if let Err(error) = served.await {
                eprintln!("the OAuth provider ended: {error}");
            }
        });
        Ok(Self {
            shared,
            stop: Some(stop),
            task,
        })
    }

    /// Where it is, such as `http://127.0.0.1:40001`: its endpoints are `/authorize`, `/token`, `/introspect` and `/revoke`
    /// below that.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// Who is logged in at the provider: `ada`, until something else is said.
    pub fn log_in(&self, sub: impl Into<String>) {
        *locked(&self.shared.user) = sub.into();
    }

    /// What it does wrong from now on; with none, nothing.
    pub fn misbehave(&self, how: Option<Misbehavior>) {
        *locked(&self.shared.misbehavior) = how;
    }

    /// Gives an access token to somebody, without a browser. None where there are too many.
    #[must_use]
    pub fn issue(&self, sub: &str, lifetime: Duration) -> Option<String> {
        let token = Token::new(sub, "profile", lifetime);
        self.shared.grants().add_token(token)
    }

    /// Revokes an access token. Whether it was there.
    pub fn revoke(&self, token: &str) -> bool {
        self.shared.grants().revoke(token)
    }

    /// Whether an access token holds.
    #[must_use]
    pub fn holds(&self, token: &str) -> bool {
        self.shared.grants().token(token).is_some()
    }

    /// How often each endpoint was asked.
    #[must_use]
    pub fn calls(&self) -> Calls {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let Counters {
            authorize,
            token,
            introspect,
            revoke,
            redirected,
        } = &self.shared.calls;
        Calls {
            authorize: of(authorize),
            token: of(token),
            introspect: of(introspect),
            revoke: of(revoke),
            redirected: of(redirected),
        }
    }

    /// Answers what is under way, and ends.
    pub async fn stop(mut self) {
        self.stop.take();
        // A client may keep its connection open, so this is not waited for without end.
        let _ = tokio::time::timeout(Duration::from_secs(1), &mut self.task).await;
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider")
            .field("url", &self.shared.url)
            .field("client", &self.shared.client)
            .finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn grants(&self) -> MutexGuard<'_, Grants> {
        locked(&self.grants)
    }

    pub(crate) fn user(&self) -> String {
        locked(&self.user).clone()
    }

    pub(crate) fn misbehavior(&self) -> Option<Misbehavior> {
        *locked(&self.misbehavior)
    }

    /// What is answered instead, if it misbehaves in a way that concerns all endpoints that clients ask.
    pub(crate) async fn instead(&self) -> Option<Response> {
        self.misbehavior()?.instead(&self.url).await
    }

    /// Whether a request comes from the client: by Basic, or in the form.
    pub(crate) fn is_client(
        &self,
        headers: &HeaderMap,
        id: Option<&str>,
        secret: Option<&str>,
    ) -> bool {
        let basic = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Basic "))
            .and_then(|value| String::from_utf8(STANDARD.decode(value).ok()?).ok());
        let basic = basic.as_deref().and_then(|text| text.split_once(':'));
        let (id, secret) = match (basic, id, secret) {
            (Some(basic), ..) => basic,
            (None, Some(id), Some(secret)) => (id, secret),
            _ => return false,
        };
        let is = |ours: &str, theirs: &str| bool::from(ours.as_bytes().ct_eq(theirs.as_bytes()));
        is(&self.client.id, id) & is(&self.client.secret, secret)
    }
}

/// An error as RFC 6749, section 5.2, tells it.
pub(crate) fn error(status: StatusCode, code: &str) -> Response {
    (status, axum::Json(json!({ "error": code }))).into_response()
}

async fn redirected(axum::extract::State(shared): axum::extract::State<Arc<Shared>>) -> StatusCode {
    shared.calls.redirected.fetch_add(1, Ordering::Relaxed);
    StatusCode::NO_CONTENT
}

/// Only for plain assignments, so no panic leaves anything half done.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
