//! Events: who hears which activity, and when.

use r1_entitlements_mock::sandbox::Kept;
use serde_json::{Value, json};

use crate::{
    socket::{MSP_REFRESH, REFRESH, client::Server},
    support::{COMPANY, MSP},
};

#[tokio::test]
async fn a_refresh_is_told_when_it_begins_and_when_it_ends() {
    let app = Server::start().await;
    let mut client = app.listen(COMPANY).await;
    let id = app.refresh(REFRESH, COMPANY).await;
    insta::assert_json_snapshot!(client.event().await, @r#"
    {
      "requestId": "c42c5a1a-a382-4138-914a-ea397e20116f",
      "tenantId": "c0000000000000000000000000000001",
      "admin": {
        "name": "Application r1mock",
        "email": ""
      },
      "product": "WIFI",
      "status": "IN_PROGRESS",
      "useCase": "Refresh License",
      "descriptionTemplate": "Licenses of @@tenantName are refreshed from the licensing system",
      "descriptionData": [
        {
          "name": "tenantName",
          "value": "Dunmore Logistics"
        }
      ],
      "steps": [
        {
          "id": "RefreshLicense",
          "status": "IN_PROGRESS",
          "progressType": "REQUEST",
          "message": "",
          "startDatetime": "2026-03-10 12:00:00 +0000"
        }
      ],
      "notifications": [],
      "startDatetime": "2026-03-10 12:00:00 +0000",
      "linkTemplate": "",
      "linkData": []
    }
    "#);
    client.hears_nothing().await;
    app.pass(2);
    insta::assert_json_snapshot!(client.event().await, @r#"
    {
      "requestId": "c42c5a1a-a382-4138-914a-ea397e20116f",
      "tenantId": "c0000000000000000000000000000001",
      "admin": {
        "name": "Application r1mock",
        "email": ""
      },
      "product": "WIFI",
      "status": "SUCCESS",
      "useCase": "Refresh License",
      "descriptionTemplate": "Licenses of @@tenantName are refreshed from the licensing system",
      "descriptionData": [
        {
          "name": "tenantName",
          "value": "Dunmore Logistics"
        }
      ],
      "steps": [
        {
          "id": "RefreshLicense",
          "status": "SUCCESS",
          "progressType": "REQUEST",
          "message": "",
          "startDatetime": "2026-03-10 12:00:00 +0000",
          "endDatetime": "2026-03-10 12:00:02 +0000"
        }
      ],
      "notifications": [],
      "startDatetime": "2026-03-10 12:00:00 +0000",
      "endDatetime": "2026-03-10 12:00:02 +0000",
      "linkTemplate": "",
      "linkData": []
    }
    "#);
    client.hears_nothing().await;
    assert_eq!(app.activity(&id, COMPANY).await["status"], "SUCCESS");
}

#[tokio::test]
async fn a_refresh_that_fails_says_why_in_json_in_a_string() {
    let app = Server::with_scenario("refresh-fails").await;
    let tenant = app.default_tenant();
    let mut client = app.listen(&tenant).await;
    let id = app.refresh(REFRESH, &tenant).await;
    assert_eq!(client.event().await["status"], "IN_PROGRESS");
    app.pass(60);
    let failed = client.event().await;
    assert_eq!((&failed["status"], &failed["steps"][0]["status"]), (&json!("FAIL"), &json!("FAIL")));
    let error: Value = serde_json::from_str(failed["error"].as_str().unwrap()).unwrap();
    assert_eq!(error["requestId"], id);
    assert!(error["errors"][0]["code"].as_str().unwrap().starts_with("ENTITLEMENT-"));
    assert_eq!(error["errors"][0]["message"], failed["steps"][0]["message"]);
}

#[tokio::test]
async fn each_refresh_has_the_use_case_that_the_ui_waits_for() {
    let app = Server::start().await;
    let mut client = app.listen(MSP).await;
    app.refresh(REFRESH, MSP).await;
    app.refresh(MSP_REFRESH, MSP).await;
    assert_eq!(client.event().await["useCase"], "Refresh License");
    assert_eq!(client.event().await["useCase"], "MSP license refresh flow");
}

#[tokio::test]
async fn a_refresh_that_ends_at_once_still_begins_first() {
    let app = Server::start().await;
    app.end_at_once();
    let mut client = app.listen(COMPANY).await;
    app.refresh(REFRESH, COMPANY).await;
    assert_eq!(client.event().await["status"], "IN_PROGRESS");
    assert_eq!(client.event().await["status"], "SUCCESS");
}

#[tokio::test]
async fn two_clients_hear_the_same_and_another_tenant_hears_nothing() {
    let app = Server::start().await;
    let mut first = app.listen(COMPANY).await;
    let mut second = app.listen(COMPANY).await;
    let mut other = app.listen(MSP).await;
    let mut nobody = app.listen("ffffffffffffffffffffffffffffffff").await;
    let mut garbage = app.listen("nonsense").await;
    app.refresh(REFRESH, COMPANY).await;
    app.pass(2);
    for expected in ["IN_PROGRESS", "SUCCESS"] {
        let event = first.event().await;
        assert_eq!(event["status"], expected);
        assert_eq!(second.event().await, event);
    }
    for client in [&mut other, &mut nobody, &mut garbage] {
        client.hears_nothing().await;
    }
}

#[tokio::test]
async fn whose_activities_a_client_hears_is_said_by_its_tenant_or_else_by_its_token() {
    let app = Server::start().await;
    let token = app.token(COMPANY, "r1mock").await;
    let msp_token = app.token(MSP, "r1mock").await;
    let customer = "ec000000000000000000000000000001";
    for (query, tenant) in [
        (format!("tenantId={COMPANY}"), COMPANY),
        (format!("token={token}"), COMPANY),
        (format!("token={token}&tenantId={COMPANY}"), COMPANY),
        (format!("token=unreadable&tenantId={COMPANY}"), COMPANY),
        (format!("token={msp_token}&tenantId={customer}"), customer),
        (String::new(), MSP),
    ] {
        // Once in the handshake, once behind the namespace.
        let mut early = app.connect(&format!("?EIO=3&transport=websocket&{query}")).await.greeted(3).await;
        early.join("").await;
        let mut late = app.connect("?EIO=3&transport=websocket").await.greeted(3).await;
        late.join(&query).await;
        app.refresh(REFRESH, tenant).await;
        assert_eq!(early.event().await["tenantId"], tenant, "{query}");
        assert_eq!(late.event().await["tenantId"], tenant, "{query}");
    }
    // A tenant that is no business of the token's.
    let mut foreign = app.connect("?EIO=3&transport=websocket").await.greeted(3).await;
    foreign.join(&format!("token={token}&tenantId={MSP}")).await;
    app.refresh(REFRESH, MSP).await;
    foreign.hears_nothing().await;
}

#[tokio::test]
async fn whoever_connects_anew_hears_what_happens_from_then_on() {
    let app = Server::start().await;
    let mut before = app.listen(COMPANY).await;
    app.refresh(REFRESH, COMPANY).await;
    assert_eq!(before.event().await["status"], "IN_PROGRESS");
    drop(before);
    let mut after = app.listen(COMPANY).await;
    app.pass(2);
    assert_eq!(after.event().await["status"], "SUCCESS");
    after.hears_nothing().await;
}

#[tokio::test]
async fn a_reset_is_no_news_and_the_same_refresh_after_it_is() {
    let app = Server::start().await;
    app.end_at_once();
    let mut client = app.listen(COMPANY).await;
    let first = app.refresh(REFRESH, COMPANY).await;
    assert_eq!(
        [client.event().await["status"].clone(), client.event().await["status"].clone()],
        ["IN_PROGRESS", "SUCCESS"]
    );
    app.sandbox.reset_keeping(&[Kept::Settings]).unwrap();
    client.hears_nothing().await;
    assert_eq!(app.refresh(REFRESH, COMPANY).await, first);
    assert_eq!(
        [client.event().await["status"].clone(), client.event().await["status"].clone()],
        ["IN_PROGRESS", "SUCCESS"]
    );
}

#[tokio::test]
async fn a_sandbox_is_heard_by_those_who_mean_it_and_by_nobody_else() {
    let app = Server::start().await;
    let one = app.registry.create("one", None, None).unwrap();
    let token = one.token().unwrap();
    let mut root = app.listen(MSP).await;
    let mut by_path = app.connect_at("/sandboxes/one/api/websocket/socket.io/?EIO=3&transport=websocket", &[]).await;
    let mut by_host =
        app.connect_at("/api/websocket/socket.io/?EIO=3&transport=websocket", &[("host", "one.localhost:8080")]).await;
    let mut by_header =
        app.connect_at("/api/websocket/socket.io/?EIO=3&transport=websocket", &[("x-mock-sandbox", "one")]).await;
    let mut by_token =
        app.connect_at(&format!("/api/websocket/socket.io/?EIO=3&transport=websocket&token={token}"), &[]).await;
    let clients = [&mut by_path, &mut by_host, &mut by_header, &mut by_token];
    for client in clients {
        client.next().await;
        client.next().await;
        client.join("").await;
    }
    app.refresh("/sandboxes/one/entitlements/summaries?refresh=true", MSP).await;
    for client in [&mut by_path, &mut by_host, &mut by_header, &mut by_token] {
        assert_eq!(client.event().await["status"], "IN_PROGRESS");
    }
    root.hears_nothing().await;
    // Its time is its own, too.
    app.pass(2);
    by_path.hears_nothing().await;
    // A removed one gets no more events.
    app.registry.remove("one").unwrap();
    by_path.say("2").await;
    assert_eq!(by_path.end().await, Some((1001, "the sandbox was removed".into())));
}
