//! How long values live.

use std::time::Duration;

/// Longer than anybody waits, and short enough for every clock: Redis refuses what its own clock cannot express.
const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// A time to live that both caches can keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ttl {
    /// The value is gone before it is there.
    Over,
    /// It is gone after that time.
    For(Duration),
    /// It is there until it is deleted.
    Unlimited,
}

impl From<Option<Duration>> for Ttl {
    fn from(ttl: Option<Duration>) -> Self {
        match ttl {
            Some(Duration::ZERO) => Self::Over,
            Some(ttl) if ttl < FOR_EVER => Self::For(ttl),
            Some(_) | None => Self::Unlimited,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_no_clock_expresses() {
        assert_eq!(Ttl::from(None), Ttl::Unlimited);
        assert_eq!(Ttl::from(Some(Duration::MAX)), Ttl::Unlimited);
        assert_eq!(Ttl::from(Some(Duration::ZERO)), Ttl::Over);
        let short = Duration::from_nanos(1);
        assert_eq!(Ttl::from(Some(short)), Ttl::For(short));
    }
}
