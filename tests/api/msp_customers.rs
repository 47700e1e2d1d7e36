//! The customers of an MSP: GET /mspCustomers and POST /mspecs/query.

use serde_json::{Value, json};

use crate::{
    api::documented,
    support::{App, COMPANY, CUSTOMER, MSP},
};

#[tokio::test]
async fn an_msp_reads_its_customers_and_queries_them() {
    let app = documented();
    let customers = app.ask(MSP, "GET /mspCustomers", Value::Null).await;
    assert_eq!(customers.check(200).json()[0]["tenant_id"], CUSTOMER);
    app.ask(COMPANY, "GET /mspCustomers", Value::Null).await.check(400);
    let asked = json!({ "fields": ["id", "name"], "filters": { "tenantType": ["MSP_EC"] }, "sortField": "name", "sortOrder": "DESC", "pageSize": 1 });
    let ecs = app.ask(MSP, "POST /mspecs/query", asked).await;
    insta::assert_json_snapshot!(ecs.json(), @r#"
    {
      "fields": [
        "id",
        "name"
      ],
      "totalCount": 3,
      "page": 1,
      "pageSize": 1,
      "data": [
        {
          "id": "ec000000000000000000000000000003",
          "name": "Cedar Hill Schools"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn customers_come_with_their_entitlements_and_all_of_them_without_paging() {
    let app = App::new("large");
    let all = app.ask(MSP, "POST /mspecs/query", json!({})).await.ok();
    assert_eq!((all["data"].as_array().unwrap().len(), &all["totalCount"]), (100, &json!(100)));
    let page = app.ask(MSP, "POST /mspecs/query", json!({ "page": 2, "pageSize": 30 })).await.ok();
    assert_eq!(page["data"], json!(all["data"].as_array().unwrap()[30..60]));
    let ecs = documented().ask(MSP, "POST /mspecs/query", json!({})).await.ok();
    insta::assert_json_snapshot!(ecs["data"][0], @r#"
    {
      "accountTier": "Gold",
      "accountType": "PAID",
      "apSwLicenses": 160,
      "edgeLicenses": 0,
      "entitlementId": "140361101",
      "entitlements": [
        {
          "accountType": "PAID",
          "consumed": "142",
          "entitlementDeviceType": "DVCNWTYPE_APSW",
          "expirationDate": "2027-02-03T23:59:59Z",
          "expirationDateTs": "1801699199000",
          "futureOfComplianceDate": "1801699200000",
          "futureOutOfComplianceDevices": "22",
          "outOfComplianceDevices": "0",
          "quantity": "160",
          "tenantId": "ec000000000000000000000000000001",
          "toBeRemovedQuantity": 0,
          "type": "entitlement"
        },
        {
          "accountType": "PAID",
          "consumed": "41",
          "entitlementDeviceType": "DVCNWTYPE_SLTN_TOKEN",
          "expirationDate": "2027-02-03T23:59:59Z",
          "expirationDateTs": "1801699199000",
          "futureOfComplianceDate": "1801699200000",
          "futureOutOfComplianceDevices": "41",
          "outOfComplianceDevices": "0",
          "quantity": "60",
          "tenantId": "ec000000000000000000000000000001",
          "toBeRemovedQuantity": 0,
          "type": "entitlement"
        }
      ],
      "expirationDate": "2027-02-03T23:59:59Z",
      "id": "ec000000000000000000000000000001",
      "name": "Alder Street Clinics",
      "status": "Active",
      "switchLicenses": 0,
      "tenantType": "MSP_EC",
      "wifiLicenses": 0
    }
    "#);
}
