//! The structure that docs/ARCHITECTURE.md promises, read off the sources: invariants I1 to I5.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use r1_entitlements_mock::api::document;

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
    let sim = sources("src/sandbox/state.rs").remove(0).1;
    assert!(sim.contains("inner: Mutex<Inner>") && sim.contains("store: Arc<Store>"));
}

#[test]
fn i4_http_and_control_do_not_know_each_other() {
    check_absent(&sources("src/api"), &["crate::control", "control::"], &[]);
    check_absent(&sources("src/control"), &["crate::api", "http::router"], &[]);
}

/// Routes of the vendor's surface that are no operations: the document itself, and a page.
const NO_OPERATIONS: [&str; 2] = ["/oauth2/authorization/idm", "/openapi.json"];

#[test]
fn i5_every_route_is_in_the_document() {
    let paths: BTreeSet<String> = document().paths.paths.keys().cloned().collect();
    let mut routed = BTreeSet::new();
    for (_, text) in sources("src/api") {
        for (start, _) in text.match_indices(".route(\"") {
            let rest = &text[start + 8..];
            routed.insert(rest[..rest.find('"').unwrap()].to_owned());
        }
    }
    assert_eq!(routed.iter().map(String::as_str).collect::<Vec<_>>(), NO_OPERATIONS);
    let router = fs::read_to_string(root().join("src/api/router.rs")).unwrap();
    let handlers = sources("src/api").iter().map(|(_, text)| text.matches("#[utoipa::path(").count()).sum::<usize>();
    let operations: usize =
        document().paths.paths.values().map(|item| item_size(&serde_json::to_value(item).unwrap())).sum();
    assert_eq!(handlers, operations, "every documented handler is routed");
    assert!(router.contains("route!("));
    assert!(paths.iter().all(|path| !NO_OPERATIONS.contains(&path.as_str())));
}

fn item_size(item: &serde_json::Value) -> usize {
    item.as_object().unwrap().len()
}

/// Operations that are not called by the file of their root path in tests/api: which file calls them,
/// and the words with which it does.
const CALLED_ELSEWHERE: [(&str, &str, &str); 20] = [
    ("/activities/{activityId}/devices/query", SUCCESSORS, "POST {activity}/devices/query"),
    ("/activities/{activityId}/notifications", SUCCESSORS, "PUT {activity}/notifications"),
    ("/entitlements/attentionNotes/query", SUCCESSORS, "POST /entitlements/attentionNotes/query"),
    ("/entitlements/availabilityReports/query", REPORTS, "\"/entitlements/availabilityReports/query\""),
    ("/entitlements/banners/query", SUCCESSORS, "POST /entitlements/banners/query"),
    ("/entitlements/compliances/query", SUCCESSORS, "POST /entitlements/compliances/query"),
    ("/entitlements/licenseUsageReports", REPORTS, "\"/entitlements/licenseUsageReports\""),
    ("/entitlements/mileageReports/query", REPORTS, "\"/entitlements/mileageReports/query\""),
    ("/entitlements/orders/query", SUCCESSORS, "POST /entitlements/orders/query"),
    ("/entitlements/query", SUCCESSORS, "POST /entitlements/query"),
    ("/entitlements/settings", SUCCESSORS, "GET /entitlements/settings"),
    ("/entitlements/utilizations/query", SUCCESSORS, "POST /entitlements/utilizations/query"),
    ("/mspCustomers", SUCCESSORS, "GET /mspCustomers"),
    ("/mspecs/query", SUCCESSORS, "POST /mspecs/query"),
    ("/tenants/self", SUCCESSORS, "GET /tenants/self"),
    ("/tenants/self/entitlements/assignments", SUCCESSORS, "POST {OWN}"),
    ("/tenants/self/entitlements/assignments/query", SUCCESSORS, "POST {OWN}/query"),
    ("/tenants/self/entitlements/assignments/{id}", SUCCESSORS, "PATCH {OWN}/{id}"),
    ("/tenants/self/entitlements/assignments/{id}", SUCCESSORS, "DELETE {OWN}/{changed}"),
    (
        "/tenants/{tenantId}/entitlements/assignments/query",
        SUCCESSORS,
        "POST /tenants/{CUSTOMER}/entitlements/assignments/query",
    ),
];
const SUCCESSORS: &str = "tests/successors.rs";
const REPORTS: &str = "tests/reports/main.rs";

/// Handler files whose tests are not in the file of their name in tests/api.
const MIRRORED_ELSEWHERE: [(&str, &str); 4] = [
    ("entitlement_queries", SUCCESSORS),
    ("entitlements_reports", REPORTS),
    ("msp_customers", SUCCESSORS),
    ("tenants", SUCCESSORS),
];

#[test]
fn i5_every_operation_has_a_test_file_that_calls_it() {
    for (path, file, call) in CALLED_ELSEWHERE {
        assert!(document().paths.paths.contains_key(path), "there is no operation under {path}");
        let text = fs::read_to_string(root().join(file)).unwrap();
        assert!(text.contains(call), "{file} never calls {path}");
    }
    let elsewhere = |path: &str| CALLED_ELSEWHERE.iter().any(|(called, ..)| *called == path);
    for path in document().paths.paths.keys().filter(|path| !elsewhere(path)) {
        let first = path.trim_start_matches('/').split('/').next().unwrap();
        let file = match first {
            "api" => "activities".to_owned(),
            other => snake_case(other),
        };
        let text = fs::read_to_string(root().join(format!("tests/api/{file}.rs")))
            .unwrap_or_else(|_| panic!("tests/api/{file}.rs is missing: {path} has no tests"));
        let literal = path.split('{').next().unwrap();
        assert!(text.contains(literal), "tests/api/{file}.rs never calls {path}");
    }
}

fn snake_case(name: &str) -> String {
    let parts = name.chars().map(|c| if c.is_uppercase() { format!("_{}", c.to_lowercase()) } else { c.to_string() });
    parts.collect()
}

#[test]
fn every_handler_file_is_mirrored_by_a_test_file() {
    let shell = ["mod"];
    for (name, file) in MIRRORED_ELSEWHERE {
        assert!(root().join(format!("src/api/handlers/{name}.rs")).is_file(), "there is no src/api/handlers/{name}.rs");
        assert!(root().join(file).is_file(), "{file} is missing");
    }
    let elsewhere = |name: &str| MIRRORED_ELSEWHERE.iter().any(|(mirrored, _)| *mirrored == name);
    for (file, _) in sources("src/api/handlers") {
        let name = Path::new(&file).file_stem().unwrap().to_string_lossy().into_owned();
        let mirrored = root().join(format!("tests/api/{name}.rs")).is_file();
        assert!(mirrored || elsewhere(&name) || shell.contains(&name.as_str()), "tests/api/{name}.rs is missing");
    }
}

#[test]
fn no_test_sleeps() {
    let sleep = concat!("sleep", "(");
    for (file, text) in sources("tests") {
        assert!(!text.contains(sleep) || file == "tests/api/tidy.rs", "{file} sleeps");
    }
}
