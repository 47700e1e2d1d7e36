//! The command line: its flags and variables, and a file for each command.

mod announce;
mod check;
mod client;
mod completions;
pub mod config;
pub mod ctl;
mod deprecation_report;
mod deprecations;
mod environment;
pub mod handover;
mod healthcheck;
mod init;
mod listen;
pub mod log;
mod log_line;
mod man;
mod openapi;
mod parent;
mod raw_arguments;
mod scenarios;
pub mod serve;
mod values;
#[cfg(feature = "watch")]
mod watch;
