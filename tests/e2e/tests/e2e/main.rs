//! The program as it is built, on a real Docker Engine.
//!
//! Each test has its own directory; everything that the program starts there carries the
//! directory's path in a label, by which it is removed at the end, also when the test fails.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test's helpers are outside of what clippy takes for tests"
)]

mod afterwards;
mod calibrate;
mod clock;
mod ends;
mod faults;
mod files;
mod images;
mod killed;
mod limits;
mod long_walks;
mod lost;
mod memory;
mod options;
mod own_engine;
mod podman;
mod podman_engine;
mod proxy;
mod reference;
mod refusals;
mod registry;
mod remote;
mod restarts;
mod runs;
mod scripted_engine;
mod secrets;
mod signals;
mod streams;
mod support;
mod workflows;
