//! `deprecations`: the report of a running server, over all its sandboxes.

use insta::assert_snapshot;

use crate::support::process::{Server, binary, text};

fn report(server: &Server, args: &[&str]) -> (Option<i32>, String) {
    let url = format!("http://{}", server.address);
    let output = binary().args(["deprecations", "--url", &url]).args(args).output().unwrap();
    (output.status.code(), text(&output.stdout))
}

#[test]
fn it_reports_the_calls_of_all_sandboxes_in_each_format() {
    let settings = [("R1MOCK_SANDBOXES", "auto"), ("R1MOCK_CLOCK", "2026-05-05T10:20:30Z,frozen")];
    let server = Server::start(&["--listen", "127.0.0.1:0"], &settings);
    assert_eq!(report(&server, &["--fail-on-use"]), (Some(0), "No deprecated operation was called.\n".into()));
    for path in ["/sandboxes/one/banners", "/sandboxes/one/banners", "/entitlements"] {
        assert_eq!(server.get(path).status, 200);
    }
    let (code, all) = report(&server, &["--fail-on-use"]);
    assert_eq!(code, Some(1));
    assert_snapshot!(all, @"
    3 calls of 2 deprecated operations, announced to be removed from 2026-08-31 on:

    GET /banners (getBanners_1): 2 calls
      use instead: POST /entitlements/banners/query
      by (none) in sandbox one: 2

    GET /entitlements (getEntitlements_1): 1 call
      use instead: POST /entitlements/query
      by (none) at the root: 1
    ");
    assert_snapshot!(report(&server, &["--format", "junit"]).1, @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites>
    <testsuite name="deprecated operations" tests="7" failures="2" errors="0" skipped="0">
    <testcase classname="deprecations" name="DELETE /assignments"/>
    <testcase classname="deprecations" name="GET /assignments/summaries"/>
    <testcase classname="deprecations" name="GET /banners"><failure message="2 calls; use POST /entitlements/banners/query instead">(none) in sandbox one: 2</failure></testcase>
    <testcase classname="deprecations" name="GET /entitlements"><failure message="1 call; use POST /entitlements/query instead">(none) at the root: 1</failure></testcase>
    <testcase classname="deprecations" name="GET /entitlements/summaries"/>
    <testcase classname="deprecations" name="GET /mspEntitlements"/>
    <testcase classname="deprecations" name="GET /mspEntitlements/summaries"/>
    </testsuite>
    </testsuites>
    "#);
    assert_snapshot!(report(&server, &["--format", "markdown"]).1, @"
    | operation | calls | sandbox | caller | use instead |
    |---|---:|---|---|---|
    | GET /banners | 2 | one | (none) | POST /entitlements/banners/query |
    | GET /entitlements | 1 |  | (none) | POST /entitlements/query |
    ");
    assert_snapshot!(report(&server, &["--format", "json", "--sandbox", "one"]).1, @r#"
    {
      "calls": 2,
      "sunset": "2026-08-31T00:00:00Z",
      "sandboxes": [
        {
          "sandbox": "one",
          "calls": 2,
          "operations": [
            {
              "operationId": "getBanners_1",
              "operation": "GET /banners",
              "successors": [
                "POST /entitlements/banners/query"
              ],
              "calls": 2,
              "gone": 0,
              "firstCall": "2026-05-05T10:20:30Z",
              "lastCall": "2026-05-05T10:20:30Z",
              "userAgents": [
                {
                  "userAgent": "(none)",
                  "calls": 2,
                  "firstCall": "2026-05-05T10:20:30Z",
                  "lastCall": "2026-05-05T10:20:30Z"
                }
              ]
            }
          ]
        }
      ]
    }
    "#);
    assert_eq!(report(&server, &["--sandbox", "two", "--fail-on-use"]).0, Some(0));
}
