//! Says whether this is the rustc whose wording the `.stderr` files hold: the one that the file `toolchain` names.

use std::env;
use std::fs;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=toolchain");
    println!("cargo::rustc-check-cfg=cfg(wording_is_pinned_here)");
    let pinned = fs::read_to_string("toolchain").expect("the file `toolchain` is beside this one");
    let rustc = env::var_os("RUSTC").expect("cargo sets `RUSTC`");
    let version = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout);
    // "rustc 1.95.0 (59807616e 2026-04-14)"
    if version.split_whitespace().nth(1) == Some(pinned.trim()) {
        println!("cargo::rustc-cfg=wording_is_pinned_here");
    }
}
