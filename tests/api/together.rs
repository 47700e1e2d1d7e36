//! The whole suite again, with all its systems in one server at once.

use std::{env, process::Command};

use crate::support::together::{TOGETHER, is_together};

/// Tests without a sandbox of their own, tests that take long and are about one sandbox only, and tests of the root's
/// tokens: a token names its sandbox, and is valid nowhere else.
const LEFT_OUT: [&str; 5] = [
    "together::",
    "openapi::",
    "kept::i10",
    "oauth2::a_token_is_a_signed_jwt_with_the_claims_that_the_ui_reads",
    "extract::a_token_of_one_server_is_a_token_of_its_like_after_a_reset",
];

#[test]
fn the_suite_passes_in_64_sandboxes_of_one_server_at_once_beside_noisy_ones() {
    if is_together() {
        return;
    }
    let mut run = Command::new(env::current_exe().unwrap());
    run.env(TOGETHER, "yes").env("PROPTEST_CASES", "8").args(["--test-threads", "64"]);
    run.arg("api::").args(LEFT_OUT.iter().flat_map(|name| ["--skip", name]));
    let output = run.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    let passed = told.split("test result: ok. ").nth(1).and_then(|rest| rest.split(' ').next()?.parse::<u32>().ok());
    assert!(passed.is_some_and(|passed| passed > 100), "{told}");
}
