//! How the program is put together at the end: nothing is made here.

use std::env;
use std::process::Command;

/// The oldest C library that reads packed relocations at a program's start.
const PACKED_SINCE: (u32, u32) = (2, 36);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A program that may lie anywhere in memory (ASLR) has every pointer of its tables moved at the start. Written one by one these
    // moves take more than the tables, and stay in memory for good; packed they take a hundredth of it.
    if for_this_machine() && c_library().is_some_and(|version| version >= PACKED_SINCE) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The C library asked is this machine's; for another one nothing is known.
fn for_this_machine() -> bool {
    let same = env::var("HOST").ok() == env::var("TARGET").ok();
    same && env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|library| library == "gnu")
}

/// Its version, as `getconf` tells it: `glibc 2.36`.
fn c_library() -> Option<(u32, u32)> {
    let asked = Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    let told = String::from_utf8(asked.ok()?.stdout).ok()?;
    let (major, minor) = told.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
