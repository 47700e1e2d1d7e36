//! `--watch`: when the files of a scenario are loaded again.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    path::Path,
    time::Duration,
};

use serde_json::{Value, json};

use crate::support::{fixture::Fixture, process::Server};

/// The stream of events of a server.
struct Events(BufReader<TcpStream>);

impl Events {
    fn of(server: &Server) -> Self {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        write!(stream, "GET /_mock/events HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        let mut events = Self(BufReader::new(stream));
        events.line("\r\n");
        events
    }

    /// The next line that begins with this.
    fn line(&mut self, start: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.0.read_line(&mut line).unwrap(), 0, "the stream ended");
            if line.starts_with(start) {
                return line;
            }
        }
    }

    /// What the next reading of the files came to.
    fn read(&mut self) -> Value {
        loop {
            let line = self.line("data: ");
            let event: Value = serde_json::from_str(line.trim_start_matches("data: ")).unwrap();
            if event["type"] == "fixturesRead" {
                return event;
            }
        }
    }
}

fn title(server: &Server) -> String {
    let scenarios = server.get("/_mock/scenarios").json()["scenarios"].clone();
    let current = scenarios.as_array().unwrap().iter().find(|scenario| scenario["current"] == true);
    current.map_or_else(String::new, |scenario| scenario["title"].as_str().unwrap_or_default().to_owned())
}

fn set_title(directory: &Path, title: &str) {
    let path = directory.join("scenario.json");
    let mut scenario: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    scenario["title"] = title.into();
    fs::write(&path, scenario.to_string()).unwrap();
}

#[test]
fn files_are_loaded_when_they_differ_even_in_a_directory_that_was_replaced() {
    let fixture = Fixture::new().write();
    let path = &fixture.path;
    let server = Server::start(&["--listen", "127.0.0.1:0", "--scenario", path.to_str().unwrap(), "--watch"], &[]);
    let mut events = Events::of(&server);
    // None of these is a change: of the next reading, the event is that of the title.
    fs::write(path.join(".tenants.json.swp"), "x").unwrap();
    fs::write(path.join(".#tenants.json"), "x").unwrap();
    fs::write(path.join("notes.txt"), "x").unwrap();
    fs::write(path.join("tenants.json"), fs::read(path.join("tenants.json")).unwrap()).unwrap();
    set_title(path, "second");
    assert_eq!(events.read(), json!({ "type": "fixturesRead" }));
    assert_eq!(title(&server), "second");

    fs::write(path.join("assignments.json"), "[").unwrap();
    let wrong = events.read();
    assert!(wrong["problem"].as_str().unwrap().contains("assignments.json at line 1"), "{wrong}");
    fs::write(path.join("assignments.json"), "[]").unwrap();
    assert_eq!(events.read(), json!({ "type": "fixturesRead" }));

    let aside = path.with_extension("old");
    fs::rename(path, &aside).unwrap();
    assert!(events.read()["problem"].is_string(), "the directory is gone");
    fs::create_dir(path).unwrap();
    for file in fs::read_dir(&aside).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), path.join(file.file_name())).unwrap();
    }
    set_title(path, "third");
    // The copy may have been read in parts.
    for new in ["third", "fourth"] {
        set_title(path, new);
        while title(&server) != new {
            events.read();
        }
    }
    fs::remove_dir_all(aside).unwrap();
}
