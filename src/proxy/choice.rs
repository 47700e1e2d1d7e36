//! Which operations are simulated. Pure.

use axum::http::Method;

use crate::{
    catalogue::{ACTIVITY_SOCKET_ID, OPERATIONS, Route},
    support::suggest::nearest,
};

/// Which operations are simulated: all, unless a list says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The ids of the operations that the upstream answers.
    proxied: Vec<&'static str>,
}

impl Choice {
    /// Simulates only these operations, or all except those, by operationId. Empty lists mean all.
    pub fn new(only: &[String], except: &[String]) -> Result<Self, String> {
        let ids = || OPERATIONS.iter().map(|operation| operation.id).chain([ACTIVITY_SOCKET_ID]);
        for asked in only.iter().chain(except) {
            if !ids().any(|id| id == asked) {
                return Err(unknown(asked, &ids().collect::<Vec<_>>()));
            }
        }
        let is_simulated =
            |id: &str| (only.is_empty() || only.iter().any(|one| one == id)) && !except.iter().any(|other| other == id);
        Ok(Self { proxied: ids().filter(|id| !is_simulated(id)).collect() })
    }

    /// Whether the simulator answers a request. `route` is that of its path, if the API has the path.
    pub fn simulates(&self, method: &Method, route: Option<&Route>) -> bool {
        // A tunnel to the upstream would not say where it leads.
        if *method == Method::CONNECT {
            return true;
        }
        let Some(route) = route else { return false };
        if route.is_page() {
            return true;
        }
        // Only a server that answers all methods of a path knows which there are.
        if *method == Method::OPTIONS {
            return route.operations.iter().all(|operation| self.has(operation.id));
        }
        route.operation(method).is_some_and(|operation| self.has(operation.id))
    }

    /// Whether the simulator answers the activity socket.
    pub fn simulates_socket(&self) -> bool {
        self.has(ACTIVITY_SOCKET_ID)
    }

    fn has(&self, id: &str) -> bool {
        !self.proxied.contains(&id)
    }
}

fn unknown(asked: &str, ids: &[&str]) -> String {
    let near = nearest(asked, ids.iter().copied());
    format!("\"{asked}\" is not a simulated operation; expected one of {}{near}", ids.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::route;

    fn choice(only: &[&str], except: &[&str]) -> Result<Choice, String> {
        let owned = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        Choice::new(&owned(only), &owned(except))
    }

    #[track_caller]
    fn check(choice: &Choice, method: &Method, path: &str, simulated: bool) {
        assert_eq!(choice.simulates(method, route(path)), simulated, "{method} {path}");
    }

    #[test]
    fn all_operations_are_simulated_and_nothing_else() {
        let all = choice(&[], &[]).unwrap();
        check(&all, &Method::GET, "/banners", true);
        check(&all, &Method::HEAD, "/banners", true);
        check(&all, &Method::OPTIONS, "/banners", true);
        check(&all, &Method::PUT, "/banners", false);
        check(&all, &Method::GET, "/activities/1", true);
        check(&all, &Method::GET, "/openapi.json", true);
        check(&all, &Method::GET, "/venues", false);
        assert!(all.simulates_socket());
    }

    #[test]
    fn operations_can_be_chosen_and_left_out() {
        let only = choice(&["revokeBulkAssignment"], &[]).unwrap();
        check(&only, &Method::DELETE, "/assignments", true);
        check(&only, &Method::GET, "/assignments", false);
        check(&only, &Method::OPTIONS, "/banners", false);
        assert!(!only.simulates_socket());
        let except = choice(&[], &["revokeBulkAssignment", ACTIVITY_SOCKET_ID]).unwrap();
        check(&except, &Method::DELETE, "/assignments", false);
        check(&except, &Method::GET, "/assignments", true);
        check(&except, &Method::OPTIONS, "/assignments", false);
        check(&except, &Method::CONNECT, "/", true);
        assert!(!except.simulates_socket());
        let error = choice(&["getBaners"], &[]).unwrap_err();
        assert!(error.contains("did you mean \"getBanners\"?"), "{error}");
    }
}
