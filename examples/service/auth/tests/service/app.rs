//! The service without its server: a request is the two events that the server makes of it.

use std::sync::Arc;

use api::{
    AuthProvider, Body, Cache, HttpCall, HttpRequest, Identity, PEER, Peer, Problem, SessionStore,
    UserStore,
};
use auth::{
    AccountsPlugin, AuthError, AuthPlugin, BasicPlugin, JwtPlugin, OAuthBearerPlugin, OAuthPlugin,
};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use pepperplug::testing::TestManager;
use pepperplug::{EmitContext, EmitError, Error, HookFailure, Settings};
use serde_json::{Value, json};

use crate::stand_ins::{MemoryCache, MemoryStore};

/// Of 32 bytes.
pub(crate) const SECRET: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

pub(crate) const PASSWORD: &str = "difference-engine";

/// A key, and hashes that cost as little as argon2 takes.
pub(crate) fn basics() -> String {
    format!(
        r#"
        [basic]
        memory_kib = 8
        passes = 1

        [[jwt.keys]]
        id = "1"
        algorithm = "HS256"
        secret = "{SECRET}"
        "#
    )
}

pub(crate) struct App {
    pub(crate) manager: TestManager,
    pub(crate) cache: Arc<MemoryCache>,
    pub(crate) store: Arc<MemoryStore>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("text"))
    }

    #[track_caller]
    pub(crate) fn token(&self) -> String {
        let token = self.body["token"].as_str();
        token
            .unwrap_or_else(|| panic!("no token: {self:?}"))
            .to_owned()
    }

    pub(crate) fn detail(&self) -> &str {
        self.body["detail"].as_str().unwrap_or_default()
    }
}

/// A request that is put together.
#[derive(Default)]
pub(crate) struct Ask {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
    peer: Option<&'static str>,
}

pub(crate) fn get(path: &str) -> Ask {
    Ask {
        method: "GET",
        path: path.to_owned(),
        ..Ask::default()
    }
}

pub(crate) fn post(path: &str) -> Ask {
    Ask {
        method: "POST",
        ..get(path)
    }
}

impl Ask {
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    pub(crate) fn json(mut self, body: Value) -> Self {
        self.body = Some(body.to_string());
        self.header("content-type", "application/json")
    }

    pub(crate) fn from(mut self, peer: &'static str) -> Self {
        self.peer = Some(peer);
        self
    }
}

pub(crate) fn name_and_password(name: &str, password: &str) -> Value {
    json!({ "name": name, "password": password })
}

impl App {
    pub(crate) async fn start() -> Self {
        Self::with(&basics()).await
    }

    pub(crate) async fn with(settings: &str) -> Self {
        Self::on(settings, Arc::default(), Arc::default()).await
    }

    pub(crate) async fn on(
        settings: &str,
        cache: Arc<MemoryCache>,
        store: Arc<MemoryStore>,
    ) -> Self {
        let settings = Settings::from_toml(settings).unwrap_or_else(|error| panic!("{error}"));
        Self::of(settings, cache, store).await
    }

    pub(crate) async fn of(
        settings: Settings,
        cache: Arc<MemoryCache>,
        store: Arc<MemoryStore>,
    ) -> Self {
        let manager = TestManager::only::<AuthPlugin>()
            .plugin::<AccountsPlugin>()
            .plugin::<BasicPlugin>()
            .plugin::<JwtPlugin>()
            .plugin::<OAuthPlugin>()
            .plugin::<OAuthBearerPlugin>()
            .with_service::<dyn Cache>(cache.clone())
            .with_service::<dyn UserStore>(store.clone())
            .with_service::<dyn SessionStore>(store.clone())
            .settings(settings)
            .start()
            .await;
        Self {
            manager,
            cache,
            store,
        }
    }

    /// Who sends a request with that header, or the text of the error.
    pub(crate) async fn identify(&self, header: Option<&str>) -> Result<Option<Identity>, String> {
        let request = HttpRequest {
            method: "GET".to_owned(),
            path: "/".to_owned(),
            authorization: header.map(str::to_owned),
        };
        let identity = self.manager.emit(&request).await;
        identity.map_err(|error| with_failure(&error, ToString::to_string))
    }

    /// Whose token that is, or the text of the error.
    pub(crate) async fn bearer(&self, token: &str) -> Result<Identity, String> {
        let identity = self.identify(Some(&format!("Bearer {token}"))).await?;
        identity.ok_or_else(|| "nobody".to_owned())
    }

    pub(crate) async fn ask(&self, ask: Ask) -> Answer {
        let mut request = Request::builder().method(ask.method).uri(&ask.path);
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        let authorization = (ask.headers.iter()).find(|(name, _)| *name == "authorization");
        let asked = HttpRequest {
            method: ask.method.to_owned(),
            path: ask.path.clone(),
            authorization: authorization.map(|(_, value)| value.clone()),
        };
        let peer = ask.peer.unwrap_or("127.0.0.1");
        let context = EmitContext::new().metadata(PEER, peer);
        let body = Body::from(ask.body.unwrap_or_default());
        let mut request = request.body(body).expect("a request");
        let peer = Peer((peer.parse::<std::net::IpAddr>().expect("an address"), 1).into());
        request.extensions_mut().insert(peer);
        let response = match self.manager.emit_with(&asked, context).await {
            Ok(identity) => {
                let call = HttpCall::new(request, identity);
                let answer = self.manager.emit(&call).await;
                let nothing = || Problem::new(StatusCode::NOT_FOUND, "nothing is here");
                answer
                    .unwrap_or_else(|error| panic!("{error}"))
                    .unwrap_or_else(|| nothing().into_response())
            }
            Err(error) => problem(&error).into_response(),
        };
        read(response).await
    }

    /// Somebody new, whose name that is.
    pub(crate) async fn register(&self, name: &str) -> Answer {
        let body = name_and_password(name, PASSWORD);
        self.ask(post("/register").json(body)).await
    }

    pub(crate) async fn login(&self, name: &str) -> Answer {
        let body = name_and_password(name, PASSWORD);
        self.ask(post("/login").json(body)).await
    }

    /// A token of somebody new.
    pub(crate) async fn token_of(&self, name: &str) -> String {
        assert_eq!(self.register(name).await.status, 201);
        self.login(name).await.token()
    }

    /// How many password hashes were computed.
    pub(crate) fn hashes(&self) -> u64 {
        let basic = self.manager.get::<BasicPlugin>();
        basic.expect("it runs").hashes()
    }

    pub(crate) async fn stop(self) {
        self.manager.stop().await;
    }
}

/// As the server does: an error that is a `Problem` is the answer, all others mean 401.
fn problem(error: &Error) -> Problem {
    let unauthorized = |text: String| Problem::new(StatusCode::UNAUTHORIZED, text);
    with_failure(error, |error| match error.downcast_ref::<Problem>() {
        Some(problem) => problem.clone(),
        None => {
            assert!(error.is::<AuthError>(), "{error}");
            unauthorized(error.to_string())
        }
    })
}

fn with_failure<T>(error: &Error, then: impl FnOnce(&pepperplug::BoxError) -> T) -> T {
    match error {
        Error::Emit(EmitError::Hooks { errors, .. }) => match &errors[0].failure {
            HookFailure::Error(error) => then(error),
            other => panic!("{other}"),
        },
        other => panic!("{other}"),
    }
}

async fn read(response: axum::response::Response) -> Answer {
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    }
}

/// The providers are found by their service too.
#[tokio::test]
async fn each_provider_is_a_plugin_of_the_service() {
    let app = App::start().await;
    let schemes = |plugin: &dyn AuthProvider| plugin.scheme();
    let basic = app.manager.get::<BasicPlugin>().expect("it runs");
    let jwt = app.manager.get::<JwtPlugin>().expect("it runs");
    let oauth = app.manager.get::<OAuthPlugin>().expect("it runs");
    assert_eq!(schemes(&*basic), "Basic");
    assert_eq!(schemes(&*jwt), "Bearer");
    assert_eq!(schemes(&*oauth), "OAuth");
    app.stop().await;
}
