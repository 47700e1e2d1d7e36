//! The command line: its flags, and a file per command.

pub mod client;
pub mod config;
pub mod ctl;
pub mod log;
pub mod serve;
pub mod watch;
