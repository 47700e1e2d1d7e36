//! Helpers that know nothing of entitlements: durations, globs, origins, bodies, problem details.

pub mod accept;
pub mod authorization;
pub mod body_peek;
pub mod body_tap;
pub mod boolean;
pub mod cors;
pub mod duration;
pub mod echo;
pub mod etag;
pub mod given;
pub mod glob;
pub mod heavy;
pub mod http_date;
pub mod json_text;
pub mod nullability;
pub mod operations;
pub mod origin;
pub mod paced_body;
pub mod pause;
pub mod problem;
pub mod secrets;
pub mod shutdown;
pub mod strict_json;
pub mod suggest;
