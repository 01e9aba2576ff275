//! PP007

#![allow(unused)]

use pepperplug::prelude::*;

#[event("http.request", mode = first, output = Option<)]
struct HttpRequest;

fn main() {}
