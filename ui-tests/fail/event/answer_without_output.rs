//! PP010

#![allow(unused)]

use pepperplug::prelude::*;

#[event("http.request", mode = first)]
struct HttpRequest;

fn main() {}
