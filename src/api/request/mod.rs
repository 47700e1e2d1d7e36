//! What handlers get of a request.
//!
//! | file | what |
//! |---|---|
//! | `context` | everything that is known before the handler runs |
//! | `caller` | callers as types: any tenant, a licensed one, an MSP |
//! | `referer` | the tenant of the page that called |
//! | `query`, `path`, `body` | the parts of a request, checked |

pub mod body;
pub mod caller;
pub mod context;
pub mod path;
pub mod query;
pub mod referer;
