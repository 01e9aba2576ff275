//! What a page is told while it is open.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use api::Response;
use axum::http::HeaderName;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use pepperplug::{CancellationToken, WeakManager};
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use crate::overview::{Overview, Told};
use crate::record::Record;
use crate::recorder::Recorder;
use crate::settings::InspectorSettings;

/// For how long a page is told before it asks again, and is looked at again: whoever was let in once is not let in for ever.
const LIFE: Duration = Duration::from_secs(600);
const RETRY: Duration = Duration::from_secs(1);

/// Tells one page: everything at first, and then what changes. It waits for the page, and keeps nothing for it: one that
/// does not read misses events, and is told how many.
pub(crate) struct Feed {
    recorder: Recorder,
    manager: WeakManager,
    overview: Overview,
    records: Receiver<Arc<Record>>,
    shows_data: bool,
    next: VecDeque<Event>,
    told: Told,
    tick: Interval,
    end: Instant,
    stopped: CancellationToken,
    /// There are only so many at once.
    _seat: OwnedSemaphorePermit,
}

/// Says what is told that was there before.
fn hello(last: Option<&Arc<Record>>) -> Event {
    let last = last.map_or(0, |record| record.number);
    let hello = Event::default().event("hello").retry(RETRY);
    hello.data(format!(r#"{{"last":{last}}}"#))
}

/// Where a page is told from.
pub(crate) struct From<'a> {
    pub(crate) recorder: Recorder,
    pub(crate) manager: &'a WeakManager,
    pub(crate) overview: Overview,
    pub(crate) settings: &'a InspectorSettings,
    pub(crate) stopped: &'a CancellationToken,
    pub(crate) seat: OwnedSemaphorePermit,
}

impl Feed {
    pub(crate) fn new(from: From<'_>) -> Self {
        let (kept, records) = from.recorder.listen();
        let mut tick = interval(from.settings.refresh);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut feed = Self {
            recorder: from.recorder,
            manager: from.manager.clone(),
            overview: from.overview,
            records,
            shows_data: from.settings.data,
            next: VecDeque::from([hello(kept.last())]),
            told: Told::default(),
            tick,
            end: Instant::now() + LIFE,
            stopped: from.stopped.clone(),
            _seat: from.seat,
        };
        feed.look();
        for record in kept {
            feed.record(&record);
        }
        feed
    }

    pub(crate) fn into_response(self) -> Response {
        // Proxies are not to keep it until there is more.
        let at_once = [(HeaderName::from_static("x-accel-buffering"), "no")];
        let stream = Sse::new(self.stream()).keep_alive(KeepAlive::default());
        (at_once, stream).into_response()
    }

    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> + Send {
        futures::stream::unfold(self, |mut feed| async move {
            let event = feed.next().await?;
            Some((Ok(event), feed))
        })
    }

    /// None at its end.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.next.pop_front() {
                return Some(event);
            }
            tokio::select! {
                biased;
                () = self.stopped.cancelled() => return None,
                () = tokio::time::sleep_until(self.end) => return None,
                // Before the records, which may come without a pause.
                _ = self.tick.tick() => self.look(),
                received = self.records.recv() => match received {
                    Ok(record) => self.record(&record),
                    Err(RecvError::Lagged(missed)) => self.push("missed", &missed),
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }

    fn record(&mut self, record: &Record) {
        if self.shows_data {
            return self.push("record", record);
        }
        let what = record.what.clone().without_data();
        self.push("record", &Record { what, ..*record });
    }

    /// Tells what has changed since it looked before.
    fn look(&mut self) {
        let Some(manager) = self.manager.upgrade() else {
            return;
        };
        for (name, data) in self.overview.look(&manager, &self.recorder, &mut self.told) {
            self.next.push_back(Event::default().event(name).data(data));
        }
    }

    fn push(&mut self, name: &str, data: &impl Serialize) {
        match Event::default().event(name).json_data(data) {
            Ok(event) => self.next.push_back(event),
            Err(error) => tracing::error!(%error, "a page is not told of something"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::to_bytes;
    use pepperplug::{CancellationToken, WeakManager};
    use tokio::sync::Semaphore;

    use super::{Feed, From};
    use crate::overview::Overview;
    use crate::record::What;
    use crate::recorder::Recorder;
    use crate::settings::InspectorSettings;

    fn emitted(event: &'static str) -> What {
        What::Emitted {
            event,
            correlation: "1".to_owned(),
            data: Some("{}".to_owned()),
        }
    }

    /// All that a page is told that begins to read only when it is too late.
    async fn told(settings: InspectorSettings, later: usize) -> String {
        let (recorder, stopped) = (Recorder::new(), CancellationToken::new());
        recorder.note(emitted("before"));
        let seats = Arc::new(Semaphore::new(1));
        let feed = Feed::new(From {
            recorder: recorder.clone(),
            manager: &WeakManager::default(),
            overview: Overview {
                token: String::new(),
                records: true,
            },
            settings: &settings,
            stopped: &stopped,
            seat: Arc::clone(&seats).try_acquire_owned().expect("a seat"),
        });
        for _ in 0..later {
            recorder.note(emitted("later"));
        }
        drop(recorder);
        // Until its life ends.
        let read = to_bytes(feed.into_response().into_body(), usize::MAX).await;
        let read = read.expect("all of it");
        String::from_utf8(read.to_vec()).expect("text")
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_page_is_told_how_much_it_missed() {
        let told = told(InspectorSettings::default(), 600).await;
        let count = |what: &str| told.matches(what).count();
        assert_eq!(count(r#""event":"before""#), 1, "{told}");
        assert_eq!(count("event: missed\ndata: 88\n"), 1, "{told}");
        assert_eq!(count(r#""event":"later""#), 512);
        assert!(told.starts_with("event: hello\n"), "{told}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_events_carry_is_not_told_where_the_settings_say_so() {
        let shown = told(InspectorSettings::default(), 1).await;
        assert_eq!(shown.matches(r#""data":"{}""#).count(), 2, "{shown}");
        let settings = InspectorSettings {
            data: false,
            ..InspectorSettings::default()
        };
        let hidden = told(settings, 1).await;
        assert_eq!(hidden.matches(r#""data":null"#).count(), 2, "{hidden}");
    }
}
