//! `--die-with-parent`: a test run that is killed must not leave its server behind.
//!
//! The parent's id is polled: it changes when the parent ends and the process is handed to another. The kernel's death signal
//! (prctl) is not used, because it comes when the *thread* ends that started the process, which test runners have many of.

use std::{os::unix::process::parent_id, time::Duration};

/// How often to look. It costs one system call.
const INTERVAL: Duration = Duration::from_millis(200);

/// The process that started this one.
#[derive(Clone, Copy, Debug)]
pub struct Parent(u32);

impl Parent {
    /// The parent at this moment: look early, before it can have ended.
    pub fn now() -> Self {
        Self(parent_id())
    }

    /// Resolves when it has ended.
    #[allow(clippy::disallowed_methods, reason = "the end of a process is real time, whatever a sandbox's clock shows")]
    pub async fn ended(self) {
        while parent_id() == self.0 {
            tokio::time::sleep(INTERVAL).await;
        }
    }
}
