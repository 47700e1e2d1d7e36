//! The tenant of the page that called. The vendor's UI has it in the path of each page: `/{tenant}/t/..` of a tenant,
//! `/{tenant}/v/..` of an MSP, and `/t/{tenant}` in links (observed).

use axum::http::{HeaderMap, header};

use crate::model::TenantId;

/// The first segment of the path of `Referer` that is the id of a tenant.
pub fn tenant(headers: &HeaderMap) -> Option<&str> {
    let page = headers.get(header::REFERER)?.to_str().ok()?;
    let (_, path) = page.split_once("://")?.1.split_once('/')?;
    let path = path.split(['?', '#']).next()?;
    path.split('/').find(|segment| segment.parse::<TenantId>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(referer: &str, expected: Option<&str>) {
        let headers = HeaderMap::from_iter([(header::REFERER, referer.parse().unwrap())]);
        assert_eq!(tenant(&headers), expected, "{referer}");
    }

    #[test]
    fn the_tenant_is_a_segment_of_the_path() {
        let id = "a0000000000000000000000000000001";
        for path in ["t/ID", "ID/t/dashboard", "ID/v/msplicenses?x=1#y", "ID", "sandboxes/one/t/ID/"] {
            check(&format!("http://localhost:3000/{}", path.replace("ID", id)), Some(id));
        }
        for page in [
            "http://localhost:3000/",
            "http://localhost:3000/?t=ID",
            "http://ID/t",
            "about:blank",
            "http://localhost:3000/t/xID",
        ] {
            check(&page.replace("ID", id), None);
        }
    }
}
