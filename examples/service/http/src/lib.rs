//! The HTTP server: every request becomes two events, `http.request` for who sends it, and `http.call` for the answer.
//!
//! It depends on no other plugin, so it stays when others are reloaded: connections live on, and each request meets the
//! plugins that run when it comes.

mod answer;
mod health;
mod server;
mod settings;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use pepperplug::prelude::*;
use pepperplug::{AppShutdown, WeakManager};

pub use crate::answer::Answer;
use crate::server::Server;
pub use crate::settings::HttpSettings;

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The address is in use, or not one of this machine.
    #[error("cannot listen on {address}: {source}; set `http.listen` to another address")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Serves HTTP/1.1 from its start to its end.
#[plugin(name = "http", description = "turns requests into events")]
#[derive(Debug)]
pub struct HttpPlugin {
    #[inject]
    events: Events,
    #[inject]
    manager: WeakManager,
    #[inject(settings)]
    settings: HttpSettings,
    server: Mutex<Option<Server>>,
    /// What requests are answered by; replaced with new settings.
    answer: RwLock<Option<Arc<Answer>>>,
}

#[plugin]
impl HttpPlugin {
    async fn initialize(&mut self) -> Result<(), HttpError> {
        let server = self.serve(&self.settings.clone()).await?;
        *self.server() = Some(server);
        Ok(())
    }

    /// New limits hold for the requests that come from now on. With another address, the old one is left once its
    /// requests are answered.
    async fn reconfigure(&self, settings: HttpSettings) -> Result<(), HttpError> {
        let (listens, current) = {
            let server = self.server();
            let settings = server.as_ref().map(|server| server.settings.clone());
            (server.as_ref().map(Server::address), settings)
        };
        let stays = current.is_some_and(|current| current.listen == settings.listen);
        if stays && listens.is_some() {
            let answer = self.answer_with(&settings);
            if let Some(server) = &mut *self.server() {
                server.reconfigure(settings, answer);
            }
            return Ok(());
        }
        let new = self.serve(&settings).await?;
        let old = self.server().replace(new);
        if let Some(old) = old {
            // In a task of its own: a reload is not to wait for a slow client.
            tokio::spawn(old.stop());
        }
        Ok(())
    }

    async fn cleanup(&self) {
        let server = self.server().take();
        if let Some(server) = server {
            server.stop().await;
        }
    }

    /// While events are still taken: requests that are under way are answered in full.
    #[hook("app.shutdown")]
    async fn stop_listening(&self, _: &AppShutdown) {
        let server = self.server().take();
        if let Some(server) = server {
            server.stop().await;
        }
    }
}

impl HttpPlugin {
    /// Where it listens. None before its start and after its end.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.server().as_ref().map(Server::address)
    }

    /// Only for plain assignments, so no panic leaves it half done.
    fn server(&self) -> std::sync::MutexGuard<'_, Option<Server>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(&self, settings: &HttpSettings) -> Result<Server, HttpError> {
        let answer = self.answer_with(settings);
        Server::listen(settings.clone(), answer).await
    }

    fn answer_with(&self, settings: &HttpSettings) -> Arc<Answer> {
        let answer = Arc::new(Answer::new(
            self.events.clone(),
            self.manager.clone(),
            settings,
        ));
        let mut current = self.answer.write().unwrap_or_else(PoisonError::into_inner);
        *current = Some(Arc::clone(&answer));
        answer
    }

    /// What answers requests, without a socket: for tests.
    #[must_use]
    pub fn answer(&self) -> Option<Arc<Answer>> {
        let current = self.answer.read().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }
}
