//! Sessions: greeting, pings, refusals, ends.

use r1_entitlements_mock::socket::Pings;
use serde_json::{Value, json};

use crate::{
    socket::{
        REFRESH,
        client::{Server, event},
    },
    support::{COMPANY, MSP},
};

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
async fn a_client_that_closes_the_session_or_sends_too_much_gets_a_close() {
    let app = Server::start().await;
    let mut closes = app.listen(COMPANY).await;
    closes.say("1").await;
    assert_eq!(closes.end().await.map(|(code, _)| code), Some(1000));
    let mut shouts = app.listen(COMPANY).await;
    shouts.say(&"x".repeat(100_000)).await;
    assert_eq!(shouts.end().await.map(|(code, _)| code), Some(1009));
    app.until_open(0).await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_dropped_and_harms_no_other() {
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
