//! Hooks' futures of any size and alignment: those that are started in place, and those that are too large for that.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use pepperplug::prelude::*;

#[repr(align(64))]
struct Aligned([u8; 64]);

#[event("sized", mode = collect, output = usize)]
pub struct Sized;

#[plugin(name = "sizes")]
pub struct Sizes;

#[plugin]
impl Sizes {
    /// Larger than what is started in place.
    #[hook("sized")]
    async fn a_large(&self, _: &Sized) -> usize {
        let held = [1_u8; 4096];
        tokio::task::yield_now().await;
        held.iter().map(|byte| usize::from(*byte)).sum()
    }

    /// Aligned as nothing is that is started in place.
    #[hook("sized")]
    async fn b_aligned(&self, _: &Sized) -> usize {
        let held = Aligned([2; 64]);
        tokio::task::yield_now().await;
        let address = std::ptr::from_ref(&held) as usize;
        assert_eq!(address % 64, 0);
        held.0.iter().map(|byte| usize::from(*byte)).sum()
    }

    #[hook("sized", parallel)]
    async fn c_aligned_beside(&self, event: &Sized) -> usize {
        self.b_aligned(event).await
    }

    #[hook("sized", parallel)]
    async fn d_large_beside(&self, event: &Sized) -> usize {
        self.a_large(event).await
    }

    /// Nothing at all.
    #[hook("sized")]
    async fn e_empty(&self, _: &Sized) -> usize {
        0
    }
}

static SIZES: PluginSet = plugins![Sizes];

#[tokio::test]
async fn a_hooks_future_may_be_of_any_size_and_alignment() {
    let manager = PluginManager::builder()
        .plugins(&SIZES)
        .build()
        .expect("the build proved the wiring");
    manager.initialize().await.expect("nothing fails");
    let results = manager.emit(&Sized).await.expect("it runs");
    let sums: Vec<_> = results
        .into_iter()
        .map(|result| result.outcome.expect("no hook fails"))
        .collect();
    assert_eq!(sums, [4096, 128, 128, 4096, 0]);
}
