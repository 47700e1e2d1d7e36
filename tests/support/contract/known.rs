//! Where answers and documents differ on purpose. Nothing may be added.

use super::Formats;

/// In any style: the operation, and what a mistake about it begins with.
const KNOWN: &[(&str, &str)] = &[
    // Rows with the fields that were asked for only.
    ("findActivityList", "/data/"),
];

/// In the observed style, which the documents do not describe: both generations of names, device types for licence types, and
/// words beyond the reference's.
const KNOWN_OBSERVED: &[(&str, &str)] = &[
    ("getBanners_1", "/"),
    ("getMspBanners", "/"),
    ("getSummary_1", "/banners/"),
    ("syncMspEntitlements", "/mspEntitlementBanners/"),
    ("getCompliances", "/compliances/"),
];

pub fn is_known(operation: &str, mistake: &str, formats: Formats) -> bool {
    let live = if formats == Formats::Ignored { KNOWN_OBSERVED } else { &[] };
    KNOWN.iter().chain(live).any(|(known, start)| *known == operation && mistake.starts_with(start))
}
