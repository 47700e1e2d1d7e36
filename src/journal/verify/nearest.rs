//! The request that nearly matches.

use std::{cmp::Reverse, sync::Arc};

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::{
    journal::{
        Match, RecordedRequest,
        matching::{Difference, distance},
        request_view::Row,
    },
    support::echo,
};

/// A request that nearly matches.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NearestMiss)]
pub struct Nearest {
    /// The request that comes nearest.
    #[serde(rename = "request", serialize_with = "as_row")]
    #[schema(value_type = Row)]
    pub recorded: Arc<RecordedRequest>,
    /// Where it does not match.
    pub differences: Vec<Difference>,
}

fn as_row<S: Serializer>(recorded: &Arc<RecordedRequest>, serializer: S) -> Result<S::Ok, S::Error> {
    Row::from(&**recorded).serialize(serializer)
}

/// The request that comes closest without matching; the last one of equals.
pub(super) fn nearest(wanted: &Match, requests: &[Arc<RecordedRequest>]) -> Option<Nearest> {
    let misses = requests.iter().enumerate().filter_map(|(place, recorded)| {
        let differences = wanted.differences(&recorded.facts());
        let distance = distance(wanted, &recorded.path, &differences);
        (!differences.is_empty()).then_some((distance, Reverse(place), recorded, differences))
    });
    let (_, _, recorded, differences) =
        misses.min_by(|(a, a_place, ..), (b, b_place, ..)| a.total_cmp(b).then(a_place.cmp(b_place)))?;
    Some(Nearest { recorded: Arc::clone(recorded), differences })
}

/// The nearest miss in words, to be put after a sentence.
pub(super) fn described(nearest: Option<&Nearest>) -> String {
    let Some(Nearest { recorded, differences }) = nearest else { return String::new() };
    let fields = differences.iter().map(|Difference { field, expected, found }| {
        let found = if found.is_null() { "nothing".into() } else { found.to_string() };
        format!("{field}: expected {}, found {}", echo::cut(&expected.to_string()), echo::cut(&found))
    });
    let fields: Vec<String> = fields.collect();
    let target = recorded.target();
    let target = echo::cut(&target);
    format!("; nearest is request {}, {} {target}: {}", recorded.seq, recorded.method, fields.join("; "))
}
