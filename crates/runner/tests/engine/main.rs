//! What a user does, on the real engine of this machine.
#![allow(clippy::expect_used, clippy::panic, reason = "a test's helpers are outside of what clippy takes for tests")]

mod ends;
mod files;
mod images;
mod killed;
mod logs;
mod proxy;
mod records;
mod support;
