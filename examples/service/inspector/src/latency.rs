//! How long something takes, in bounded memory.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;

/// Each octave has so many buckets, as a power of two: what is read off is at most an eighth too high.
const STEP_BITS: u32 = 3;
const STEPS: usize = 1 << STEP_BITS;
/// The octaves of nanoseconds that are told apart: up to 73 minutes.
const OCTAVES: u32 = 42;
const BUCKETS: usize = (OCTAVES - STEP_BITS + 1) as usize * STEPS;

/// Counts durations by their size. Two and a half kilobytes, however many there are.
pub(crate) struct Histogram {
    buckets: [AtomicU64; BUCKETS],
    max: AtomicU64,
}

/// What there is to say of many durations, in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct Latency {
    /// Half of them took no longer.
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
    /// The longest, exactly.
    pub(crate) max: f64,
}

impl Histogram {
    pub(crate) fn new() -> Self {
        Self {
            buckets: [const { AtomicU64::new(0) }; BUCKETS],
            max: AtomicU64::new(0),
        }
    }

    pub(crate) fn add(&self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.buckets[bucket_of(nanos)].fetch_add(1, Ordering::Relaxed);
        self.max.fetch_max(nanos, Ordering::Relaxed);
    }

    pub(crate) fn latency(&self) -> Latency {
        let count = |bucket: &AtomicU64| bucket.load(Ordering::Relaxed);
        let counts: Vec<u64> = self.buckets.iter().map(count).collect();
        let max = self.max.load(Ordering::Relaxed);
        let total: u64 = counts.iter().sum();
        let seconds = |nanos: u64| Duration::from_nanos(nanos).as_secs_f64();
        let percentile = |percent: u64| {
            let rank = (total * percent).div_ceil(100).max(1);
            let mut seen = 0;
            let reaches = |count: &u64| {
                seen += count;
                seen >= rank
            };
            match counts.iter().position(reaches) {
                Some(bucket) => seconds(highest_in(bucket).min(max)),
                None => 0.0,
            }
        };
        Latency {
            p50: percentile(50),
            p95: percentile(95),
            p99: percentile(99),
            max: seconds(max),
        }
    }
}

impl fmt::Debug for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.latency().fmt(f)
    }
}

fn bucket_of(nanos: u64) -> usize {
    let nanos = nanos.clamp(1, (1 << OCTAVES) - 1);
    let octave = nanos.ilog2();
    if octave < STEP_BITS {
        return index(nanos);
    }
    let step = index(nanos >> (octave - STEP_BITS)) % STEPS;
    (octave - STEP_BITS + 1) as usize * STEPS + step
}

fn highest_in(bucket: usize) -> u64 {
    lowest_in(bucket + 1) - 1
}

fn lowest_in(bucket: usize) -> u64 {
    let (octave, step) = (bucket / STEPS, bucket % STEPS);
    match octave {
        0 => step as u64,
        octave => ((STEPS + step) as u64) << (octave - 1),
    }
}

/// Only of what is small.
fn index(of: u64) -> usize {
    usize::try_from(of).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{BUCKETS, Histogram, Latency, bucket_of, highest_in, lowest_in};

    #[test]
    fn buckets_follow_one_another_without_a_gap() {
        for bucket in 1..BUCKETS {
            let (low, high) = (lowest_in(bucket), highest_in(bucket));
            assert_eq!((bucket_of(low), bucket_of(high)), (bucket, bucket));
            assert!(high - low <= low / 8, "{low} to {high} is too wide");
        }
        assert_eq!((bucket_of(0), bucket_of(u64::MAX)), (1, BUCKETS - 1));
    }

    #[test]
    fn percentiles_are_at_most_an_eighth_too_high() {
        let histogram = Histogram::new();
        assert_eq!(histogram.latency(), Latency::default());
        for micros in 1..=1000 {
            histogram.add(Duration::from_micros(micros));
        }
        let latency = histogram.latency();
        for (found, exact) in [
            (latency.p50, 500e-6),
            (latency.p95, 950e-6),
            (latency.p99, 990e-6),
        ] {
            assert!(found >= exact && found <= exact * 1.125, "{found} {exact}");
        }
        assert_eq!(latency.max, 1000e-6);
    }

    #[test]
    fn one_that_never_seemed_to_end_is_the_longest() {
        let histogram = Histogram::new();
        histogram.add(Duration::from_secs(86_400));
        assert_eq!(histogram.latency().max, 86_400.0);
    }
}
