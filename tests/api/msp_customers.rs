//! The customers of an MSP: GET /mspCustomers and POST /mspecs/query.

use serde_json::{Value, json};

use crate::{
    api::documented,
    support::{COMPANY, CUSTOMER, MSP},
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
