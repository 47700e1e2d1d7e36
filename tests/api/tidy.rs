//! The structure that docs/ARCHITECTURE.md promises, read off the sources: invariants I1 to I5.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use r1_entitlements_mock::{api::document, catalogue::OPERATIONS};

fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

/// The Rust files under a path, with their text, comments taken out.
fn sources(under: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut todo = vec![root().join(under)];
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            todo.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            found.push((relative(&path), code.join("\n")));
        }
    }
    assert!(!found.is_empty(), "no sources under {under}");
    found.sort();
    found
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().into_owned()
}

#[track_caller]
fn check_absent(sources: &[(String, String)], words: &[&str], except: &[&str]) {
    for (file, text) in sources.iter().filter(|(file, _)| !except.contains(&file.as_str())) {
        for word in words {
            assert!(!text.contains(word), "{file} mentions {word}");
        }
    }
}

#[test]
fn i1_store_views_and_wire_know_neither_the_web_nor_the_runtime() {
    for under in ["src/model", "src/views", "src/wire"] {
        check_absent(
            &sources(under),
            &["axum", "tokio", "tower", "crate::api", "crate::control", "crate::sandbox"],
            &[],
        );
    }
    check_absent(&sources("src/model"), &["crate::views", "crate::wire"], &[]);
}

#[test]
fn i2_only_the_clock_reads_real_time() {
    let words = ["Utc::now", "Local::now", "SystemTime", "Instant::", "new_v4", "now_v7", "elapsed()"];
    check_absent(&sources("src"), &words, &["src/sandbox/clock.rs"]);
    let sleeps = |text: &str| text.contains("time::sleep(") || text.contains("thread::sleep(");
    let sleeping: Vec<String> =
        sources("src").into_iter().filter(|(_, text)| sleeps(text)).map(|(file, _)| file).collect();
    assert_eq!(
        sleeping,
        ["src/cli/serve.rs", "src/support/pause.rs"],
        "only the drain at the end waits, and answers that are slow on purpose"
    );
}

#[test]
fn i3_only_the_sim_locks_a_store() {
    let locked = ["Mutex<Store", "Mutex<Arc<Store", "RwLock<Store", "RwLock<Arc<Store"];
    check_absent(&sources("src"), &locked, &[]);
    for under in ["src/model", "src/views", "src/wire", "src/api", "src/control"] {
        // The copy of a body that the journal takes is locked between whoever sends it and whoever reads it.
        check_absent(&sources(under), &["Mutex", "RwLock", "parking_lot"], &["src/api/layers/journal.rs"]);
    }
    let sandbox = sources("src/sandbox/mod.rs").remove(0).1;
    assert!(sandbox.contains("state: Mutex<SandboxState>"));
}

#[test]
fn i4_http_and_control_do_not_know_each_other() {
    check_absent(&sources("src/api"), &["crate::control", "control::"], &[]);
    check_absent(&sources("src/control"), &["crate::api", "http::router"], &[]);
}

#[test]
fn i5_the_document_has_every_operation_of_the_catalogue_and_no_other() {
    let document = serde_json::to_value(document()).unwrap();
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let deprecated = operation["deprecated"].as_bool().unwrap_or_default();
            documented.insert(format!("{id}: {} {path} {deprecated}", method.to_uppercase()));
        }
    }
    let catalogued = OPERATIONS.iter().map(|own| format!("{}: {own} {}", own.id, own.is_deprecated())).collect();
    assert_eq!(documented, catalogued);
}

#[test]
fn every_handler_file_is_mirrored_by_a_test_file() {
    // The reports have a folder of tests.
    let elsewhere = ["mod", "entitlements_reports"];
    for (file, _) in sources("src/api/handlers") {
        let name = Path::new(&file).file_stem().unwrap().to_string_lossy().into_owned();
        let mirrored = root().join(format!("tests/api/{name}.rs")).is_file();
        assert!(mirrored || elsewhere.contains(&name.as_str()), "tests/api/{name}.rs is missing");
    }
}

#[test]
fn no_test_sleeps() {
    let sleep = concat!("sleep", "(");
    for (file, text) in sources("tests") {
        assert!(!text.contains(sleep) || file == "tests/api/tidy.rs", "{file} sleeps");
    }
}
