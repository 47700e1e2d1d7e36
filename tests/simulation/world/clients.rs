//! Clients: what they ask, how far their requests are, and what they learn from the answers.

use std::{
    pin::Pin,
    task::{Context, Poll, Waker},
};

use serde_json::{Value, json};

use super::{
    CLIENTS, CUSTOMERS, MSP, Outcome, World, claim,
    http::{Answer, READS, Request, call},
};

/// A request that has been sent and not been answered.
pub(super) struct UnderWay {
    pub(super) what: What,
    epoch: usize,
    answer: Pin<Box<dyn Future<Output = Answer>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Read,
    Assign,
    Revoke(i64),
    Change(i64),
    Refresh,
}

impl What {
    /// The row that the request revokes.
    pub(super) fn revokes(self) -> Option<i64> {
        match self {
            Self::Revoke(id) | Self::Change(id) => Some(id),
            Self::Read | Self::Assign | Self::Refresh => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Valid,
    Revoked,
    /// A request that would revoke it was cut off.
    Unknown,
}

impl World<'_> {
    pub(super) fn send(&mut self) {
        let Some(free) = self.clients.iter().position(Option::is_none) else { return };
        let ids: Vec<i64> = self.rows.keys().copied().chain([1]).collect();
        let (what, request): (What, Request) = match self.below(6) {
            0 | 1 => (What::Assign, self.assignment()),
            2 => {
                let id = self.pick(&ids);
                (What::Revoke(id), ("DELETE", "/assignments".to_owned(), json!([{ "assignmentId": id }])))
            }
            3 => {
                let (id, quantity) = (self.pick(&ids), self.below(60));
                let body = json!([{ "assignmentId": id, "quantity": quantity }]);
                (What::Change(id), ("PATCH", "/assignments".to_owned(), body))
            }
            4 => {
                let path =
                    self.pick(&["/entitlements/summaries?refresh=true", "/mspEntitlements/summaries?refresh=true"]);
                (What::Refresh, ("GET", path.to_owned(), Value::Null))
            }
            _ => (What::Read, ("GET", self.pick(&READS).to_owned(), Value::Null)),
        };
        self.note(format_args!("client {free}: {} {} {}", request.0, request.1, request.2));
        let pieces = 1 + self.below(3);
        let answer = Box::pin(call(self.router.clone(), MSP, request, pieces));
        self.clients[free] = Some(UnderWay { what, epoch: self.epoch, answer });
    }

    pub(super) fn assignment(&mut self) -> Request {
        let (customer, quantity, day) = (self.pick(&CUSTOMERS), self.below(30), self.below(28) + 1);
        let end = format!("{}-05-{day:02}", self.pick(&[2026, 2030, 2030, 2030]));
        let rows = json!([{ "deviceType": "MSP_APSW", "quantity": quantity }]);
        let body = json!({ "mspEcTenantId": customer, "endDate": end, "assignments": rows });
        ("POST", "/assignments".to_owned(), body)
    }

    /// Lets the request of one client go on.
    pub(super) fn poll(&mut self) -> Outcome {
        let which = self.below(CLIENTS);
        let Some(client) = &mut self.clients[which] else { return Ok(()) };
        let Poll::Ready(answer) = client.answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
            return Ok(());
        };
        let (what, epoch) = (client.what, client.epoch);
        self.clients[which] = None;
        self.note(format_args!("client {which}: {}", answer.status));
        let known = [200, 201, 202, 204, 400, 404, 409, 503];
        claim(known.contains(&answer.status), &format!("{what:?} is answered with {answer:?}"))?;
        if epoch == self.epoch { self.learn(what, &answer) } else { Ok(()) }
    }

    /// What an answer says about the rows.
    pub(super) fn learn(&mut self, what: What, answer: &Answer) -> Outcome {
        let done = answer.status < 300;
        if let Some(id) = what.revokes() {
            let others = self.clients.iter().flatten().any(|other| other.what.revokes() == Some(id));
            let fate = self.rows.get(&id).copied();
            if done {
                claim(fate != Some(Fate::Revoked), &format!("assignment {id} was revoked twice"))?;
                self.rows.insert(id, Fate::Revoked);
            } else if answer.json()["errorBrief"] == "ASSIGNMENT_ALREADY_REVOKED" {
                let why = format!("assignment {id} is said to be revoked, and nobody revoked it");
                claim(fate != Some(Fate::Valid) || others, &why)?;
            }
        }
        if done && matches!(what, What::Assign | What::Change(_)) {
            for row in answer.json()["assignments"].as_array().into_iter().flatten() {
                let id = row["id"].as_i64().unwrap_or_default();
                let fate = if self.tainted.contains(&id) { Fate::Unknown } else { Fate::Valid };
                let known = self.rows.insert(id, fate);
                claim(known.is_none(), &format!("assignment {id} was made twice"))?;
            }
        }
        Ok(())
    }

    /// A client goes away, wherever its request is.
    pub(super) fn cut_off(&mut self) {
        let which = self.below(CLIENTS);
        if let Some(client) = self.clients[which].take() {
            self.note(format_args!("client {which} goes away"));
            if let Some(fate) = client.what.revokes().and_then(|id| self.rows.get_mut(&id))
                && *fate == Fate::Valid
            {
                *fate = Fate::Unknown;
            }
        }
    }
}
