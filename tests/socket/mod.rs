//! The activity socket over a real port, frame by frame. Time passes by turning the sandbox's clock;
//! only pings go by real time.

mod client;
mod events;
mod sessions;

const REFRESH: &str = "/entitlements/summaries?refresh=true";
const MSP_REFRESH: &str = "/mspEntitlements/summaries?refresh=true";
