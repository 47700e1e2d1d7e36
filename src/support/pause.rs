//! Keeping a caller waiting on purpose.

use std::time::Duration;

/// Waits in real time, whatever the sandbox's clock shows: a slow answer is one that a caller waits for.
#[allow(clippy::disallowed_methods, reason = "keeping a caller waiting is the purpose; no lock is held")]
pub async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}
