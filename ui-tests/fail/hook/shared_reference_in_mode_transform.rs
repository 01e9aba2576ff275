//! PP035

#![allow(unused)]

use pepperplug::prelude::*;

#[event("price", mode = transform)]
struct Price(u32);

#[plugin(name = "discount")]
struct DiscountPlugin;

#[plugin]
impl DiscountPlugin {
    #[hook("price")]
    fn lower(&self, price: &Price) {}
}

fn main() {}
