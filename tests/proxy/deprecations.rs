//! Deprecated operations that go to the upstream.

use axum::{Router, routing};
use r1_entitlements_mock::{
    proxy::{Config, choice::Choice},
    sandbox::deprecations::{Mode, Sunset},
};
use serde_json::json;

use crate::proxy::helpers::{config, get, mock, serve};

#[tokio::test]
async fn a_deprecated_operation_that_is_passed_on_is_counted_but_phased_out_by_the_upstream_alone() {
    let own = [("deprecation", "@1"), ("sunset", "Sun, 06 Nov 2044 08:49:37 GMT"), ("link", "</new>; rel=\"next\"")];
    let app = Router::new()
        .route("/banners", routing::get(move || async move { (own, "[]") }))
        .fallback(|| async { "other" });
    let real = format!("http://{}", serve(app).await);
    let banners = "getBanners_1".to_owned();
    let mock = mock(Config { choice: Choice::new(&[], &[banners]).unwrap(), ..config(&real) });
    mock.registry.root.change_settings(|settings| {
        settings.sunset =
            Sunset { mode: Mode::Gone, date: "2020-01-01T00:00:00Z".parse().unwrap(), ..Sunset::default() };
    });

    let (status, headers, _) = get(&mock, "/banners").await;
    assert_eq!(status, 200);
    for (name, value) in own {
        assert_eq!(headers.get_all(name).iter().collect::<Vec<_>>(), [value]);
    }
    assert_eq!(get(&mock, "/mspEntitlements").await.0, 410, "what is simulated is still phased out here");
    let (_, _, report) = get(&mock, "/_mock/deprecations").await;
    let usage = report["operations"].as_array().unwrap().iter().find(|row| row["operation"] == "GET /banners");
    assert_eq!((&usage.unwrap()["calls"], &usage.unwrap()["gone"]), (&json!(1), &json!(0)));
}
