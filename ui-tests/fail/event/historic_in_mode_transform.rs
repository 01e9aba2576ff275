//! PP010, PP006, PP010

#![allow(unused)]

use pepperplug::prelude::*;

#[event("price", mode = transform, historic = 16)]
#[derive(Clone)]
struct Price(u32);

#[event("order", historic = 0)]
#[derive(Clone)]
struct Order(u32);

#[event("stock", sync, parallel)]
struct Stock(u32);

fn main() {}
