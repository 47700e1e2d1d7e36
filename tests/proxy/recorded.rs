//! What passed through, put into a scenario.

use std::path::Path;

use serde_json::json;

use crate::proxy::helpers::{call, config, get, mock, mock_with, real};

#[tokio::test]
async fn what_passed_through_can_be_put_into_a_scenario() {
    let mock = mock(config(&real().await));
    let rec = "c0000000000000000000000000000001";
    let as_rec = [("host", "localhost"), ("x-rks-tenantid", rec)];
    call(&mock, "GET", "/userProfiles?page=1", &as_rec).await;
    call(&mock, "GET", "/userProfiles?page=2&a=b", &as_rec).await;
    call(&mock, "GET", "/userProfiles?a=b&page=2", &as_rec).await;
    call(&mock, "DELETE", "/venues/1", &[("host", "localhost")]).await;
    get(&mock, "/old").await;
    get(&mock, "/redirect").await;
    call(&mock, "POST", "/oauth2/token", &[("host", "localhost")]).await;
    call(&mock, "PUT", "/venues", &[("host", "localhost")]).await;
    get(&mock, "/banners").await;
    let (status, _, rows) = get(&mock, "/_mock/upstream/recorded").await;
    assert_eq!(status, 200);
    assert_eq!(
        rows,
        json!([
            { "operation": "GET /userProfiles", "query": "page=1", "tenant": rec, "status": 200, "body": { "profileOf": rec } },
            { "operation": "GET /userProfiles", "query": "a=b&page=2", "tenant": rec, "status": 200, "body": { "profileOf": rec } },
            { "operation": "DELETE /venues/1", "query": "", "status": 204 },
            { "operation": "GET /old", "query": "", "status": 200, "body": { "from": "the real one" } },
        ])
    );

    let scenario = std::env::temp_dir().join(format!("r1mock-recorded-{}", std::process::id()));
    std::fs::create_dir_all(&scenario).unwrap();
    for file in Path::new("fixtures/default").read_dir().unwrap().map(Result::unwrap) {
        std::fs::copy(file.path(), scenario.join(file.file_name())).unwrap();
    }
    std::fs::write(scenario.join("overrides.json"), rows.to_string()).unwrap();
    // Without the real system: nobody is there.
    let later = mock_with(scenario.to_str().unwrap(), config("http://127.0.0.1:9"));
    assert_eq!(get(&later, "/old").await.2, json!({ "from": "the real one" }));
    for query in ["page=1", "page=2&a=b", "%61=b&page=2"] {
        let (_, _, body) = call(&later, "GET", &format!("/userProfiles?{query}"), &as_rec).await;
        assert_eq!(body, json!({ "profileOf": rec }), "{query}");
    }
    assert_eq!(call(&later, "DELETE", "/venues/1", &[("host", "localhost")]).await.0, 204);
    for path in ["/userProfiles", "/userProfiles?page=3", "/old?page=1"] {
        assert_eq!(
            call(&later, "GET", path, &as_rec).await.0,
            502,
            "what was not recorded goes to the upstream: {path}"
        );
    }
    std::fs::remove_dir_all(&scenario).unwrap();

    assert_eq!(call(&mock, "DELETE", "/_mock/upstream/recorded", &[("host", "localhost")]).await.0, 204);
    assert_eq!(get(&mock, "/_mock/upstream/recorded").await.2, json!([]));
}
