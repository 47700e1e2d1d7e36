//! The log: lines on standard error that never hold anything up.
//!
//! A thread of its own writes them. In front of it is a queue of at most `MOST_BYTES`; a line that does not fit is
//! dropped and counted, and the count is logged when there is room again. A failed write is ignored. So a pipe that nobody
//! reads, a reader that has gone and a full disk change no answer and do not delay the end of the process (invariant I11).
//!
//! `tracing-appender` is not used because it bounds the queue by lines instead of bytes and, if the queue is full at the
//! end, prints to standard output, which can block or panic in just these cases.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    fmt,
    io::{self, IsTerminal, Write},
    mem,
    panic::{self, PanicHookInfo},
    sync::{
        Arc,
        mpsc::{self, Sender},
    },
    thread,
    time::Duration,
};

use anyhow::Context;
use parking_lot::{Condvar, Mutex};
use serde_json::json;
use tracing_subscriber::{
    Layer, Registry,
    field::MakeExt,
    filter::{LevelFilter, Targets},
    fmt::{MakeWriter, format::debug_fn},
    layer::SubscriberExt,
};

use super::{
    config::LogFormat,
    log_line::{self, PlainLine},
};
use crate::sandbox::clock::Clock;

/// The most bytes of lines that wait to be written.
const MOST_BYTES: usize = 1024 * 1024;

/// The room for lines that is kept between two writes.
const BATCH: usize = 32 * 1024;

/// How long the end of the process waits for the lines in the queue.
const LAST_LINES: Duration = Duration::from_millis(200);

/// The running log. [`Log::flush`] it before the process ends.
#[derive(Debug)]
pub struct Log {
    queue: Queue,
    format: LogFormat,
}

/// Starts to log what `RUST_LOG` selects, by default `info` and above.
pub fn start(format: LogFormat) -> anyhow::Result<Log> {
    let selected = match std::env::var("RUST_LOG") {
        Ok(text) if !text.is_empty() => text.parse().with_context(|| format!("RUST_LOG=\"{text}\" cannot be used"))?,
        _ => Targets::new().with_default(LevelFilter::INFO),
    };
    let queue = Queue::default();
    let written = queue.clone();
    thread::Builder::new()
        .name("log".into())
        .spawn(move || write_lines(&written))
        .context("cannot start the thread that writes the log")?;
    let lines = tracing_subscriber::fmt::layer().log_internal_errors(false).with_writer(queue.clone());
    let lines: Box<dyn Layer<_> + Send + Sync> = match format {
        LogFormat::Pretty if io::stderr().is_terminal() => Box::new(lines.with_target(false).with_ansi(true)),
        LogFormat::Pretty => {
            let fields = debug_fn(log_line::write_field).delimited(" ");
            Box::new(lines.with_ansi(false).fmt_fields(fields).event_format(PlainLine::default()))
        }
        LogFormat::Json => Box::new(lines.json().flatten_event(true)),
    };
    // There is no other subscriber: this is the program's only start.
    let _ = tracing::subscriber::set_global_default(Registry::default().with(lines.with_filter(selected)));
    panic::set_hook(Box::new(log_panic));
    Ok(Log { queue, format })
}

impl Log {
    /// Reports the error that ends the process, whatever `RUST_LOG` selects.
    pub fn fatal(&self, error: fmt::Arguments<'_>) {
        let line = match self.format {
            LogFormat::Pretty => format!("r1-entitlements-mock: {error}\n"),
            LogFormat::Json => {
                let now = Clock::real().now();
                format!("{}\n", json!({ "timestamp": now, "level": "ERROR", "message": error.to_string() }))
            }
        };
        self.queue.push(line.as_bytes());
    }

    /// Waits until the lines so far are written, for a fifth of a second at most.
    pub fn flush(self) {
        let (done, written) = mpsc::channel();
        self.queue.flush(done);
        let _ = written.recv_timeout(LAST_LINES);
    }
}

/// The standard hook writes to standard error itself, and would wait for a pipe that nobody reads.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        tracing::error!("{panic}\n{backtrace}");
    } else {
        tracing::error!("{panic}");
    }
}

/// What the thread that writes has to do.
#[derive(Debug, Default)]
struct Waiting {
    lines: Vec<u8>,
    /// The bytes that are being written.
    in_hand: usize,
    /// How many lines did not fit.
    dropped: u64,
    /// Who waits until all lines so far are written.
    flushes: Vec<Sender<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    /// There is something to do.
    wake: Condvar,
}

/// The queue of lines. It takes a line or drops it, and never waits for its writing.
#[derive(Clone, Debug, Default)]
struct Queue(Arc<Shared>);

impl Queue {
    fn push(&self, line: &[u8]) {
        let mut waiting = self.0.waiting.lock();
        if waiting.lines.len() + waiting.in_hand + line.len() <= MOST_BYTES {
            waiting.lines.extend_from_slice(line);
        } else {
            waiting.dropped += 1;
        }
        drop(waiting);
        self.0.wake.notify_one();
    }

    fn flush(&self, done: Sender<()>) {
        self.0.waiting.lock().flushes.push(done);
        self.0.wake.notify_one();
    }
}

/// The subscriber writes each line with one call.
impl Write for &Queue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Queue {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> &'a Self {
        self
    }
}

/// Writes lines for good, all that wait at once.
fn write_lines(Queue(shared): &Queue) {
    let mut batch = Vec::new();
    loop {
        let mut waiting = shared.waiting.lock();
        waiting.in_hand = 0;
        while waiting.lines.is_empty() && waiting.flushes.is_empty() && waiting.dropped == 0 {
            shared.wake.wait(&mut waiting);
        }
        mem::swap(&mut batch, &mut waiting.lines);
        waiting.in_hand = batch.len();
        let (dropped, flushes) = (mem::take(&mut waiting.dropped), mem::take(&mut waiting.flushes));
        drop(waiting);
        let _ = io::stderr().write_all(&batch);
        batch.clear();
        // What a burst needed is not kept for good.
        batch.shrink_to(BATCH);
        if dropped > 0 {
            tracing::warn!(dropped, "log lines were dropped: standard error was not read fast enough");
        }
        for done in flushes {
            let _ = done.send(());
        }
    }
}
