//! Requests over real sockets.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::time::Duration;

use api::{Health, HealthCheck, HttpCall, HttpRequest, Identity, Problem, Response, User};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use http_server::HttpPlugin;
use pepperplug::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;

#[plugin(name = "echo")]
pub struct Echo {
    going: Notify,
    go_on: Notify,
}

#[plugin]
impl Echo {
    #[hook("http.request")]
    fn knows(&self, request: &HttpRequest) -> Result<Option<Identity>, &'static str> {
        match request.authorization.as_deref() {
            Some("Test ada") => Ok(Some(Identity {
                user: User {
                    id: "1".to_owned(),
                    name: "ada".to_owned(),
                    roles: Vec::new(),
                },
                scheme: "Test".to_owned(),
                session: None,
            })),
            Some("Test nobody") => Ok(None),
            _ => Err("Unknown scheme: Other"),
        }
    }

    #[hook("http.call")]
    async fn answers(&self, call: &HttpCall) -> Result<Option<Response>, Problem> {
        match call.path() {
            "/who" => Ok(Some(call.authorized()?.user.name.clone().into_response())),
            "/peer" => Ok(call
                .peer()
                .map(|peer| peer.ip().to_string().into_response())),
            "/body" => Ok(Some(call.take_body().into_response())),
            "/panics" => panic!("a secret"),
            "/slow" => {
                self.going.notify_one();
                self.go_on.notified().await;
                Ok(Some("at last".into_response()))
            }
            "/never" => std::future::pending().await,
            "/teapot" => Err(Problem::new(StatusCode::IM_A_TEAPOT, "short and stout")),
            _ => Ok(None),
        }
    }

    #[hook("health.check")]
    fn is_well(&self, _: &HealthCheck) -> Health {
        Health::well("echoes")
    }
}

static PLUGINS: PluginSet = plugins![HttpPlugin, Echo];

const SETTINGS: &str = "[http]\nlisten = \"127.0.0.1:0\"\nrequest_timeout = \"500ms\"\n\
                        header_timeout = \"300ms\"\nmax_body = 1000\n";

async fn start(settings: &str) -> (PluginManager, String) {
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(Settings::from_toml(settings).expect("settings"))
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("it starts");
    let url = url(&manager);
    (manager, url)
}

fn url(manager: &PluginManager) -> String {
    let http = manager.get::<HttpPlugin>().expect("it runs");
    format!("http://{}", http.address().expect("it listens"))
}

async fn get(url: &str, path: &str) -> (u16, String) {
    let response = reqwest::get(format!("{url}{path}"))
        .await
        .expect("an answer");
    let status = response.status().as_u16();
    (status, response.text().await.expect("text"))
}

#[tokio::test]
async fn requests_are_answered_by_hooks() {
    let (manager, url) = start(SETTINGS).await;
    let client = reqwest::Client::new();
    let who = |value: &'static str| {
        let request = client.get(format!("{url}/who"));
        let request = request.header("authorization", value);
        async move {
            let response = request.send().await.expect("an answer");
            (
                response.status().as_u16(),
                response.text().await.expect("text"),
            )
        }
    };
    assert_eq!(who("Test ada").await, (200, "ada".to_owned()));
    let (status, problem) = who("Test nobody").await;
    assert_eq!((status, problem.contains("log in first")), (401, true));
    let (status, problem) = who("Other thing").await;
    assert_eq!(status, 401);
    assert!(problem.contains("Unknown scheme: Other"), "{problem}");

    assert_eq!(get(&url, "/peer").await, (200, "127.0.0.1".to_owned()));
    let (status, problem) = get(&url, "/nothing").await;
    assert_eq!(status, 404);
    assert_eq!(
        problem,
        r#"{"title":"Not Found","status":404,"detail":"nothing is at GET /nothing"}"#
    );
    let (status, problem) = get(&url, "/teapot").await;
    assert_eq!((status, problem.contains("short and stout")), (418, true));
    manager.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn what_goes_wrong_is_told_without_secrets() {
    let (manager, url) = start(SETTINGS).await;
    let (status, problem) = get(&url, "/panics").await;
    assert_eq!(
        (status, problem.contains("secret")),
        (500, false),
        "{problem}"
    );
    let (status, _) = get(&url, "/never").await;
    assert_eq!(status, 504);
    manager.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn bodies_have_a_limit() {
    let (manager, url) = start(SETTINGS).await;
    let client = reqwest::Client::new();
    let send = |body: Vec<u8>| {
        let request = client.post(format!("{url}/body")).body(body);
        async move { request.send().await.expect("an answer") }
    };
    let response = send(vec![b'x'; 1000]).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.bytes().await.expect("a body").len(), 1000);
    assert_eq!(send(vec![b'x'; 1001]).await.status(), 413);
    manager.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn a_client_that_never_asks_is_left() {
    let (manager, url) = start(SETTINGS).await;
    let address = url.trim_start_matches("http://").to_owned();
    let mut stream = tokio::net::TcpStream::connect(address)
        .await
        .expect("connected");
    stream
        .write_all(b"GET /who HTTP/1.1\r\n")
        .await
        .expect("written");
    let mut answer = Vec::new();
    // Ends when the server has had enough.
    let read = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut answer));
    let _ = read.await.expect("it is left in time");
    manager.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn health_and_readiness() {
    let (manager, url) = start(SETTINGS).await;
    assert_eq!(get(&url, "/healthz").await, (200, "ok\n".to_owned()));
    let (status, ready) = get(&url, "/readyz").await;
    assert_eq!(
        (status, ready.as_str()),
        (
            200,
            r#"{"ready":true,"plugins":{"echo":"ready","http":"ready"},"checks":{"echo":{"well":true,"detail":"echoes"}}}"#
        )
    );
    manager.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn what_is_under_way_is_answered_before_the_end() {
    let (manager, url) = start("[http]\nlisten = \"127.0.0.1:0\"\n").await;
    let echo = manager.get::<Echo>().expect("it runs");
    let slow = tokio::spawn({
        let url = url.clone();
        async move { get(&url, "/slow").await }
    });
    echo.going.notified().await;
    let stopping = tokio::spawn({
        let manager = manager.clone();
        async move { manager.shutdown().await }
    });
    let http = manager.get::<HttpPlugin>().expect("it runs");
    while http.address().is_some() {
        tokio::task::yield_now().await;
    }
    echo.go_on.notify_one();
    assert_eq!(slow.await.expect("no panic"), (200, "at last".to_owned()));
    stopping.await.expect("no panic").expect("it stops");
    assert!(reqwest::get(format!("{url}/who")).await.is_err());
}

#[tokio::test]
async fn an_address_in_use_is_an_error_that_names_it() {
    let (manager, url) = start(SETTINGS).await;
    let address = url.trim_start_matches("http://");
    let second = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(Settings::from_toml(&format!("[http]\nlisten = \"{address}\"\n")).expect("one"))
        .build()
        .expect("the build proved the wiring");
    let error = second.initialize().await.expect_err("it is in use");
    let text = format!("cannot listen on {address}");
    assert!(error.to_string().contains(&text), "{error}");
    manager.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn limits_and_address_change_while_it_runs() {
    let file = std::env::temp_dir().join(format!("service-http-{}.toml", std::process::id()));
    std::fs::write(&file, SETTINGS).expect("a file");
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(Settings::file(&file).expect("settings"))
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("it starts");
    let before = url(&manager);
    let client = reqwest::Client::new();
    let post = |url: String, length: usize| {
        let request = client.post(format!("{url}/body")).body(vec![b'x'; length]);
        async move { request.send().await.expect("an answer").status().as_u16() }
    };
    assert_eq!(post(before.clone(), 1001).await, 413);
    std::fs::write(&file, SETTINGS.replace("1000", "2000")).expect("a file");
    let reload = manager.reload().await.expect("it is well");
    assert_eq!(reload.reconfigured, ["http"]);
    assert_eq!(url(&manager), before);
    assert_eq!(post(before.clone(), 1001).await, 200);
    // Another address is listened on before the old one is left.
    std::fs::write(&file, SETTINGS.replace("127.0.0.1:0", "127.0.0.2:0")).expect("a file");
    manager.reload().await.expect("it is well");
    let after = url(&manager);
    assert!(after.starts_with("http://127.0.0.2:"), "{after}");
    assert_eq!(post(after, 1000).await, 200);
    std::fs::remove_file(&file).expect("it was there");
    manager.shutdown().await.expect("it stops");
}
