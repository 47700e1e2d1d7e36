//! Each rule fails on a violation that is planted in the style of this code base.

use super::{
    evidence::{tests, unproved},
    rooms::{circles, upward},
    rules::{impure, locks, real_time, sleeps, timers},
    source::{Source, parse},
};

fn planted(files: &[(&str, &str)]) -> Vec<Source> {
    files.iter().map(|(file, text)| parse(file, text)).collect()
}

/// The upward arrows of one planted file.
#[track_caller]
fn check_arrow(file: &str, text: &str, expected: Option<(&str, &str)>) {
    let found = upward(&planted(&[("src/lib.rs", "pub use self::embed::MockServer; pub mod embed;"), (file, text)]));
    let found: Vec<_> = found.keys().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{text}");
}

#[test]
fn an_upward_arrow_is_found_however_it_is_written() {
    let up = Some(("model", "api"));
    for text in [
        "use crate::{ api::{ response::ApiError, router }, support::glob };",
        "use crate::api;",
        "use crate::api::*;",
        "use super::api::response::ApiError;",
        "use crate::{ support::{self}, api as vendor };",
        "fn f() -> crate::api::ApiError { todo!() }",
        "fn f() { let x = crate::api::router::build(); }",
        "fn f() { assert_eq!(crate::api::router::COUNT, 1); }",
        "#[serde(with = \"crate::api::date\")] struct X;",
        "fn f() { match x { crate::api::Kind::One => {} _ => {} } }",
        "mod inner { use super::super::api::ApiError; }",
        "impl From<super::super::api::ApiError> for X {}",
    ] {
        let file = if text.contains("impl From") { "src/model/tenant.rs" } else { "src/model/mod.rs" };
        check_arrow(file, text, up);
    }
    check_arrow("src/model/mod.rs", "use crate::MockServer;", Some(("model", "embed")));
    check_arrow("src/api/mod.rs", "use crate::{ control::{ self, Guard } };", Some(("api", "control")));
    check_arrow("src/control/mod.rs", "use crate::api::document;", Some(("control", "api")));
    check_arrow("src/wire/mod.rs", "use crate::scenario::Catalog;", Some(("wire", "scenario")));
    check_arrow("src/new_room/mod.rs", "use crate::model::Tenant;", Some(("new_room", "model")));
}

#[test]
fn downward_arrows_unit_tests_and_words_in_comments_and_texts_are_no_finding() {
    for text in [
        "use crate::{ model::{ Tenant, TenantId }, views::summary };",
        "//! See `crate::api`.\nuse crate::wire::date;",
        "fn f() { panic!(\"crate::cli is above\"); }",
        "use super::{ model, wire };",
        "use self::layers::journal; mod layers;",
        "#[cfg(test)] mod tests { use crate::cli::serve; }",
    ] {
        check_arrow("src/api/mod.rs", text, None);
    }
    check_arrow("src/api/mod.rs", "#[cfg(feature = \"x\")] mod tests { use crate::cli; }", Some(("api", "cli")));
}

#[test]
fn a_name_that_was_brought_in_by_a_glob_is_followed() {
    let files = [
        ("src/model/mod.rs", "pub use crate::support::*; mod tenant;"),
        ("src/support/mod.rs", "pub use crate::api as vendor;"),
        ("src/model/tenant.rs", "use super::*; fn f() { vendor::router::build(); }"),
    ];
    let found = upward(&planted(&files));
    assert!(found.contains_key(&("model".to_owned(), "api".to_owned())), "{found:?}");
}

#[test]
fn a_pure_room_that_names_the_web_the_runtime_or_the_system_is_found() {
    for text in [
        "use axum::{ Router };",
        "fn f() -> axum::http::StatusCode { todo!() }",
        "use tokio::{ sync::{ broadcast } };",
        "use ::tower::Service;",
        "extern crate tokio;",
        "use std::{ fs, sync::Arc };",
        "fn f() { std::thread::spawn(|| ()); }",
        "use { serde::Serialize, parking_lot::Mutex };",
        "mod deep { mod deeper { use hyper as web; } }",
    ] {
        let found = impure(&planted(&[("src/views/summary.rs", text)]), &["model", "views", "wire"]);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
    }
    let fine = "use std::{ collections::BTreeMap, sync::Arc }; use chrono::Utc; use crate::model::Tenant;";
    assert_eq!(impure(&planted(&[("src/views/summary.rs", fine)]), &["views"]), [""; 0]);
    assert_eq!(impure(&planted(&[("src/api/mod.rs", "use axum::Router;")]), &["views"]), [""; 0]);
}

#[test]
fn real_time_is_found_under_any_name() {
    for text in [
        "use chrono::{ DateTime, Utc }; fn f() { Utc::now(); }",
        "use chrono::Utc as Zulu; fn f() { Zulu::now(); }",
        "fn f() { let read = std::time::Instant::now; }",
        "fn f() { start.elapsed(); }",
        "fn f() { uuid::Uuid::new_v4(); }",
        "fn f() { format!(\"{}\", chrono::Local::now()); }",
        "fn f() { tokio::time::Instant::now(); }",
    ] {
        assert_eq!(real_time(&planted(&[("src/api/mod.rs", text)])), ["src/api/mod.rs"], "{text}");
    }
    assert_eq!(real_time(&planted(&[("src/api/mod.rs", "fn f(now: X) { clock.now(); look(now); }")])), [""; 0]);
}

#[test]
fn a_sleep_is_found_under_any_name_and_a_timer_too() {
    for text in [
        "async fn f() { tokio::time::sleep(d).await; }",
        "use std::{ thread, time::Duration }; fn f() { thread::sleep(d); }",
        "use tokio::time::{ sleep as pause }; async fn f() { pause(d).await; }",
    ] {
        assert_eq!(sleeps(&planted(&[("src/api/mod.rs", text)])), ["src/api/mod.rs"], "{text}");
    }
    let timeout = planted(&[("src/api/mod.rs", "use tokio::time; async fn f() { time::timeout(d, x).await; }")]);
    assert_eq!((sleeps(&timeout).len(), timers(&timeout).len()), (0, 1));
}

#[test]
fn a_lock_is_found_in_fields_statics_and_inside_other_types() {
    let text = "
        struct Sandbox { name: String, state: Mutex<State>, rest: Arc<parking_lot::RwLock<Rest>> }
        struct Pair(u8, std::sync::Mutex<u8>);
        enum Kind { One { inner: Option<Mutex<u8>> } }
        static ALL: Mutex<Vec<u8>> = Mutex::new(Vec::new());
        fn f() -> MutexGuard<'static, u8> { todo!() }";
    let found = locks(&planted(&[("src/sandbox/mod.rs", text)]));
    let expected = ["ALL", "Kind.inner", "Pair.0", "Sandbox.rest", "Sandbox.state"];
    assert_eq!(found, expected.map(|lock| format!("src/sandbox/mod.rs: {lock}")));
}

#[test]
fn a_circle_of_folders_is_found_even_through_a_third_one() {
    let files = [
        ("src/api/mod.rs", "pub mod layers; pub mod request; pub mod response;"),
        ("src/api/layers/mod.rs", "use crate::api::{ request::{ caller::Caller }, X };"),
        ("src/api/request/mod.rs", "use super::response::ApiError;"),
        ("src/api/response/mod.rs", "use crate::api::layers::journal;"),
    ];
    let found = circles(&planted(&files));
    let pairs: Vec<_> = found.iter().map(|(one, other)| (one.as_str(), other.as_str())).collect();
    let [layers, request, response] = ["api/layers", "api/request", "api/response"];
    assert_eq!(pairs, [(layers, request), (layers, response), (request, response)]);
    assert_eq!(circles(&planted(&files[..3])).len(), 0, "without the last arrow there is no circle");
}

#[test]
fn a_row_of_evidence_without_a_test_that_exists_is_found() {
    let source = "
        #[test] fn plain() {}
        #[tokio::test] async fn awaited() {}
        mod tests { #[test] fn inner() {} }
        proptest! { #![proptest_config(Config::default())] /// Words.
            #[test] fn drawn(x in 0..9) { fn helper_in() {} }
            fn not_drawn() {} }
        #[test] #[ignore = \"slow\"] fn ignored() {}
        fn helper() {}";
    let tests_of = |file: &str| (file == "tests/api/a.rs").then(|| tests(source));
    let check = |last: &str| {
        let found = unproved(&format!("| rule | evidence | test |\n|---|---|---|\n| one | C |{last}\n"), &tests_of);
        found.join("\n")
    };
    for name in ["plain", "awaited", "inner", "drawn"] {
        assert_eq!(check(&format!(" [a](../tests/api/a.rs#{name}) |")), "");
    }
    assert_eq!(check(" [a](../tests/api/a.rs#plain), [a](../tests/api/a.rs#drawn) |"), "");
    assert_eq!(check(" untestable: it is about evidence |"), "");
    for (last, problem) in [
        (" |", "\"\" names no test; end the row with a link to one, such as [banners](../tests/"),
        (" plain |", "\"plain\" names no test"),
        (" untestable: |", "\"untestable:\" names no test"),
        (" [a](../tests/api/b.rs#plain) |", "tests/api/b.rs does not exist; name the file of the test"),
        (" [a](../tests/api/a.rs) |", "names no test"),
        (" [b](../tests/api/a.rs#plain) |", "has the text \"b\"; write \"a\""),
        (" [a](../tests/api/a.rs#gone) |", "tests/api/a.rs has no test \"gone\"; name one that fails"),
        (" [a](../tests/api/a.rs#helper) |", "has no test \"helper\""),
        (" [a](../tests/api/a.rs#ignored) |", "has no test \"ignored\""),
        (" [a](../tests/api/a.rs#not_drawn) |", "has no test \"not_drawn\""),
    ] {
        let found = check(last);
        assert!(found.starts_with("docs/FIDELITY.md:3: \"one | C\": ") && found.contains(problem), "{found}");
    }
    assert!(check("").contains("the row has no evidence"), "{}", check(""));
    let table = "| rule | evidence |\n|---|---|\n";
    assert!(unproved(table, &tests_of)[0].contains("no last columns `evidence` and `test`; add them"));
    let many = format!("| rule | evidence | test |\n|---|---|---|\n{}", "| x | C | untestable: y |\n".repeat(12));
    assert_eq!(unproved(&many, &tests_of).len(), 2, "ten rows may be untestable");
}
