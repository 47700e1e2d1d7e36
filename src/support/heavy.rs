//! Long computations beside the thread that serves requests.

use std::panic::resume_unwind;

use tokio::{sync::Semaphore, task::spawn_blocking};

/// How many long computations run at a time. Each may hold a large document, so more of them would cost
/// memory rather than save time.
pub const AT_A_TIME: usize = 2;

static ROOM: Semaphore = Semaphore::const_new(AT_A_TIME);

/// Runs a computation on a thread of its own while the serving thread answers other requests.
///
/// The work must own what it reads: a snapshot of the state (`Arc<Store>`), an excerpt of the journal. Work that
/// has begun runs to its end even if the caller has gone; a panic in it is the caller's.
pub async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let room = ROOM.acquire().await;
    let done = spawn_blocking(move || {
        let _room = room;
        work()
    });
    match done.await {
        Ok(done) => done,
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            // The runtime shuts down and drops the task before its work begins.
            Err(_) => std::future::pending().await,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn the_serving_thread_goes_on_while_the_work_waits_for_it() {
        let (answer, question) = mpsc::channel();
        let work = run(move || question.recv().unwrap_or_default());
        let serve = async { answer.send(42) };
        let (done, sent) = tokio::join!(work, serve);
        assert_eq!((done, sent), (42, Ok(())));
    }

    #[tokio::test]
    #[should_panic(expected = "in the work")]
    async fn a_panic_in_the_work_is_the_callers() {
        run(|| panic!("in the work")).await;
    }
}
