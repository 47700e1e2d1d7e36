//! The activity socket over a real port, frame by frame. Time passes by turning the sandbox's clock;
//! only pings go by real time.

mod client;

use client::{Server, event};
use r1_entitlements_mock::socket::Pings;
use serde_json::{Value, json};

use crate::support::{COMPANY, MSP};

const REFRESH: &str = "/entitlements/summaries?refresh=true";
const MSP_REFRESH: &str = "/mspEntitlements/summaries?refresh=true";

fn millis(interval: u64, timeout: u64) -> Pings {
    let time = std::time::Duration::from_millis;
    Pings { interval: time(interval), timeout: time(timeout) }
}

#[tokio::test]
async fn a_client_of_version_2_is_greeted_acknowledged_without_its_query_and_answered_to_pings() {
    let app = Server::start().await;
    let mut client = app.connect("?EIO=3&transport=websocket").await;
    let open: Value = serde_json::from_str(client.next().await.strip_prefix('0').unwrap()).unwrap();
    assert_eq!(
        open,
        json!({ "sid": "c42c5a1aa3824138914aea397e20116f", "upgrades": [], "pingInterval": 25000, "pingTimeout": 60000 })
    );
    assert_eq!(client.next().await, "40");
    client.say(&format!("40/activity?token=a.b.c&tenantId={COMPANY},")).await;
    assert_eq!(client.next().await, "40/activity,");
    client.say("2").await;
    assert_eq!(client.next().await, "3");
    client.say("2probe").await;
    assert_eq!(client.next().await, "3probe");
    client.say("40/elsewhere,").await;
    assert_eq!(client.next().await, r#"44/elsewhere,"Invalid namespace""#);
    client.say("41/activity,").await;
    // Once this is answered, that is read.
    client.hears_nothing().await;
    app.refresh(REFRESH, COMPANY).await;
    client.hears_nothing().await;
    client.say("1").await;
    assert_eq!(client.end().await, Some((1000, "the client closed the session".into())));
}

#[tokio::test]
async fn the_path_may_end_with_a_slash_and_eio_may_be_missing() {
    let app = Server::start().await;
    let mut client = app.connect("/?transport=websocket").await;
    assert!(client.next().await.starts_with("0{"));
    assert_eq!(client.next().await, "40");
}

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
async fn where_tokens_are_required_a_dead_one_is_refused_by_either_version() {
    let app = Server::start().await;
    app.require_tokens();
    let refusal = "Please re-login, the session has expired.";
    let mut three = app.connect("?EIO=3&transport=websocket").await.greeted(3).await;
    three.say(&format!("40/activity?token=a.b.c&tenantId={COMPANY},")).await;
    assert_eq!(three.next().await, format!("44/activity,\"{refusal}\""));
    let mut four = app.connect("?EIO=4&transport=websocket").await.greeted(4).await;
    four.say("40/activity,").await;
    assert_eq!(four.next().await, format!("44/activity,{{\"message\":\"{refusal}\"}}"));
    let token = app.token(COMPANY, "r1mock").await;
    three.join(&format!("token={token}&tenantId={COMPANY}")).await;
}

#[tokio::test]
async fn a_client_of_version_4_is_pinged_and_may_authenticate_in_json() {
    let app = Server::with_pings(millis(50, 5_000)).await;
    let mut client = app.connect("?EIO=4&transport=websocket").await;
    let open: Value = serde_json::from_str(client.next().await.strip_prefix('0').unwrap()).unwrap();
    assert_eq!(open["maxPayload"], 65536);
    client.say(&format!(r#"40/activity,{{"token":"a.b.c","tenantId":"{COMPANY}"}}"#)).await;
    let sid = open["sid"].as_str().unwrap();
    assert_eq!(client.next_but_pings().await, format!(r#"40/activity,{{"sid":"{sid}"}}"#));
    for _ in 0..3 {
        assert_eq!(client.next().await, "2");
        client.say("3").await;
    }
    app.refresh(REFRESH, COMPANY).await;
    assert_eq!(event(&client.next_but_pings().await)["status"], "IN_PROGRESS");
}

#[tokio::test]
async fn a_silent_client_is_let_go() {
    let app = Server::with_pings(millis(30, 30)).await;
    let mut three = app.connect("?EIO=3&transport=websocket").await.greeted(3).await;
    let mut four = app.connect("?EIO=4&transport=websocket").await.greeted(4).await;
    assert_eq!(three.end().await, Some((1008, "the client was silent for too long".into())));
    assert_eq!(four.next().await, "2");
    assert_eq!(four.end().await, Some((1008, "the client was silent for too long".into())));
    app.until_open(0).await;
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
    app.sandbox.reset().unwrap();
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
    // A removed one is told about no more.
    app.registry.remove("one").unwrap();
    by_path.say("2").await;
    assert_eq!(by_path.end().await, Some((1001, "the sandbox was removed".into())));
}

#[tokio::test]
async fn polling_and_unknown_versions_are_refused_with_words() {
    let app = Server::start().await;
    for (query, code, words) in [
        ("EIO=3&transport=polling", 0, "transports: ['websocket']"),
        ("EIO=3", 0, "none was given"),
        ("EIO=5&transport=websocket", 5, "EIO=3 or EIO=4 is expected, \"5\" was given"),
        ("EIO=3&transport=websocket", 3, "a websocket handshake is expected"),
    ] {
        for method in ["GET", "POST"] {
            let answer = app.call(method, &format!("/api/websocket/socket.io/?{query}")).send().await;
            let body = answer.expect(400).json();
            assert_eq!(body["code"], code, "{query}");
            assert!(body["message"].as_str().unwrap().contains(words), "{query}: {body}");
        }
    }
}

#[tokio::test]
async fn a_thousand_sockets_hear_at_once() {
    let app = Server::start().await;
    let mut clients = Vec::new();
    for _ in 0..1_000 {
        clients.push(app.listen(COMPANY).await);
    }
    app.until_open(1_000).await;
    app.refresh(REFRESH, COMPANY).await;
    app.pass(2);
    for client in &mut clients {
        assert_eq!(client.event().await["status"], "IN_PROGRESS");
        assert_eq!(client.event().await["status"], "SUCCESS");
    }
    drop(clients);
    app.until_open(0).await;
}

#[tokio::test]
async fn whoever_does_not_read_is_dropped_and_harms_nobody() {
    let app = Server::with_pings(millis(60_000, 300)).await;
    app.end_at_once();
    let slow = app.listen_with_little_room(COMPANY).await;
    let mut quick = app.listen(COMPANY).await;
    // Far more than fits between the two: events are lost to the backlog, but to no reader.
    for _ in 0..10 {
        for _ in 0..300 {
            app.refresh(REFRESH, COMPANY).await;
        }
        for _ in 0..300 {
            assert_eq!(quick.event().await["status"], "IN_PROGRESS");
            assert_eq!(quick.event().await["status"], "SUCCESS");
        }
    }
    app.until_open(1).await;
    quick.hears_nothing().await;
    drop(slow);
}

#[tokio::test]
async fn a_long_message_or_nonsense_ends_one_connection_at_most() {
    let app = Server::start().await;
    let mut steady = app.listen(COMPANY).await;
    for nonsense in ["", "9", "42", "40/", "40/activity?,,,,", "40,{", "44", "\u{1f980}", "2\u{1f980}"] {
        let mut client = app.connect("?EIO=3&transport=websocket").await.greeted(3).await;
        client.say(nonsense).await;
    }
    let mut client = app.connect("?EIO=3&transport=websocket").await.greeted(3).await;
    client.say(&"2".repeat(100_000)).await;
    client.end().await;
    app.refresh(REFRESH, COMPANY).await;
    assert_eq!(steady.event().await["status"], "IN_PROGRESS");
}

#[tokio::test]
async fn a_server_that_stops_says_goodbye_and_does_not_wait() {
    let app = Server::start().await;
    let mut clients = [app.listen(COMPANY).await, app.listen(MSP).await];
    let stuck = app.connect("?EIO=3&transport=websocket").await;
    app.sockets.close().await;
    for client in &mut clients {
        assert_eq!(client.end().await, Some((1001, "the server stops".into())));
    }
    drop(stuck);
}

#[tokio::test]
async fn whoever_closes_the_session_or_says_too_much_is_told_that_it_is_over() {
    let app = Server::start().await;
    let mut closes = app.listen(COMPANY).await;
    closes.say("1").await;
    assert_eq!(closes.end().await.map(|(code, _)| code), Some(1000));
    let mut shouts = app.listen(COMPANY).await;
    shouts.say(&"x".repeat(100_000)).await;
    assert_eq!(shouts.end().await.map(|(code, _)| code), Some(1009));
    app.until_open(0).await;
}
