//! Whether a directory is open, and how operations get to the threads that wait for the disk.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::ResourceError;
use super::options::ResourceOptions;
use super::store::Store;

/// How many threads may read at once.
const READERS: usize = 8;

pub(super) struct Access {
    options: ResourceOptions,
    state: Mutex<State>,
    /// Whose turn it is to change something: the others wait without a thread.
    turn: Arc<Semaphore>,
    readers: Arc<Semaphore>,
}

enum State {
    New,
    Open(Arc<Store>),
    Closed,
}

impl Access {
    pub(super) fn new(options: ResourceOptions) -> Self {
        Self {
            options,
            state: Mutex::new(State::New),
            turn: Arc::new(Semaphore::new(1)),
            readers: Arc::new(Semaphore::new(READERS)),
        }
    }

    pub(super) fn options(&self) -> &ResourceOptions {
        &self.options
    }

    pub(super) async fn open(access: &Arc<Self>) -> Result<(), ResourceError> {
        let turn = permit(&access.turn).await;
        let access = Arc::clone(access);
        blocking(turn, move || {
            if access.store().is_err() {
                let store = Store::open(&access.options)?;
                *access.state() = State::Open(Arc::new(store));
            }
            Ok(())
        })
        .await
    }

    pub(super) async fn close(&self) {
        self.refuse();
        let _turn = permit(&self.turn).await;
        // One that was about to open it has had its turn.
        self.refuse();
    }

    fn refuse(&self) {
        let mut state = self.state();
        if matches!(*state, State::Open(_)) {
            *state = State::Closed;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn store(&self) -> Result<Arc<Store>, ResourceError> {
        let closed = match &*self.state() {
            State::Open(store) => return Ok(Arc::clone(store)),
            State::New => false,
            State::Closed => true,
        };
        let dir = self.options.dir.clone();
        Err(ResourceError::NotOpen { dir, closed })
    }

    pub(super) fn check_open(&self) -> Result<(), ResourceError> {
        self.store().map(drop)
    }

    /// Changes something, one at a time, whether the caller waits for it or not.
    pub(super) async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Store) -> Result<T, ResourceError> + Send + 'static,
    ) -> Result<T, ResourceError> {
        self.work(&self.turn, change).await
    }

    /// Reads something, beside others.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Store) -> Result<T, ResourceError> + Send + 'static,
    ) -> Result<T, ResourceError> {
        self.work(&self.readers, read).await
    }

    async fn work<T: Send + 'static>(
        &self,
        turn: &Arc<Semaphore>,
        work: impl FnOnce(&Store) -> Result<T, ResourceError> + Send + 'static,
    ) -> Result<T, ResourceError> {
        // Before the wait, for those who come too early, and after it, for those who come too late.
        self.check_open()?;
        let turn = permit(turn).await;
        let store = self.store()?;
        blocking(turn, move || work(&store)).await
    }
}

/// `None` if the semaphore were closed, which none here ever is.
async fn permit(semaphore: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    Arc::clone(semaphore).acquire_owned().await.ok()
}

/// Runs what waits for the disk on a thread for that, to its end, and holds the permit as long.
async fn blocking<T: Send + 'static>(
    permit: Option<OwnedSemaphorePermit>,
    work: impl FnOnce() -> Result<T, ResourceError> + Send + 'static,
) -> Result<T, ResourceError> {
    let runtime = Handle::try_current().map_err(|_| ResourceError::NoRuntime)?;
    let work = runtime.spawn_blocking(move || {
        let _permit = permit;
        work()
    });
    match work.await {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The runtime is shutting down.
        Err(_) => Err(ResourceError::NoRuntime),
    }
}
