//! Running it: settings, what is watched, slow and many clients, ending, and disks that fail. All with the real binary in
//! its own process, as whoever runs it has it.

mod common;
#[allow(dead_code, reason = "the kill test uses the rest")]
mod soak;

#[path = "operations/bounds.rs"]
mod bounds;
#[path = "operations/disks.rs"]
mod disks;
#[path = "operations/lost_keys.rs"]
mod lost_keys;
#[path = "operations/server.rs"]
mod server;
#[path = "operations/settings.rs"]
mod settings;
#[path = "operations/watched.rs"]
mod watched;
