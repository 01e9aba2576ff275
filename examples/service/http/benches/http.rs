//! A handler behind the whole chain of plugins, against the same work written by hand with axum: `ratio http <value>`.
//!
//! Both check who sends the request, ask before and after, and answer the same bytes, over real connections. Rounds take
//! turns, and the medians are compared. With `--test`, only one short round each.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use api::{HttpCall, HttpRequest, Identity, Problem, Response, User};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use axum::routing::get;
use http_server::HttpPlugin;
use pepperplug::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const CONNECTIONS: usize = 4;

fn identity(authorization: &str) -> Option<Identity> {
    let name = authorization.strip_prefix("Test ")?;
    Some(Identity {
        user: User {
            id: "1".to_owned(),
            name: name.to_owned(),
            roles: vec!["user".to_owned()],
        },
        scheme: "Test".to_owned(),
        session: None,
    })
}

fn answer(identity: &Identity) -> Response {
    (StatusCode::OK, format!("hello, {}\n", identity.user.name)).into_response()
}

#[plugin(name = "door")]
pub struct Door;

#[plugin]
impl Door {
    #[hook("http.request")]
    fn knows(&self, request: &HttpRequest) -> Option<Identity> {
        identity(request.authorization.as_deref()?)
    }
}

/// Looks at each request, and answers none.
#[plugin(name = "counter")]
pub struct Counter {
    seen: AtomicU64,
}

#[plugin]
impl Counter {
    #[hook("http.call", priority = high)]
    fn counts(&self, _: &HttpCall) -> Option<Response> {
        self.seen.fetch_add(1, Ordering::Relaxed);
        None
    }
}

#[plugin(name = "hello")]
pub struct Hello;

#[plugin]
impl Hello {
    #[hook("http.call")]
    async fn answers(&self, call: &HttpCall) -> Result<Option<Response>, Problem> {
        if call.path() != "/hello" {
            return Ok(None);
        }
        Ok(Some(answer(call.authorized()?)))
    }
}

static PLUGINS: PluginSet = plugins![Counter, Door, Hello, HttpPlugin];

/// The same by hand: a layer that knows who it is, one that counts, a timeout, and a handler.
async fn by_hand() -> SocketAddr {
    async fn who(mut request: Request, next: Next) -> Response {
        let authorization = request.headers().get(header::AUTHORIZATION);
        let authorization = authorization.and_then(|value| value.to_str().ok());
        if let Some(identity) = authorization.and_then(identity) {
            request.extensions_mut().insert(identity);
        }
        next.run(request).await
    }
    async fn count(State(seen): State<Arc<AtomicU64>>, request: Request, next: Next) -> Response {
        seen.fetch_add(1, Ordering::Relaxed);
        let late = || StatusCode::GATEWAY_TIMEOUT.into_response();
        let answered = tokio::time::timeout(Duration::from_secs(10), next.run(request)).await;
        answered.unwrap_or_else(|_| late())
    }
    async fn hello(request: Request) -> Response {
        match request.extensions().get::<Identity>() {
            Some(identity) => answer(identity),
            None => StatusCode::UNAUTHORIZED.into_response(),
        }
    }
    let router = Router::new()
        .route("/hello", get(hello))
        .layer(middleware::from_fn(who))
        .layer(middleware::from_fn_with_state(Arc::default(), count));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("an address");
    let address = listener.local_addr().expect("it has one");
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        let _ = stream.set_nodelay(true);
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn behind_plugins() -> (PluginManager, SocketAddr) {
    let settings = Settings::from_toml("[http]\nlisten = \"127.0.0.1:0\"\n").expect("settings");
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(settings)
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("it starts");
    let http = manager.get::<HttpPlugin>().expect("it runs");
    let address = http.address().expect("it listens");
    (manager, address)
}

/// How long so many requests take, over connections that stay open.
async fn round(address: SocketAddr, requests: usize) -> Duration {
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| tokio::spawn(client(address, requests / CONNECTIONS)))
        .collect();
    let begun = Instant::now();
    for client in clients {
        client.await.expect("no error");
    }
    begun.elapsed()
}

async fn client(address: SocketAddr, requests: usize) {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    stream.set_nodelay(true).expect("it can be set");
    let request = b"GET /hello HTTP/1.1\r\nhost: bench\r\nauthorization: Test ada\r\n\r\n";
    let mut buffer = [0; 1024];
    for _ in 0..requests {
        stream.write_all(request).await.expect("written");
        let mut read = 0;
        while !buffer[..read].ends_with(b"hello, ada\n") {
            let more = stream.read(&mut buffer[read..]).await.expect("an answer");
            assert!(more > 0, "the connection was closed");
            read += more;
        }
        assert!(buffer.starts_with(b"HTTP/1.1 200 "));
    }
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let (rounds, requests) = match std::env::args().any(|arg| arg == "--test") {
        true => (1, 400),
        false => (31, 8000),
    };
    let hand = by_hand().await;
    let (manager, plugins) = behind_plugins().await;
    let (mut of_hand, mut of_plugins) = (Vec::new(), Vec::new());
    round(hand, requests).await;
    round(plugins, requests).await;
    for turn in 0..rounds {
        // Who goes first has no part in it.
        if turn % 2 == 0 {
            of_hand.push(round(hand, requests).await);
            of_plugins.push(round(plugins, requests).await);
        } else {
            of_plugins.push(round(plugins, requests).await);
            of_hand.push(round(hand, requests).await);
        }
    }
    manager.shutdown().await.expect("it stops");
    let (hand, plugins) = (median(of_hand), median(of_plugins));
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let per_second = |seconds: f64| requests as f64 / seconds;
    println!(
        "by hand {:.0} requests/s, behind plugins {:.0} requests/s",
        per_second(hand),
        per_second(plugins)
    );
    println!("ratio http {:.3}", plugins / hand);
}
