//! The end of the server, for requests that stay open: a stream of events, a test that waits.

use tokio::sync::watch;

/// Whether the server is stopping.
#[derive(Debug)]
pub struct Stop(watch::Sender<bool>);

impl Default for Stop {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Stop {
    /// From here on it is.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Resolves when it is.
    pub fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stopping = self.0.subscribe();
        async move {
            if stopping.wait_for(|stopping| *stopping).await.is_err() {
                // The world is gone without having been stopped: nobody serves any more.
                std::future::pending::<()>().await;
            }
        }
    }
}
