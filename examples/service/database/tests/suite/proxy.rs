//! A server that can go away: it passes on what it gets to the real one.

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

pub(crate) struct Proxy {
    port: u16,
    server: String,
    passing: JoinSet<()>,
}

impl Proxy {
    pub(crate) async fn start(server: String) -> Self {
        let mut proxy = Self {
            port: 0,
            server,
            passing: JoinSet::new(),
        };
        proxy.start_again().await;
        proxy
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Nobody is there any more, and all connections are cut.
    pub(crate) async fn stop(&mut self) {
        self.passing.shutdown().await;
    }

    /// On the same port.
    pub(crate) async fn start_again(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await;
        let listener = listener.expect("the port is free");
        self.port = listener.local_addr().expect("it is bound").port();
        self.passing.spawn(pass(listener, self.server.clone()));
    }
}

async fn pass(listener: TcpListener, server: String) {
    // Dropped with the task, and with it all connections.
    let mut connections = JoinSet::new();
    while let Ok((mut client, _)) = listener.accept().await {
        let server = server.clone();
        connections.spawn(async move {
            let Ok(mut server) = TcpStream::connect(server).await else {
                return;
            };
            // That one of them ended is all that this can tell.
            let _ = copy_bidirectional(&mut client, &mut server).await;
        });
    }
}
