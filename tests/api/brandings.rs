//! /brandings and /mspLabels.

use serde_json::json;

use crate::{
    api::documented,
    support::{COMPANY, MSP},
};

#[tokio::test]
async fn an_msp_has_a_label_under_both_names_and_others_an_empty_one() {
    let app = documented();
    for path in ["/brandings", "/mspLabels"] {
        assert_eq!(app.get_as(MSP, path).await, json!({ "msp_label": "northgate-managed-networks" }));
        assert_eq!(app.get_as(COMPANY, path).await, json!({ "msp_label": "" }));
    }
}
