//! PP032

#![allow(unused)]

use pepperplug::prelude::*;

#[event("price", mode = transform)]
struct Price(u32);

#[plugin(name = "discount")]
struct DiscountPlugin;

#[plugin]
impl DiscountPlugin {
    #[hook("price")]
    fn lower(&self, price: &mut Price) -> Price {
        Price(price.0 / 2)
    }
}

fn main() {}
