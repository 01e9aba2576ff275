//! A socket, and the connections on it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::answer::Answer;
use crate::{HttpError, HttpSettings};

/// What its connections look at for each request.
struct Current {
    settings: HttpSettings,
    answer: Arc<Answer>,
}

pub(crate) struct Server {
    address: SocketAddr,
    pub(crate) settings: HttpSettings,
    current: Arc<Mutex<Arc<Current>>>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn listen(
        settings: HttpSettings,
        answer: Arc<Answer>,
    ) -> Result<Self, HttpError> {
        let address = settings.listen;
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|source| HttpError::Listen { address, source })?;
        let address = listener
            .local_addr()
            .map_err(|source| HttpError::Listen { address, source })?;
        let current = Arc::new(Mutex::new(Arc::new(Current {
            settings: settings.clone(),
            answer,
        })));
        let (stop, stopping) = watch::channel(false);
        let accepting = Accepting {
            listener,
            current: Arc::clone(&current),
            stopping,
        };
        let task = tokio::spawn(accepting.run(settings.max_connections));
        tracing::info!(%address, "listens");
        Ok(Self {
            address,
            settings,
            current,
            stop,
            task,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// New limits, for the requests that come from now on. How many connections there may be is said when it begins.
    pub(crate) fn reconfigure(&mut self, settings: HttpSettings, answer: Arc<Answer>) {
        self.settings = settings.clone();
        let current = Arc::new(Current { settings, answer });
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = current;
    }

    /// Takes no more connections, and waits for the requests under way, as long as the settings say.
    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        // The task ends in time by itself.
        let _ = self.task.await;
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

struct Accepting {
    listener: TcpListener,
    current: Arc<Mutex<Arc<Current>>>,
    stopping: watch::Receiver<bool>,
}

impl Accepting {
    fn current(&self) -> Arc<Current> {
        Arc::clone(&self.current.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn run(mut self, max_connections: usize) {
        let room = Arc::new(Semaphore::new(max_connections));
        let graceful = GracefulShutdown::new();
        loop {
            let permit = tokio::select! {
                biased;
                () = is_true(&mut self.stopping) => break,
                permit = Arc::clone(&room).acquire_owned() => permit,
            };
            let stream = tokio::select! {
                biased;
                () = is_true(&mut self.stopping) => break,
                accepted = self.listener.accept() => accepted,
            };
            match stream {
                Ok((stream, peer)) => {
                    let connection = self.connection(stream, peer, &graceful);
                    tokio::spawn(async move {
                        connection.await;
                        drop(permit);
                    });
                }
                Err(error) => {
                    // Most often too many open files: others may be closed meanwhile.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
            }
        }
        // From here on, whoever connects is refused.
        let grace = self.current().settings.grace;
        drop(self.listener);
        if tokio::time::timeout(grace, graceful.shutdown())
            .await
            .is_err()
        {
            tracing::warn!(?grace, "requests under way were not answered in time");
        }
    }

    fn connection(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        graceful: &GracefulShutdown,
    ) -> impl Future<Output = ()> + Send + 'static {
        // Answers are small and complete.
        let _ = stream.set_nodelay(true);
        let current = Arc::clone(&self.current);
        let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
            let now = Arc::clone(&current.lock().unwrap_or_else(PoisonError::into_inner));
            async move {
                let request = request.map(Body::new);
                Ok::<_, Infallible>(now.answer.to(request, Some(peer)).await)
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.current().settings.header_timeout)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        async move {
            if let Err(error) = connection.await {
                // Clients go away all the time.
                tracing::debug!(%error, "a connection ended early");
            }
        }
    }
}

async fn is_true(of: &mut watch::Receiver<bool>) {
    // An error is that nobody can say so any more, which is as good.
    let _ = of.wait_for(|is| *is).await;
}
