//! Replays the transcripts in the pages: every `$ ` line of a console block is run, and what it prints must be what
//! stands below it. `DOCS=write cargo test docs` writes what is printed into the pages instead.
//!
//! Each section has a server of its own, whose clock stands at 2026-03-10T12:00:00Z. The commands run in a temporary
//! directory, which has the repository's `fixtures`. A line of three dots stands for the rest of what is printed.

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use r1_entitlements_mock::MockServer;

use super::path;

/// The pages, and the address under which they know the server.
const PAGES: [(&str, &str); 4] = [
    ("README.md", "127.0.0.1:8080"),
    ("docs/COOKBOOK.md", "localhost:8080"),
    ("docs/guides/faults.md", "127.0.0.1:8080"),
    ("fixtures/README.md", "127.0.0.1:8080"),
];

/// A server, and where the commands of a section run.
struct Section {
    server: MockServer,
    written: &'static str,
    directory: PathBuf,
}

impl Section {
    fn start(page: &str, written: &'static str) -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("transcripts-{}", page.replace('/', "-")));
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).unwrap();
        std::os::unix::fs::symlink(path("fixtures"), directory.join("fixtures")).unwrap();
        let server = MockServer::builder().frozen_at("2026-03-10T12:00:00Z").start_blocking().unwrap();
        Self { server, written, directory }
    }

    /// What a command prints, on both of its streams.
    fn run(&self, command: &str) -> String {
        let address = self.server.address().to_string();
        let done = self.command("bash").arg("-c").arg(command.replace(self.written, &address)).output().unwrap();
        let printed = String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap();
        let port = format!(":{}", self.server.address().port());
        printed.replace(&address, self.written).replace(&port, ":8080").replace('\r', "")
    }

    /// The first two lines of a server that is started by hand.
    fn started(&self) -> String {
        let mut command = self.command(env!("CARGO_BIN_EXE_r1-entitlements-mock"));
        command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = command.spawn().unwrap();
        let lines = BufReader::new(server.stdout.take().unwrap()).lines().take(2);
        let lines: Vec<String> = lines.map(Result::unwrap).collect();
        server.kill().unwrap();
        server.wait().unwrap();
        let (words, port) = lines[0].rsplit_once(':').unwrap();
        assert!(port.parse::<u16>().is_ok(), "{words}");
        format!("{words}:8080\n{}\n...\n", lines[1])
    }

    /// With the binary under its own name, which finds the server as it would at the usual port.
    fn command(&self, program: &str) -> Command {
        let binary = Path::new(env!("CARGO_BIN_EXE_r1-entitlements-mock"));
        let path = format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap());
        let mut command = Command::new(program);
        command.current_dir(&self.directory).env("PATH", path).env("R1MOCK_URL", self.server.url());
        command.env("TMPDIR", env!("CARGO_TARGET_TMPDIR"));
        command
    }
}

/// The page with everything printed anew.
fn replayed(page: &str, written: &'static str, text: &str) -> String {
    let mut out = String::new();
    let mut section = Section::start(page, written);
    let mut lines = text.lines().peekable();
    let (mut in_block, mut keep_output) = (false, true);
    while let Some(line) = lines.next() {
        match line {
            "```console" => (in_block, keep_output) = (true, false),
            "```" if in_block => (in_block, keep_output) = (false, true),
            _ if line.starts_with("## ") => section = Section::start(page, written),
            _ => {}
        }
        let Some(first) = line.strip_prefix("$ ").filter(|_| in_block) else {
            if keep_output || line == "```console" {
                let _ = writeln!(out, "{line}");
            }
            continue;
        };
        let mut command = first.to_owned();
        // A command goes on after a backslash, and within quotes.
        while command.ends_with('\\') || command.matches('\'').count() % 2 == 1 {
            command = format!("{command}\n{}", lines.next().expect("the end of the command"));
        }
        let printed = if command == "cargo run --release" { section.started() } else { section.run(&command) };
        let _ = write!(out, "$ {command}\n{printed}");
        if !printed.is_empty() && !printed.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}

#[track_caller]
fn check((page, written): (&str, &'static str)) {
    let before = fs::read_to_string(path(page)).unwrap();
    assert!(before.contains("```console\n$ "), "{page} has no transcript");
    let now = replayed(page, written, &before);
    if std::env::var_os("DOCS").is_some() {
        fs::write(path(page), now).unwrap();
        return;
    }
    for (number, (before, now)) in before.lines().zip(now.lines()).enumerate() {
        assert_eq!(before, now, "{page}, line {}", number + 1);
    }
    assert_eq!(before, now, "{page}");
}

#[test]
fn the_cookbook_prints_what_it_says() {
    check(PAGES[1]);
}

#[test]
fn the_pages_print_what_they_say() {
    for page in [PAGES[0], PAGES[2], PAGES[3]] {
        check(page);
    }
}

/// Commands that are not replayed, and the script that runs each, with what to look for in it.
const RUN_ELSEWHERE: [(&str, &str, &str); 36] = [
    ("cargo install --path .", ".ci/crate", "install --quiet --debug --locked --path"),
    ("docker build -t r1-entitlements-mock .", ".ci/container", "docker build"),
    ("pip install ./r1_entitlements_mock-*.whl", ".ci/python-package", "pip install \"$wheel\""),
    ("npm install ./r1-entitlements-mock-*.tgz", ".ci/npm-package", "npm install"),
    ("cargo test", ".ci/run", "\ncargo test\n"),
    ("cargo run --release", ".ci/crate", "/bin/r1-entitlements-mock\" --version"),
    ("cargo fmt --check", ".ci/run", "cargo fmt --check"),
    ("cargo clippy --all-targets -- -D warnings", ".ci/run", "--all-targets -- -D warnings"),
    ("RUSTDOCFLAGS=\"-D warnings\" cargo doc --no-deps", ".ci/run", "RUSTDOCFLAGS=\"-D warnings\" cargo doc"),
    ("cargo run -- check fixtures/default", ".ci/run", "cargo run --quiet --locked -- check"),
    (".ci/run --no-container", ".ci/run", "--no-container"),
    (".ci/run", ".ci/run", ".ci/run"),
    ("rustup target add aarch64-unknown-linux-gnu", "packaging/release", "rustup target add aarch64-unknown-linux-gnu"),
    ("apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross", "packaging/release", "gcc-aarch64-linux-gnu"),
    ("packaging/release x86_64 aarch64", ".ci/packages", "packaging/release"),
    ("npm install --save-dev r1-entitlements-mock", ".ci/npm-package", "npm install"),
    ("npx r1-entitlements-mock --scenario expiring", "clients/javascript/test/node/command.test.mjs", "--scenario"),
    ("pip install r1-entitlements-mock", ".ci/python-package", "pip install \"$wheel\""),
    ("pytest", ".ci/python-package", "-m pytest -q -p no:cacheprovider tests guide"),
    ("pytest -n auto", ".ci/python-package", "-n 2 tests guide"),
    (
        "docker run --rm -p 127.0.0.1:8080:8080 --read-only --cap-drop ALL r1-entitlements-mock",
        ".ci/container",
        "--read-only --cap-drop ALL",
    ),
    ("docker-compose up --exit-code-from tests", ".ci/container-guides", "up --exit-code-from tests"),
    (
        "kubectl create configmap r1-entitlements-mock-fixtures --from-file fixtures/mine",
        ".ci/kubernetes",
        "r1-entitlements-mock.yaml",
    ),
    ("kubectl apply -k examples/kubernetes", ".ci/kubernetes", "kubectl kustomize examples/kubernetes"),
    ("kubectl apply -f r1-entitlements-mock.yaml", ".ci/kubernetes", "r1-entitlements-mock.yaml"),
    ("r1-entitlements-mock &", "tests/clients/recipes/helpers.mjs", "MOCK_BINARY"),
    ("node page/serve.mjs", "tests/clients/recipes/helpers.mjs", "serve.mjs"),
    ("npx vite", "tests/clients/recipes/proxies.test.mjs", "vite"),
    (
        "curl -s http://localhost:3000/mspBanners | jq -c '[.[].type]'",
        "tests/clients/recipes/proxies.test.mjs",
        "mspBanners | jq",
    ),
    ("npx webpack serve", "tests/clients/recipes/proxies.test.mjs", "webpack"),
    ("npm start", "tests/clients/recipes/proxies.test.mjs", "cra"),
    ("npx ng serve --proxy-config proxy.conf.json", "tests/clients/recipes/proxies.test.mjs", "ng"),
    ("npx playwright test", "tests/clients/recipes/runners.test.mjs", "playwright"),
    ("npx storybook dev", "tests/clients/recipes/runners.test.mjs", "storybook"),
    ("npx jest", "tests/clients/recipes/runners.test.mjs", "jest"),
    ("node --test licences.test.mjs", "tests/clients/recipes/runners.test.mjs", "licences.test.mjs"),
];
/// The page says so, too.
const NOT_RUN: [&str; 1] = ["npx cypress run"];

#[test]
fn every_other_command_of_the_pages_is_run_by_a_script() {
    for page in super::pages() {
        let text = fs::read_to_string(path(&page)).unwrap();
        let is_replayed = PAGES.iter().any(|(own, _)| *own == page);
        for block in text.split("\n```").collect::<Vec<_>>().chunks(2).filter_map(|pair| pair.get(1)) {
            let (language, body) = block.split_once('\n').unwrap_or_default();
            let commands: Vec<&str> = match language {
                "sh" => body.lines().filter(|line| !line.is_empty()).collect(),
                "console" if !is_replayed => body.lines().filter_map(|line| line.strip_prefix("$ ")).collect(),
                _ => continue,
            };
            for command in commands {
                let command = command.split(" #").next().unwrap().trim_end();
                if NOT_RUN.contains(&command) {
                    continue;
                }
                let found = RUN_ELSEWHERE.iter().find(|(own, ..)| *own == command);
                let (_, script, words) = found.unwrap_or_else(|| panic!("{page}: nothing runs `{command}`"));
                let script_text = fs::read_to_string(path(script)).unwrap();
                assert!(script_text.contains(words), "{page}: {script} does not run `{command}`");
            }
        }
    }
}
