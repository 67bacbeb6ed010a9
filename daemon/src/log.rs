//! The log: one line an event on stderr, as text for people or JSON for the journal.
//!
//! Mail work never waits for it: lines go through a bounded queue, and what does not fit is counted and said. What comes
//! from outside is shown without control characters and cut, so that no mail can write lines of its own.

use std::fmt::{self, Write as _};
use std::io::{IsTerminal, Write as _, stderr};
use std::panic::PanicHookInfo;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::clock::Clock;

/// Lines that may wait; more are dropped and counted.
const QUEUE: usize = 1024;
/// Characters of one value, at most.
const LONGEST: usize = 512;

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Style {
    /// Text on a terminal, JSON under systemd or into a file.
    Auto,
    Text,
    Json,
}

/// Starts the log for this process. `RUST_LOG` sets the levels; `info` without it.
pub fn start(style: Style, clock: Clock) {
    let json = match style {
        Style::Json => true,
        Style::Text => false,
        Style::Auto => std::env::var_os("JOURNAL_STREAM").is_some() || !stderr().is_terminal(),
    };
    let levels = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let (queue, lines) = sync_channel(QUEUE);
    let dropped = Arc::<AtomicU64>::default();
    let counter = dropped.clone();
    let writer = std::thread::Builder::new().name("log".to_owned());
    if writer.spawn(move || write_lines(&lines, &counter)).is_ok() {
        let lines = Lines {
            json,
            clock,
            queue,
            dropped,
        };
        let _ = tracing_subscriber::registry()
            .with(lines.with_filter(levels))
            .try_init();
        std::panic::set_hook(Box::new(tell_of_panic));
    }
}

/// A panic is told by the log like everything else: the usual hook writes to stderr itself, and waits where nobody reads that.
fn tell_of_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    let what = panic.payload_as_str().unwrap_or("no words");
    tracing::error!(
        place = place.unwrap_or_default(),
        what,
        "a part of the program panicked; please report this"
    );
}

/// Ends when the process does; an event of the last moment has a little time to get out.
pub fn flush() {
    std::thread::sleep(std::time::Duration::from_millis(20));
}

fn write_lines(lines: &Receiver<String>, dropped: &AtomicU64) {
    while let Ok(line) = lines.recv() {
        let lost = dropped.swap(0, Ordering::Relaxed);
        let mut out = stderr().lock();
        if lost > 0 {
            let _ = writeln!(
                out,
                "{{\"level\":\"WARN\",\"message\":\"{lost} log lines were dropped: nobody read them\"}}"
            );
        }
        let _ = out.write_all(line.as_bytes());
    }
}

struct Lines {
    json: bool,
    clock: Clock,
    queue: SyncSender<String>,
    dropped: Arc<AtomicU64>,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut values = Values::default();
        event.record(&mut values);
        let (level, target) = (*event.metadata().level(), event.metadata().target());
        let at = self
            .clock
            .now()
            .wib()
            .format("%Y-%m-%dT%H:%M:%S%.3f%:z")
            .to_string();
        let line = if self.json {
            values.json(&at, level, target)
        } else {
            values.text(&at, level)
        };
        if self.queue.try_send(line).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// What an event says.
#[derive(Default)]
struct Values {
    message: String,
    others: Vec<(&'static str, String)>,
}

impl Values {
    fn text(&self, at: &str, level: Level) -> String {
        let mut line = format!("{at} {level:>5} {}", self.message);
        for (name, value) in &self.others {
            let _ = write!(line, " {name}={value}");
        }
        line.push('\n');
        line
    }

    fn json(self, at: &str, level: Level, target: &str) -> String {
        let mut object = Map::new();
        let texts = [
            ("time", at.to_owned()),
            ("level", level.to_string()),
            ("target", target.to_owned()),
        ];
        let named = texts
            .into_iter()
            .chain([("message", self.message)])
            .chain(self.others);
        object.extend(named.map(|(name, value)| (name.to_owned(), Value::String(value))));
        format!("{}\n", Value::Object(object))
    }

    fn put(&mut self, field: &Field, value: &str) {
        let shown = plain(value);
        if field.name() == "message" {
            self.message = shown;
        } else {
            self.others.push((field.name(), shown));
        }
    }
}

impl Visit for Values {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }
}

/// The value on one line, control and direction characters escaped, cut after 512 characters.
pub fn plain(value: &str) -> String {
    let mut shown = String::with_capacity(value.len().min(LONGEST));
    for (count, character) in value.chars().enumerate() {
        if count == LONGEST {
            shown.push('…');
            break;
        }
        if character.is_control() || is_direction(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Characters that turn the direction of text, or end a line for some readers.
fn is_direction(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mail_writes_a_line_of_its_own() {
        assert_eq!(
            plain("a\nb\u{1b}[31m\u{202e}c"),
            "a\\u{a}b\\u{1b}[31m\\u{202e}c"
        );
        assert_eq!(plain(&"x".repeat(600)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_full_queue_drops_and_counts() {
        let (queue, lines) = sync_channel(2);
        let dropped = Arc::<AtomicU64>::default();
        let layer = Lines {
            json: true,
            clock: Clock::default(),
            queue,
            dropped: dropped.clone(),
        };
        let log = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(log, || {
            for number in 0..5 {
                tracing::info!(number, subject = "a\nb", "kept");
            }
        });
        assert_eq!(
            (
                lines.iter().take(2).count(),
                dropped.load(Ordering::Relaxed)
            ),
            (2, 3)
        );
    }

    #[test]
    fn json_lines_are_json() {
        let values = Values {
            message: "m\"".to_owned(),
            others: vec![("subject", "\"}".to_owned())],
        };
        let line = values.json("t", Level::INFO, "tanggap");
        let read: Value = serde_json::from_str(&line).unwrap_or_default();
        assert_eq!(read.get("subject"), Some(&Value::String("\"}".to_owned())));
        assert_eq!(line.matches('\n').count(), 1);
    }
}
