//! Times in tables: Unix time in milliseconds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What a table says of a time. Of one that no table can hold, the nearest.
pub(crate) fn to_table(time: SystemTime) -> i64 {
    let whole = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => whole(after),
        Err(before) => -whole(before.duration()),
    }
}

/// The time that a table speaks of. Of one that the clock of this machine cannot express, the epoch.
pub(crate) fn from_table(milliseconds: i64) -> SystemTime {
    let distance = Duration::from_millis(milliseconds.unsigned_abs());
    let time = if milliseconds < 0 {
        UNIX_EPOCH.checked_sub(distance)
    } else {
        UNIX_EPOCH.checked_add(distance)
    };
    time.unwrap_or(UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for milliseconds in [0, 1, -1, 1_790_000_000_123, -62_135_596_800_000] {
            assert_eq!(to_table(from_table(milliseconds)), milliseconds);
        }
        // What is finer than a millisecond is left out.
        assert_eq!(to_table(UNIX_EPOCH + Duration::from_nanos(1_999_999)), 1);
    }
}
