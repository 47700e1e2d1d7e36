//! Lines of the log for a file or a pipe: those of `tracing_subscriber::fmt`, byte for byte. That writes each field through
//! the styles of a terminal and formats each time anew, which made up a fifth of a repeated read.

use std::fmt::{self, Write as _};

use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use tracing::{Event, Subscriber, field::Field};
use tracing_subscriber::{
    fmt::{
        FmtContext,
        format::{FormatEvent, FormatFields, Writer},
    },
    registry::LookupSpan,
};

use crate::sandbox::clock::Clock;

/// Time, level and fields. There are no spans.
#[derive(Debug, Default)]
pub struct PlainLine {
    /// The second that was written last, and how.
    latest: Mutex<(i64, String)>,
}

impl PlainLine {
    /// `2026-03-10T12:00:00.000001Z`.
    fn write_time(&self, writer: &mut Writer<'_>, now: DateTime<Utc>) -> fmt::Result {
        let mut latest = self.latest.lock();
        if latest.0 != now.timestamp() || latest.1.is_empty() {
            *latest = (now.timestamp(), now.format("%Y-%m-%dT%H:%M:%S").to_string());
        }
        writer.write_str(&latest.1)?;
        write!(writer, ".{:06}Z", now.timestamp_subsec_micros())
    }
}

impl<S, N> FormatEvent<S, N> for PlainLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, ctx: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        self.write_time(&mut writer, Clock::real().now())?;
        for piece in [" ", level(*event.metadata().level()), " "] {
            writer.write_str(piece)?;
        }
        ctx.field_format().format_fields(writer.by_ref(), event)?;
        writer.write_char('\n')
    }
}

fn level(level: tracing::Level) -> &'static str {
    match level {
        tracing::Level::ERROR => "ERROR",
        tracing::Level::WARN => " WARN",
        tracing::Level::INFO => " INFO",
        tracing::Level::DEBUG => "DEBUG",
        tracing::Level::TRACE => "TRACE",
    }
}

/// Writes a field: `name=value`, or the message as it is.
pub fn write_field(writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
    match field.name() {
        "message" => write!(Escaped(writer), "{value:?}"),
        name => {
            writer.write_str(name.strip_prefix("r#").unwrap_or(name))?;
            writer.write_char('=')?;
            write!(writer, "{value:?}")
        }
    }
}

/// Escapes the control characters that can change what a terminal shows.
struct Escaped<'w, 'a>(&'w mut Writer<'a>);

impl fmt::Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                '\x1b' | '\x07' | '\x08' | '\x0c' | '\x7f' => write!(self.0, "\\x{:02x}", u32::from(c))?,
                '\u{80}'..='\u{9f}' => write!(self.0, "\\u{{{:x}}}", u32::from(c))?,
                c => self.0.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::Arc,
    };

    use tracing_subscriber::{
        Registry,
        field::MakeExt,
        fmt::{MakeWriter, format::debug_fn},
        layer::SubscriberExt,
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(line);
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Lines {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    fn log_all() {
        tracing::info!(method = %"GET", path = %"/a b\x1b", status = 200_u16, "answered");
        tracing::warn!(dropped = 3_u64, text = "quoted \"text\"", r#type = ?Some(1), "control \x1b[31m\x7f\u{85}\n\u{e9}");
        tracing::error!("only {} message", 1);
        tracing::debug!(flag = true, float = 1.5, negative = -1_i64);
    }

    /// What is written, without the times, whose shape is checked.
    fn without_times(lines: &Lines) -> Vec<String> {
        let text = String::from_utf8(lines.0.lock().clone()).unwrap();
        let time = |line: &str| chrono::NaiveDateTime::parse_from_str(&line[..27], "%Y-%m-%dT%H:%M:%S%.6fZ").is_ok();
        let rest = text
            .lines()
            .map(|line| if line.len() > 27 && time(line) { line[27..].to_owned() } else { line.to_owned() });
        rest.collect()
    }

    #[test]
    fn lines_are_those_of_the_library() {
        let (own, library) = (Lines::default(), Lines::default());
        let layer = || tracing_subscriber::fmt::layer().with_ansi(false);
        let plain = layer().with_writer(own.clone()).fmt_fields(debug_fn(write_field).delimited(" "));
        let plain = plain.event_format(PlainLine::default());
        tracing::subscriber::with_default(Registry::default().with(plain), log_all);
        let usual = layer().with_writer(library.clone()).with_target(false);
        tracing::subscriber::with_default(Registry::default().with(usual), log_all);
        assert_eq!(without_times(&own), without_times(&library));
        assert_eq!(without_times(&own)[0], "  INFO answered method=GET path=/a b\x1b status=200");
    }
}
