//! The section `[basic]`.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::Deserialize;

/// The section `[basic]`. What a hash costs is by default what OWASP recommends.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct BasicSettings {
    /// Memory for a hash, in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    /// Threads that a hash is made for; all the same it is computed on one.
    pub lanes: u32,
    /// How many hashes are computed at once.
    pub concurrency: usize,
    /// How many wait for that; further ones are refused.
    pub waiting: usize,
    /// How many attempts of one name may fail within the window. Whoever has a token is not concerned.
    pub failures_per_name: NonZeroU32,
    /// How many attempts from one address may, or from one network where addresses are those of IPv6.
    pub failures_per_address: NonZeroU32,
    /// How long failures count, such as `5m`.
    #[serde(deserialize_with = "crate::duration::long")]
    pub window: Duration,
}

impl Default for BasicSettings {
    fn default() -> Self {
        Self {
            memory_kib: argon2::Params::DEFAULT_M_COST,
            passes: argon2::Params::DEFAULT_T_COST,
            lanes: argon2::Params::DEFAULT_P_COST,
            concurrency: 4,
            waiting: 256,
            failures_per_name: const { NonZeroU32::new(10).unwrap() },
            failures_per_address: const { NonZeroU32::new(100).unwrap() },
            window: Duration::from_secs(300),
        }
    }
}
