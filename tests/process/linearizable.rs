//! Whatever clients do at the same time, there is an order, one after the other, in which it could have happened: random
//! concurrent histories over sockets, and a search for that order (Wing and Gong).

use std::{
    collections::{BTreeMap, HashSet},
    net::SocketAddr,
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use r1_entitlements_mock::MockServer;
use serde_json::{Value, json};

use crate::support::{CUSTOMER, fixture::Fixture, process::Connection};

/// Licences of the one pool that the histories are about.
const POOL: i64 = 20;

/// What a client asked for, and what it got.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Event {
    /// So many licences; the assignment's id if there were enough.
    Assign(i64, Option<i64>),
    /// An assignment; whether this call revoked it, or it was revoked before.
    Revoke(i64, bool),
    /// How many licences are left.
    Read(i64),
}

/// Counts the sendings and answers of all clients: which of two came first, without a clock.
static MOMENTS: AtomicU64 = AtomicU64::new(0);

fn moment() -> u64 {
    MOMENTS.fetch_add(1, Ordering::SeqCst)
}

/// An event with the moments of its request and its answer.
#[derive(Clone, Debug)]
struct Call {
    sent: u64,
    answered: u64,
    event: Event,
}

/// The system as the reference describes it, without any concurrency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Model {
    /// Quantities of the assignments that are not revoked, and 0 of the others.
    rows: BTreeMap<i64, i64>,
}

impl Model {
    fn left(&self) -> i64 {
        POOL - self.rows.values().sum::<i64>()
    }

    /// The state after an event, if the event is possible.
    fn after(&self, event: &Event) -> Option<Self> {
        let mut next = self.clone();
        let possible = match *event {
            Event::Assign(quantity, Some(id)) => self.left() >= quantity && next.rows.insert(id, quantity).is_none(),
            Event::Assign(quantity, None) => self.left() < quantity,
            Event::Revoke(id, true) => next.rows.insert(id, 0).is_some_and(|quantity| quantity > 0),
            Event::Revoke(id, false) => self.rows.get(&id) == Some(&0),
            Event::Read(left) => self.left() == left,
        };
        possible.then_some(next)
    }
}

/// Whether the calls have an order in which each is possible and none comes after one that was sent when it was answered.
fn is_linearizable(calls: &[Call]) -> bool {
    search(calls, 0, &Model::default(), &mut HashSet::new())
}

/// `done` has a bit for each call that has its place in the order.
fn search(calls: &[Call], done: u64, model: &Model, seen: &mut HashSet<(u64, Model)>) -> bool {
    let open = || calls.iter().enumerate().filter(|(n, _)| done & (1 << n) == 0);
    let Some(first_answer) = open().map(|(_, call)| call.answered).min() else { return true };
    if !seen.insert((done, model.clone())) {
        return false;
    }
    open()
        .filter(|(_, call)| call.sent <= first_answer)
        .any(|(n, call)| model.after(&call.event).is_some_and(|next| search(calls, done | (1 << n), &next, seen)))
}

fn http(to: SocketAddr, request: &str, body: &Value) -> (u16, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut connection = Connection::to(to);
    connection.send_json(request, &body);
    let answer = connection.read();
    (answer.status, serde_json::from_slice(answer.bytes()).unwrap_or_default())
}

fn assign(to: SocketAddr, quantity: i64) -> Event {
    let row = json!({ "deviceType": "MSP_APSW", "quantity": quantity });
    let body = json!({ "mspEcTenantId": CUSTOMER, "endDate": "2026-04-01", "assignments": [row] });
    match http(to, "POST /assignments", &body) {
        (201, made) => Event::Assign(quantity, made["assignments"][0]["id"].as_i64()),
        (409, refused) if refused["errorBrief"] == "INSUFFICIENT_MSP_ENTITLEMENTS" => Event::Assign(quantity, None),
        other => panic!("{other:?}"),
    }
}

fn revoke(to: SocketAddr, id: i64) -> Event {
    match http(to, "DELETE /assignments", &json!([{ "assignmentId": id }])) {
        (204, _) => Event::Revoke(id, true),
        (409, refused) if refused["errorBrief"] == "ASSIGNMENT_ALREADY_REVOKED" => Event::Revoke(id, false),
        other => panic!("{other:?}"),
    }
}

fn read(to: SocketAddr) -> Event {
    let (status, rows) = http(to, "GET /assignments/summaries", &Value::Null);
    assert_eq!(status, 200);
    Event::Read(rows[0]["remainingDevices"].as_i64().unwrap())
}

/// What four clients do at the same time, five calls each.
fn history(to: SocketAddr, number: usize) -> Vec<Call> {
    let made: Arc<Mutex<Vec<i64>>> = Arc::default();
    let together = Arc::new(Barrier::new(4));
    let clients = (0..4).map(|client| {
        let (made, together) = (Arc::clone(&made), Arc::clone(&together));
        thread::spawn(move || {
            together.wait();
            let mut calls = Vec::new();
            for turn in 0..5 {
                let known = made.lock().unwrap().clone();
                let choice = number * 31 + client * 7 + turn * 3;
                let sent = moment();
                let event = match (choice % 5, known.get(choice % known.len().max(1))) {
                    (0, _) | (_, None) => assign(to, 1 + i64::try_from(choice % 9).unwrap()),
                    (1 | 2, Some(id)) => revoke(to, *id),
                    (3, _) => assign(to, 8),
                    _ => read(to),
                };
                calls.push(Call { sent, answered: moment(), event: event.clone() });
                if let Event::Assign(_, Some(id)) = event {
                    made.lock().unwrap().push(id);
                }
            }
            calls
        })
    });
    let clients: Vec<_> = clients.collect();
    clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
}

#[test]
fn concurrent_histories_are_linearizable() {
    let pool = json!({ "id": "1-1", "deviceType": "MSP_APSW", "sku": "CLD-PROF-APSW-MSP1", "quantity": POOL, "effectiveDate": "today-9d", "expirationDate": "today+90d" });
    let fixture = Fixture::new()
        .with("msp-entitlements.json", json!({ crate::support::MSP: [pool] }))
        .without("assignments.json")
        .write();
    let server = MockServer::builder()
        .scenario(fixture.path.to_str().unwrap())
        .frozen_at("2026-03-10T12:00:00Z")
        .start_blocking();
    let server = server.unwrap();
    for number in 0..40 {
        server.reset().unwrap();
        let calls = history(server.address(), number);
        assert!(is_linearizable(&calls), "history {number}: {calls:#?}");
    }
}

#[test]
fn a_history_without_an_order_is_found() {
    let call = |sent, answered, event| Call { sent, answered, event };
    let assigned = call(0, 1, Event::Assign(8, Some(1)));
    // Another client reads at the same time: either is right. Later, only one is.
    for left in [20, 12] {
        assert!(is_linearizable(&[assigned.clone(), call(0, 2, Event::Read(left))]), "{left}");
    }
    assert!(!is_linearizable(&[assigned.clone(), call(2, 3, Event::Read(20))]), "a stale read");
    let revoked = |sent| call(sent, 9, Event::Revoke(1, true));
    assert!(!is_linearizable(&[assigned.clone(), revoked(2), revoked(3)]), "revoked twice");
    let both = [assigned, call(0, 9, Event::Assign(13, Some(2)))];
    assert!(!is_linearizable(&both), "more than there is");
}
