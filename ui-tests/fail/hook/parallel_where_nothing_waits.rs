//! PP037, PP037

use pepperplug::prelude::*;

#[event("price.asked", mode = transform)]
pub struct PriceAsked(u32);

#[event("price.told", sync)]
pub struct PriceTold;

#[plugin(name = "discount")]
struct Discount;

#[plugin]
impl Discount {
    #[hook("price.asked", parallel)]
    async fn lower(&self, price: &mut PriceAsked) {
        price.0 -= 1;
    }

    #[hook("price.told", priority = high, parallel)]
    fn told(&self, _: &PriceTold) {}
}

fn main() {}
