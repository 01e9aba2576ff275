//! A channel that gives each receiver a copy of each message.

use tokio::sync::broadcast::{Receiver, Sender, channel};

use crate::plugins::Counter;

use super::Listened;

/// The sender and all receivers: an emit is done when the last listener is, so all of this is timed.
pub(super) struct Broadcast {
    sender: Sender<u64>,
    subscribers: Vec<Subscriber>,
}

struct Subscriber {
    receiver: Receiver<u64>,
    counter: &'static Counter,
    work: fn(&Counter, u64),
}

impl Default for Broadcast {
    fn default() -> Self {
        Self {
            sender: channel(16).0,
            subscribers: Vec::new(),
        }
    }
}

impl Listened for Broadcast {
    fn listen<const N: u64>(&mut self, counter: &'static Counter) {
        self.subscribers.push(Subscriber {
            receiver: self.sender.subscribe(),
            counter,
            work: Counter::add::<N>,
        });
    }
}

impl Broadcast {
    pub(super) fn send(&mut self, value: u64) {
        self.sender.send(value).expect("somebody listens");
        for subscriber in &mut self.subscribers {
            let value = subscriber.receiver.try_recv().expect("it was sent");
            (subscriber.work)(subscriber.counter, value);
        }
    }

    pub(super) async fn send_async(&mut self, value: u64) {
        self.sender.send(value).expect("somebody listens");
        for subscriber in &mut self.subscribers {
            let value = subscriber.receiver.recv().await.expect("it was sent");
            (subscriber.work)(subscriber.counter, value);
        }
    }
}
