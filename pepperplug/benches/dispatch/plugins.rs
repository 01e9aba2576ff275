//! The plugins of our side, the work that both sides do, and what drives an async one.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use pepperplug::prelude::*;

use crate::by_hand::ByHand;

#[event("sync", sync)]
pub(crate) struct Sync(pub(crate) u64);
#[event("ready")]
pub(crate) struct Ready(pub(crate) u64);
#[event("pending")]
pub(crate) struct Pending(pub(crate) u64);
#[event("parallel")]
pub(crate) struct Parallel(pub(crate) u64);
#[event("timeout")]
pub(crate) struct Timeout(pub(crate) u64);

/// What every hook works on, on both sides. The work is cheap, so that it does not hide the cost of the call, and is
/// another one for each `N`, so that no two hooks are one function to the compiler.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    #[inline]
    pub(crate) fn add<const N: u64>(&self, value: u64) {
        let sum = self.0.load(Ordering::Relaxed).wrapping_add(value ^ N);
        self.0.store(sum, Ordering::Relaxed);
    }

    pub(crate) fn sum(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Pending on its first poll.
#[derive(Default)]
pub(crate) struct YieldOnce(bool);

impl Future for YieldOnce {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// A plugin for each name, and what one would write in its place for each number.
macro_rules! stamp {
    ($($plugin:ident $n:literal)*) => {
        $(
            #[plugin]
            #[derive(Default)]
            pub(crate) struct $plugin {
                counter: Counter,
            }

            #[plugin]
            impl $plugin {
                #[hook("sync")]
                fn sync(&self, event: &Sync) {
                    self.counter.add::<$n>(event.0);
                }

                #[hook("ready")]
                async fn ready(&self, event: &Ready) {
                    self.counter.add::<$n>(event.0);
                }

                #[hook("pending")]
                async fn pending(&self, event: &Pending) {
                    YieldOnce::default().await;
                    self.counter.add::<$n>(event.0);
                }

                #[hook("parallel", parallel)]
                async fn parallel(&self, event: &Parallel) {
                    YieldOnce::default().await;
                    self.counter.add::<$n>(event.0);
                }

                #[hook("timeout", timeout = "5s")]
                async fn timeout(&self, event: &Timeout) {
                    self.counter.add::<$n>(event.0);
                }
            }
        )*

        pub(crate) fn by_hand() -> Vec<ByHand> {
            vec![$(ByHand::new::<$n>()),*]
        }
    };
}

stamp! {
    P00 0 P01 1 P02 2 P03 3 P04 4 P05 5 P06 6 P07 7 P08 8 P09 9 P10 10 P11 11 P12 12 P13 13 P14 14 P15 15
    P16 16 P17 17 P18 18 P19 19 P20 20 P21 21 P22 22 P23 23 P24 24 P25 25 P26 26 P27 27 P28 28 P29 29 P30 30 P31 31
    P32 32 P33 33 P34 34 P35 35 P36 36 P37 37 P38 38 P39 39 P40 40 P41 41 P42 42 P43 43 P44 44 P45 45 P46 46 P47 47
    P48 48 P49 49 P50 50 P51 51 P52 52 P53 53 P54 54 P55 55 P56 56 P57 57 P58 58 P59 59 P60 60 P61 61 P62 62 P63 63
}

pub(crate) static ONE: PluginSet = plugins![P00];
pub(crate) static EIGHT: PluginSet = plugins![P00, P01, P02, P03, P04, P05, P06, P07];
pub(crate) static ALL: PluginSet = plugins![
    P00, P01, P02, P03, P04, P05, P06, P07, P08, P09, P10, P11, P12, P13, P14, P15, P16, P17, P18,
    P19, P20, P21, P22, P23, P24, P25, P26, P27, P28, P29, P30, P31, P32, P33, P34, P35, P36, P37,
    P38, P39, P40, P41, P42, P43, P44, P45, P46, P47, P48, P49, P50, P51, P52, P53, P54, P55, P56,
    P57, P58, P59, P60, P61, P62, P63
];

/// Polls until it is ready; no runtime, and nobody to wake.
#[inline]
pub(crate) fn drive<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut cx) {
            return done;
        }
    }
}

/// A manager of `plugins`, started.
pub(crate) fn started(
    runtime: &tokio::runtime::Runtime,
    plugins: &'static PluginSet,
) -> PluginManager {
    let manager = PluginManager::builder()
        .plugins(plugins)
        .build()
        .expect("the plugins fit together");
    runtime
        .block_on(manager.initialize())
        .expect("none of them can fail");
    manager
}
