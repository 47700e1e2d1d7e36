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
    panic::{self, PanicHookInfo},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::Duration,
};

use anyhow::Context;
use serde_json::json;
use tracing_subscriber::{
    Layer, Registry,
    filter::{LevelFilter, Targets},
    fmt::MakeWriter,
    layer::SubscriberExt,
};

use super::config::LogFormat;
use crate::sandbox::clock::Clock;

/// The most bytes of lines that wait to be written.
const MOST_BYTES: usize = 1024 * 1024;

/// The most bytes that are written at once.
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
    let (sender, receiver) = mpsc::channel();
    let queue = Queue { sender, load: Arc::default() };
    let load = Arc::clone(&queue.load);
    thread::Builder::new()
        .name("log".into())
        .spawn(move || write_lines(&receiver, &load))
        .context("cannot start the thread that writes the log")?;
    let lines = tracing_subscriber::fmt::layer().log_internal_errors(false).with_writer(queue.clone());
    let lines: Box<dyn Layer<_> + Send + Sync> = match format {
        LogFormat::Pretty => Box::new(lines.with_target(false).with_ansi(io::stderr().is_terminal())),
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
        let _ = self.queue.sender.send(Message::Flush(done));
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

enum Message {
    Line(Vec<u8>),
    /// Answers once all lines before it are written.
    Flush(Sender<()>),
}

/// What is in the queue, and what did not get into it.
#[derive(Debug, Default)]
struct Load {
    bytes: AtomicUsize,
    dropped: AtomicU64,
}

/// The sending end of the queue. It takes a line or drops it, and never waits.
#[derive(Clone, Debug)]
struct Queue {
    sender: Sender<Message>,
    load: Arc<Load>,
}

impl Queue {
    fn push(&self, line: &[u8]) {
        let before = self.load.bytes.fetch_add(line.len(), Ordering::Relaxed);
        let sent = before + line.len() <= MOST_BYTES && self.sender.send(Message::Line(line.to_vec())).is_ok();
        if !sent {
            self.load.bytes.fetch_sub(line.len(), Ordering::Relaxed);
            self.load.dropped.fetch_add(1, Ordering::Relaxed);
        }
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

/// Writes lines for as long as there are senders, several at once if several wait.
fn write_lines(receiver: &Receiver<Message>, load: &Load) {
    let mut batch = Vec::new();
    while let Ok(first) = receiver.recv() {
        let mut next = Some(first);
        let mut flushed = None;
        while let Some(message) = next.take() {
            match message {
                Message::Line(line) => batch.extend_from_slice(&line),
                Message::Flush(done) => flushed = Some(done),
            }
            if batch.len() < BATCH && flushed.is_none() {
                next = receiver.try_recv().ok();
            }
        }
        let _ = io::stderr().write_all(&batch);
        load.bytes.fetch_sub(batch.len(), Ordering::Relaxed);
        batch.clear();
        let dropped = load.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            tracing::warn!(dropped, "log lines were dropped: standard error was not read fast enough");
        }
        if let Some(done) = flushed {
            let _ = done.send(());
        }
    }
}
