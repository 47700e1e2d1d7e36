//! The structure that docs/ARCHITECTURE.md promises, checked on the parsed sources. [`planted`] shows each rule to fail
//! on a violation.

mod evidence;
mod facade;
mod files;
mod planted;
mod references;
mod rooms;
mod routes;
mod rules;
mod source;

use self::{
    rooms::{FLOORS, circles, upward},
    rules::{impure, locks, real_time, sleeps, timers},
    source::sources,
};

#[test]
fn arrows_between_rooms_point_downwards() {
    let found = upward(&sources("src"));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn folders_know_each_other_in_no_circle() {
    let found = circles(&sources("src"));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_room_has_a_floor_and_src_has_at_most_18_entries() {
    let entries: Vec<String> = std::fs::read_dir(source::root().join("src"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(entries.len() <= 18, "{entries:?}");
    let rooms =
        entries.iter().map(|entry| entry.trim_end_matches(".rs")).filter(|room| !["lib", "main"].contains(room));
    let mut without = Vec::new();
    without.extend(rooms.filter(|room| !FLOORS.iter().any(|rooms| rooms.contains(room))));
    assert_eq!(without, [""; 0]);
}

#[test]
fn i1_model_views_and_wire_know_neither_the_web_nor_the_runtime() {
    assert_eq!(impure(&sources("src"), &["model", "views", "wire"]), [""; 0]);
}

#[test]
fn i2_only_the_clock_reads_real_time() {
    assert_eq!(real_time(&sources("src")), ["src/sandbox/clock.rs"]);
}

/// Where something happens after a time. None of it changes the state of a sandbox: that is due at a moment, and
/// applied at the next read.
const TIMERS: &[(&str, &str)] = &[
    ("src/api/layers/journal.rs", "gives up reading a request body that nobody wanted"),
    ("src/api/response/connection.rs", "a client does not read"),
    ("src/cli/client.rs", "a server does not answer a command"),
    ("src/cli/parent.rs", "looking whether the parent process has ended"),
    ("src/cli/serve.rs", "the drain at the end; the sweep of idle sandboxes"),
    ("src/control/expectations.rs", "POST /_mock/requests/wait gives up"),
    ("src/embed/simulator.rs", "a test in Rust gives up waiting for a request"),
    ("src/proxy/timeout.rs", "the upstream does not answer"),
    ("src/sandbox/events.rs", "wakes those who listen to events when something is due"),
    ("src/socket/session.rs", "heartbeats"),
    ("src/support/pause.rs", "answers that are slow on purpose"),
];

#[test]
fn i2_every_timer_is_on_this_list() {
    assert_eq!(timers(&sources("src")), TIMERS.iter().map(|(file, _)| *file).collect::<Vec<_>>());
}

/// Every lock of the crate, and what it guards.
const LOCKS: &[(&str, &str)] = &[
    ("src/api/layers/header_lines.rs: KnownLines.0", "headers of the latest requests, as the journal has them"),
    ("src/api/layers/journal.rs: Sent.copy", "the copy of a request body, between its reader and the journal"),
    ("src/api/layers/journal.rs: Sent.rest", "what is left of a request body, between the same"),
    ("src/cli/log.rs: Shared.waiting", "lines of the log that are not written yet"),
    ("src/cli/log_line.rs: Lines.0", "lines in a test"),
    ("src/cli/log_line.rs: PlainLine.latest", "the time in the log, to the second"),
    ("src/embed/mock_server.rs: Running.stop", "the thread that serves"),
    ("src/journal/mod.rs: Journal.inner", "recorded requests"),
    ("src/journal/room.rs: Room.journals", "the journals that share memory"),
    ("src/proxy/capture.rs: Recorded.0", "recorded answers of the upstream"),
    ("src/sandbox/deprecation_totals.rs: RemovedCalls.0", "deprecated calls of sandboxes that are gone"),
    ("src/sandbox/deprecations.rs: Ledger.calls", "counts of deprecated calls"),
    ("src/sandbox/kept.rs: Reply.latest", "the head of the latest answer with a kept reply"),
    ("src/sandbox/mod.rs: Sandbox.state", "the state of a sandbox, as a whole"),
    ("src/sandbox/registry.rs: Registry.named", "the sandboxes of a server"),
    ("src/sandbox/registry.rs: Registry.scenarios", "scenarios that were read"),
    ("src/scenario/mod.rs: OfTheDay.0", "the model that a scenario builds on a day"),
    ("src/support/cors.rs: Cors.latest", "what was said of the latest origins"),
    ("src/support/http_date.rs: LATEST", "the date header of the latest second"),
];

#[test]
fn i3_every_lock_is_on_this_list() {
    assert_eq!(locks(&sources("src")), LOCKS.iter().map(|(lock, _)| *lock).collect::<Vec<_>>());
}

#[test]
fn i4_api_and_control_do_not_know_each_other() {
    let found = rooms::arrows(&sources("src"));
    for (from, to) in [("api", "control"), ("control", "api")] {
        assert_eq!(found.get(&(from.to_owned(), to.to_owned())), None);
    }
}

#[test]
fn no_test_waits_for_a_time_to_pass() {
    assert_eq!(sleeps(&sources("tests")), [""; 0]);
}
