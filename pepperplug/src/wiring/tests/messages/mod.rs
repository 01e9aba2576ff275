//! Each text word for word.

mod edges;
mod rings;
mod topics;

use std::sync::LazyLock;

use super::parts::*;
use crate::inject::EdgeKind::{Lazy, Many, One, Optional};
use crate::inject::Target;
use crate::meta::{MetaRef, ServiceMeta};
use crate::registry::EventRef;
use crate::version::VersionReq;
use crate::wiring::{Candidate, problems};

static CACHE: ServiceMeta = service_meta("cache", "Cache", "api::cache", 3);
static OTHER_CACHE: ServiceMeta = service_meta("cache", "KeyValue", "api::kv", 9);
static CLOCK: ServiceMeta = service_meta("clock", "Clock", "api", 5);

/// Faults of a list that was written.
fn listed(metas: &[MetaRef], more: &[Candidate]) -> Vec<String> {
    let on = metas.iter().map(|meta| {
        let path = format!("{}::{}", meta.get().module(), meta.get().type_name());
        Candidate::new(path.leak(), "", true)
    });
    let candidates: Vec<Candidate> = on.chain(more.iter().copied()).collect();
    problems(metas, &candidates, &[])
}

#[track_caller]
fn assert_one(faults: Vec<String>, lines: &[&str]) {
    let [fault] = &faults[..] else {
        panic!("one fault, not {faults:#?}");
    };
    assert_eq!(fault.lines().collect::<Vec<_>>(), lines);
}

/// An entry that is switched off, as `plugins![…]` has it.
fn off(path: &'static str, cfg: &'static str) -> Candidate {
    Candidate::new(path, cfg, false)
}
