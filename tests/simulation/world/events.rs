//! What happens to a simulator besides requests.

use serde_json::{Value, json};

use super::{Outcome, World, claim, directory::Damage};

/// Moments around which dates are difficult.
const MOMENTS: [&str; 8] = [
    "1970-01-01T00:00:00Z",
    "2024-02-29T23:59:59.999Z",
    "2026-03-10T23:59:59.999Z",
    "2026-12-31T23:59:59Z",
    "2028-02-29T00:00:00Z",
    "2100-02-28T23:59:59Z",
    "2399-12-31T23:59:59Z",
    "9999-12-31T23:59:59Z",
];

impl World<'_> {
    pub(super) async fn turn_clock(&mut self) -> Outcome {
        let longest = self.pick(&[5, 90_000, 90_000, 9_000_000]);
        let seconds = self.below(longest);
        let (path, body) = match self.below(12) {
            0 => ("/_mock/clock", json!({ "now": self.pick(&MOMENTS) })),
            1..=3 => ("/_mock/clock/next", Value::Null),
            _ => ("/_mock/clock/advance", json!({ "by": format!("{seconds}s") })),
        };
        let method = if path == "/_mock/clock" { "PUT" } else { "POST" };
        self.note(format_args!("{method} {path} {body}"));
        let answer = self.ask(method, path, body).await;
        claim(answer.status < 500, &format!("the clock: {answer:?}"))
    }

    pub(super) async fn change_settings(&mut self) -> Outcome {
        let body = match self.below(4) {
            0 => json!({ "style": self.pick(&["documented", "observed"]) }),
            1 => json!({ "refreshDelay": self.pick(&["0s", "2s", "90d"]) }),
            2 => json!({ "sunset": { "mode": self.pick(&["off", "headers"]) } }),
            _ => json!({ "journal": { "entries": 1 + self.below(5) } }),
        };
        self.note(format_args!("settings {body}"));
        let answer = self.ask("PATCH", "/_mock/settings", body).await;
        claim(answer.status < 500, &format!("the settings: {answer:?}"))
    }

    /// From here on some writes are answered with 503, or none are again.
    pub(super) async fn break_writes(&mut self) -> Outcome {
        let times = self.below(6);
        let rules = if (1..3).contains(&times) {
            let rule = json!({ "path": "/assignments", "method": "POST" });
            json!([{ "match": rule, "times": times, "effects": [{ "status": { "code": 503 } }] }])
        } else {
            json!([])
        };
        self.note(format_args!("faults {rules}"));
        self.order("PUT", "/_mock/faults", rules, 200).await
    }

    /// A scenario is loaded, whose files may be broken at this moment.
    pub(super) async fn start_anew(&mut self) -> Outcome {
        let damage = self.pick(&[Damage::None, Damage::None, Damage::NotJson, Damage::Gone, Damage::Directory]);
        self.directory.damage(damage);
        let name = self.pick(&["mine", "mine", "mine", "mine", "grace", "empty"]);
        self.note(format_args!("load {name}, whose files have {damage:?}"));
        let before = self.fingerprint().await;
        let answer = self.ask("POST", &format!("/_mock/scenarios/{name}/load"), Value::Null).await;
        if name == "mine" && damage != Damage::None {
            let same = self.fingerprint().await == before;
            return claim(answer.status >= 400 && same, &format!("a broken scenario changes something: {answer:?}"));
        }
        claim(answer.status == 204, &format!("the load: {answer:?}"))?;
        self.begins_anew();
        self.origin = self.fingerprint().await;
        Ok(())
    }

    pub(super) fn begins_anew(&mut self) {
        self.epoch += 1;
        self.rows.clear();
        self.tainted.extend(self.clients.iter().flatten().filter_map(|client| client.what.revokes()));
    }

    /// A snapshot is taken, something happens, and the snapshot is loaded.
    pub(super) async fn go_back(&mut self) -> Outcome {
        self.note("snapshot, a jump, and back");
        let before = self.reads().await;
        self.order("POST", "/_mock/snapshots", json!({ "name": "here" }), 201).await?;
        self.ask("POST", "/_mock/clock/advance", json!({ "by": "40d" })).await;
        self.order("POST", "/_mock/snapshots/here/load", Value::Null, 204).await?;
        self.begins_anew();
        let after = self.reads().await;
        claim(before == after, "a snapshot that is loaded is not what was saved")
    }

    /// What happens in one sandbox changes nothing in another.
    pub(super) async fn use_another_sandbox(&mut self) -> Outcome {
        self.note("another sandbox comes and goes");
        let before = self.fingerprint().await;
        self.order("POST", "/_mock/sandboxes", json!({ "name": "other" }), 201).await?;
        let (method, path, body) = self.assignment();
        self.ask(method, &format!("/sandboxes/other{path}"), body).await;
        self.ask("POST", "/sandboxes/other/_mock/clock/advance", json!({ "by": "400d" })).await;
        self.order("DELETE", "/_mock/sandboxes/other", Value::Null, 204).await?;
        let after = self.fingerprint().await;
        claim(before == after, "a sandbox changes another one")
    }

    /// I6: the clock gets to a moment in one jump or in two, and finds the same.
    pub(super) async fn one_jump_is_many_steps(&mut self) -> Outcome {
        let (first, second) = (self.below(5_000_000), self.below(5_000_000));
        self.note(format_args!("{first} s and {second} s, at once and one by one"));
        self.order("POST", "/_mock/snapshots", json!({ "name": "fork" }), 201).await?;
        let mut found = Vec::new();
        for steps in [vec![first + second], vec![first, second]] {
            self.order("POST", "/_mock/snapshots/fork/load", Value::Null, 204).await?;
            for seconds in steps {
                self.ask("POST", "/_mock/clock/advance", json!({ "by": format!("{seconds}s") })).await;
            }
            found.push(self.reads().await);
        }
        self.begins_anew();
        claim(found[0] == found[1], "one jump of the clock is not two (I6)")
    }

    /// The state is exported and imported, and all reads stay as they are.
    pub(super) async fn import(&mut self) -> Outcome {
        self.note("export and import");
        let before = self.reads().await;
        let state = self.ask("GET", "/_mock/state", Value::Null).await.json();
        self.order("PUT", "/_mock/state", state, 204).await?;
        self.begins_anew();
        self.origin = self.fingerprint().await;
        let after = self.reads().await;
        claim(before == after, "an imported state is not what was exported")
    }
}
