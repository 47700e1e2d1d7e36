//! Which operations are simulated. Pure.

use std::collections::BTreeMap;

use axum::http::Method;

use crate::catalogue::{Operation, Operations};

/// What the activity socket is called, beside the operations.
pub const SOCKET: &str = "activitySocket";

/// Which operations are simulated: all, but for those that somebody said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Path template, method, and whether the operation is simulated.
    operations: BTreeMap<String, BTreeMap<String, bool>>,
    socket: bool,
}

impl Choice {
    /// Only these or all but those of the operations, by their ids. None means all.
    pub fn new(operations: &Operations, only: &[String], except: &[String]) -> Result<Self, String> {
        let ids: Vec<&str> = operations.iter().map(|operation| &*operation.id).chain([SOCKET]).collect();
        for asked in only.iter().chain(except) {
            if !ids.contains(&asked.as_str()) {
                return Err(unknown(asked, &ids));
            }
        }
        let is_simulated =
            |id: &str| (only.is_empty() || only.iter().any(|one| one == id)) && !except.iter().any(|other| other == id);
        let mut choice = Self { operations: BTreeMap::new(), socket: is_simulated(SOCKET) };
        for Operation { id, method, path } in operations.iter() {
            let methods = choice.operations.entry(path.clone()).or_default();
            methods.insert(method.to_string(), is_simulated(id));
        }
        Ok(choice)
    }

    /// Whether a request is answered here. `route` is the template of its path, if there is one.
    pub fn simulates(&self, method: &Method, route: Option<&str>) -> bool {
        // Somewhere else there is not even where it would go.
        if *method == Method::CONNECT {
            return true;
        }
        let Some(route) = route else { return false };
        // What is no operation, such as the document itself, is always answered here.
        let Some(methods) = self.operations.get(route) else { return true };
        match method.as_str() {
            // Only who answers for all methods knows which there are.
            "OPTIONS" => methods.values().all(|simulated| *simulated),
            "HEAD" => methods.get("GET").copied().unwrap_or(false),
            other => methods.get(other).copied().unwrap_or(false),
        }
    }

    /// Whether the activity socket is answered here.
    pub fn simulates_socket(&self) -> bool {
        self.socket
    }
}

fn unknown(asked: &str, ids: &[&str]) -> String {
    let nearest = ids.iter().max_by(|a, b| strsim::jaro_winkler(asked, a).total_cmp(&strsim::jaro_winkler(asked, b)));
    let nearest = nearest.map(|id| format!("; did you mean {id}?")).unwrap_or_default();
    format!("\"{asked}\" is no operation that is simulated{nearest} All of them: {}", ids.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(only: &[&str], except: &[&str]) -> Result<Choice, String> {
        let operation =
            |(method, path, id): (Method, &str, &str)| Operation { id: id.into(), method, path: path.into() };
        let operations: Operations = [
            (Method::GET, "/banners", "getBanners"),
            (Method::GET, "/assignments", "list"),
            (Method::DELETE, "/assignments", "revoke"),
            (Method::GET, "/tenants/{id}", "getTenant"),
        ]
        .map(operation)
        .into_iter()
        .collect();
        let owned = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        Choice::new(&operations, &owned(only), &owned(except))
    }

    #[track_caller]
    fn check(choice: &Choice, method: &Method, route: Option<&str>, simulated: bool) {
        assert_eq!(choice.simulates(method, route), simulated, "{method} {route:?}");
    }

    #[test]
    fn all_operations_are_simulated_but_nothing_else() {
        let all = choice(&[], &[]).unwrap();
        check(&all, &Method::GET, Some("/banners"), true);
        check(&all, &Method::HEAD, Some("/banners"), true);
        check(&all, &Method::OPTIONS, Some("/banners"), true);
        check(&all, &Method::PUT, Some("/banners"), false);
        check(&all, &Method::GET, Some("/tenants/{id}"), true);
        check(&all, &Method::GET, Some("/openapi.json"), true);
        check(&all, &Method::GET, None, false);
        assert!(all.simulates_socket());
    }

    #[test]
    fn operations_can_be_chosen_and_left_out() {
        let only = choice(&["revoke"], &[]).unwrap();
        check(&only, &Method::DELETE, Some("/assignments"), true);
        check(&only, &Method::GET, Some("/assignments"), false);
        check(&only, &Method::OPTIONS, Some("/banners"), false);
        assert!(!only.simulates_socket());
        let except = choice(&[], &["revoke", SOCKET]).unwrap();
        check(&except, &Method::DELETE, Some("/assignments"), false);
        check(&except, &Method::GET, Some("/assignments"), true);
        check(&except, &Method::OPTIONS, Some("/assignments"), false);
        check(&except, &Method::CONNECT, None, true);
        assert!(!except.simulates_socket());
        let error = choice(&["getBaners"], &[]).unwrap_err();
        assert!(error.contains("did you mean getBanners?"), "{error}");
    }
}
