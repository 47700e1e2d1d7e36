//! Which media type an answer has.

use serde_json::json;

use crate::{
    api::{documented, observed},
    support::COMPANY,
};

#[tokio::test]
async fn errors_have_the_media_type_that_is_accepted() {
    const V1: &str = "application/vnd.ruckus.v1+json";
    const V1_1: &str = "application/vnd.ruckus.v1.1+json";
    const PLAIN: &str = "application/json";
    let app = observed();
    let banners = "POST /entitlements/banners/query";
    let foreign = ("x-rks-tenantid", "00000000000000000000000000000009");
    for (operation, headers, status, media_type) in [
        (banners, vec![("accept", V1)], 500, V1),
        (banners, vec![("accept", V1_1)], 500, V1_1),
        (banners, vec![("accept", "*/*")], 500, PLAIN),
        (banners, vec![], 500, PLAIN),
        (banners, vec![("accept", V1), foreign], 404, V1),
        (banners, vec![("accept", V1), ("x-mock-outcome", "503")], 503, V1),
        (banners, vec![("accept", "text/html")], 406, PLAIN),
        ("GET /entitlements?type=x", vec![("accept", V1)], 400, V1),
        (
            "POST /entitlements/availabilityReports/query",
            vec![("accept", "application/vnd.ruckus.v2+json")],
            400,
            "application/vnd.ruckus.v2+json",
        ),
        ("GET /nothing", vec![("accept", V1)], 404, PLAIN),
    ] {
        let answer = app.ask_with(operation, &headers, json!({})).await;
        assert_eq!(
            (answer.status, &answer.headers["content-type"]),
            (status, &media_type.parse().unwrap()),
            "{operation} {headers:?}: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn answers_come_in_the_media_type_asked_for_where_there_is_such_a_version() {
    let app = documented();
    for (path, media_type, status) in [
        ("/entitlements/query", "application/vnd.ruckus.v1+json", 200),
        ("/entitlements/query", "application/vnd.ruckus.v1.1+json", 200),
        ("/entitlements/banners/query", "application/vnd.ruckus.v1.1+json", 200),
        ("/entitlements/utilizations/query", "application/vnd.ruckus.v1.1+json", 200),
        ("/entitlements/compliances/query", "application/vnd.ruckus.v1+json", 200),
        ("/entitlements/compliances/query", "application/vnd.ruckus.v1.1+json", 406),
        ("/entitlements/query", "text/html", 406),
    ] {
        let headers = [("accept", media_type), ("content-type", media_type), ("x-rks-tenantid", COMPANY)];
        let answer = app.ask_with(&format!("POST {path}"), &headers, json!({ "filters": {} })).await;
        answer.check(status);
        if status == 200 {
            assert_eq!(answer.header("content-type"), media_type);
        }
    }
}
