//! What availability and mileage reports have in common: which licences they are about, and what can
//! be wrong with the question.
//!
//! What is mandatory is read as if it were optional, so that its absence can be answered in the vendor's
//! words. Days are `2024-07-26` in both styles.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::date::{self, Given};
use crate::{
    model::{LicenseType, MspProduct, Tenant},
    views::licenses::Extent,
};

/// Which licences.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CalculatorFilterRequestDto)]
pub struct CalculatorFilters {
    /// Trial or paid licences. Paid if not given; in the list that the newer availability reports answer, both.
    pub(super) is_trial: Option<bool>,
    /// The licensing model, such as APSW; of newer availability reports, a list. For ASSIGNED, the product of a
    /// pool too, such as MSP_WIFI.
    #[schema(required)]
    pub(super) license_type: Option<OneOrMany>,
    #[schema(required)]
    pub(super) usage_type: Option<UsageType>,
}

/// A word, or a list of words: the reference has the one, the vendor's pages of today send the other.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(untagged, expecting = "a licensing model such as \"APSW\", or a list of them")]
pub enum OneOrMany {
    /// As the reference has it.
    One(String),
    /// As the vendor's pages send it (observed).
    Many(Vec<String>),
}

/// From which side licences are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum UsageType {
    /// Those that the tenant may use itself.
    #[serde(rename = "SELF")]
    Own,
    /// Those that an MSP may hand out.
    Assigned,
    /// As SELF.
    Unknown,
}

/// What is wrong with a request that is JSON of the right shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadRequest {
    /// A member is not there.
    Missing(&'static str),
    /// A member has no such value.
    Bad {
        /// Which one.
        name: &'static str,
        /// What it has.
        value: String,
        /// What was expected.
        expected: &'static str,
    },
    /// The first day has passed.
    Past {
        /// The day that the number is about.
        date: NaiveDate,
        /// Today.
        today: NaiveDate,
    },
    /// Only an MSP has something to hand out.
    NotMsp,
}

pub(super) fn need<T>(name: &'static str, value: Option<T>) -> Result<T, BadRequest> {
    value.ok_or(BadRequest::Missing(name))
}

/// The day of a date; a time of day makes no difference, because reports are made of days.
pub(super) fn day(name: &'static str, text: &str) -> Result<NaiveDate, BadRequest> {
    let expected = "a date such as 2024-01-22 or 2024-01-22 15:08:10Z";
    date::parse(text).map(Given::day).ok_or_else(|| BadRequest::Bad { name, value: text.into(), expected })
}

impl CalculatorFilters {
    /// The one licensing model that they name, as a word.
    pub(super) fn one_word(&self) -> Result<&str, BadRequest> {
        match need("licenseType", self.license_type.as_ref())? {
            OneOrMany::One(word) => Ok(word),
            OneOrMany::Many(words) => Err(BadRequest::Bad {
                name: "licenseType",
                value: words.join(", "),
                expected: "a licensing model such as APSW, not a list",
            }),
        }
    }

    /// The licences that a word names.
    pub(super) fn extent(&self, tenant: &Tenant, word: &str) -> Result<Extent, BadRequest> {
        let usage = need("usageType", self.usage_type)?;
        let model: Result<LicenseType, _> = word.parse();
        match (usage, model, word.parse::<MspProduct>()) {
            (UsageType::Assigned, ..) if !tenant.kind.is_msp() => Err(BadRequest::NotMsp),
            (UsageType::Assigned, Ok(model), _) => Ok(Extent::Pools(model)),
            (UsageType::Assigned, _, Ok(product)) => Ok(Extent::Product(product)),
            (UsageType::Own | UsageType::Unknown, Ok(model), _) => Ok(Extent::Own(model)),
            _ => {
                let expected = "a licensing model such as APSW";
                Err(BadRequest::Bad { name: "licenseType", value: word.into(), expected })
            }
        }
    }
}

/// How a report says that it is one.
pub(super) const SUCCESS: &str = "success";
/// What it says for people, as the reference shows it. The vendor's pages show any text there as an error
/// (observed), so it is left out of everything that is not in the reference.
pub(super) const DONE: &str = "The report has been made.";
