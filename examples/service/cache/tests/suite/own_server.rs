//! A server of the test's own.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A server of the test's own, which it can stop.
pub(crate) struct OwnServer {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl OwnServer {
    /// None, where Redis is not installed.
    pub(crate) fn start(test: &str) -> Option<Self> {
        Self::on(free_port(), test)
    }

    pub(crate) fn on(port: u16, test: &str) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder for the server");
        let started = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
            .args(["--save", "", "--appendonly", "no"])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .spawn();
        let child = match started {
            Ok(child) => child,
            Err(error) => {
                eprintln!("\nskipped {test}: no Redis to start: {error}");
                return None;
            }
        };
        let server = Self {
            child,
            port,
            _folder: folder,
        };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn free_port() -> u16 {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    socket.local_addr().expect("it is bound").port()
}
