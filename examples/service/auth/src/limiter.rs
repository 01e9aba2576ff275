//! How often somebody may fail.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::time::Duration;

use moka::ops::compute::{CompResult, Op};
use moka::sync::Cache;
use tokio::time::Instant;

/// How many names, or addresses, are remembered. The ones forgotten first are those that come up least.
const REMEMBERED: u64 = 100_000;

/// Counts the failures of each key within a window that begins with the first of them.
pub(crate) struct Limiter {
    most: u32,
    window: Duration,
    /// By hash: a key may be as long as an attacker likes.
    failures: Cache<u64, Failures>,
    hasher: RandomState,
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    until: Instant,
}

/// An attempt that counts as a failure until it is told otherwise: so attempts at the same time are counted, and those
/// that are given up.
#[must_use = "it counts as a failure"]
pub(crate) struct Attempt<'a> {
    limiter: &'a Limiter,
    key: u64,
}

impl Limiter {
    pub(crate) fn new(most: u32, window: Duration) -> Self {
        let failures = Cache::builder()
            .max_capacity(REMEMBERED)
            .time_to_live(window);
        Self {
            most,
            window,
            failures: failures.build(),
            hasher: RandomState::new(),
        }
    }

    /// Begins an attempt; or says after what time the next one may begin.
    pub(crate) fn attempt(&self, key: impl Hash) -> Result<Attempt<'_>, Duration> {
        let key = self.hasher.hash_one(key);
        let now = Instant::now();
        let first = Failures {
            count: 1,
            until: now + self.window,
        };
        let counted = self.failures.entry(key).and_compute_with(|entry| {
            match entry.map(|entry| entry.into_value()) {
                Some(failures) if failures.until <= now => Op::Put(first),
                Some(failures) if failures.count >= self.most => Op::Nop,
                Some(failures) => Op::Put(Failures {
                    count: failures.count + 1,
                    ..failures
                }),
                None => Op::Put(first),
            }
        });
        match counted {
            CompResult::Unchanged(entry) => Err(entry.into_value().until - now),
            _ => Ok(Attempt { limiter: self, key }),
        }
    }
}

impl Attempt<'_> {
    /// It did not fail, or for a reason that is not the fault of who tried.
    pub(crate) fn forgive(self) {
        let _ = (self.limiter.failures)
            .entry(self.key)
            .and_compute_with(|entry| match entry.map(|entry| entry.into_value()) {
                Some(Failures { count: 1, .. }) => Op::Remove,
                Some(failures) => Op::Put(Failures {
                    count: failures.count - 1,
                    ..failures
                }),
                None => Op::Nop,
            });
    }
}

/// Who has one IPv6 address has 2^64 of them.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.into(),
            None => (v6 & std::net::Ipv6Addr::from_bits(!0 << 64)).into(),
        },
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn so_many_failures_and_no_more_within_the_window() {
        let limiter = Limiter::new(2, WINDOW);
        for _ in 0..2 {
            let _failed = limiter.attempt("ada").expect("not too many yet");
        }
        tokio::time::advance(Duration::from_secs(20)).await;
        let wait = limiter.attempt("ada").err().expect("too many");
        assert_eq!(wait, Duration::from_secs(40));
        assert!(limiter.attempt("grace").is_ok(), "others are not concerned");
        tokio::time::advance(wait).await;
        assert!(limiter.attempt("ada").is_ok(), "the window is over");
    }

    #[tokio::test(start_paused = true)]
    async fn what_did_not_fail_is_not_counted() {
        let limiter = Limiter::new(1, WINDOW);
        for _ in 0..5 {
            limiter.attempt("ada").expect("forgiven").forgive();
        }
        let under_way = limiter.attempt("ada").expect("forgiven");
        assert!(limiter.attempt("ada").is_err(), "one is under way");
        under_way.forgive();
        assert!(limiter.attempt("ada").is_ok());
    }

    #[test]
    fn a_network_counts_as_one() {
        let of = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
        assert_ne!(of("10.0.0.1"), of("10.0.0.2"));
    }
}
