//! Hooks and lifecycle methods may use generics inside; only their own signatures may not.

#![deny(warnings)]

use std::collections::BTreeMap;

use pepperplug::prelude::*;

#[event("tick")]
struct Tick(u32);

#[plugin(name = "stats")]
struct Stats {
    sums: std::sync::Mutex<BTreeMap<String, u64>>,
}

fn largest<T: Ord + Copy>(values: &[T]) -> Option<T> {
    values.iter().copied().max()
}

#[plugin]
impl Stats {
    async fn initialize(&mut self) -> Result<(), std::num::ParseIntError> {
        let parsed: Vec<u64> = ["1", "2"].iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
        assert_eq!(largest(&parsed), Some(2));
        Ok(())
    }

    #[hook("tick")]
    async fn add(&self, tick: &Tick) {
        self.sum_of("ticks", [tick.0, 1]);
    }

    /// A method that no macro looks at may be generic.
    fn sum_of<I, T>(&self, name: &str, values: I)
    where
        I: IntoIterator<Item = T>,
        T: Into<u64>,
    {
        let sum: u64 = values.into_iter().map(Into::into).sum();
        if let Ok(mut sums) = self.sums.lock() {
            *sums.entry(name.to_owned()).or_default() += sum;
        }
    }
}

static PLUGINS: PluginSet = plugins![Stats];

fn main() {
    assert_eq!(PLUGINS.plugins()[0].get().declared_hooks().len(), 1);
}
