//! POST /entitlements/mileageReports/query, in both styles and for each usage type.

use super::*;

#[test]
fn an_unknown_usage_type_is_read_as_self() {
    let mileage = |usage: &str| {
        let body = json!({ "filters": { "licenseType": "APSW", "usageType": usage } });
        post_as(&app(), COMPANY, MILEAGE, &body).ok()["data"].clone()
    };
    assert_ne!(mileage("SELF"), json!([]));
    assert_eq!(mileage("UNKNOWN"), mileage("SELF"));
}

#[test]
fn mileage_has_the_same_dates_in_both_styles() {
    let body = json!({ "filters": { "licenseType": "APSW", "usageType": "ASSIGNED" } });
    for style in [Style::Documented, Style::Observed] {
        let app = app_at("default", "2026-03-10T15:04:05Z", style);
        let row = post(&app, MILEAGE, &body).ok()["data"][0].clone();
        assert_eq!(row["lastDate"], "2026-03-31", "{style:?}");
        assert_eq!(list(&row["availableBreakUp"])[0]["expirationDate"], "2026-03-15", "{style:?}: {row}");
    }
}
