//! Identifiers, in the shapes that the vendor uses (observed).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// A tenant: 32 lower-case hexadecimal digits, no dashes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, pattern = "^[0-9a-f]{32}$", example = "a0000000000000000000000000000001")]
pub struct TenantId(u128);

/// The text is not 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 32 lower-case hexadecimal digits without dashes, such as a0000000000000000000000000000001")]
pub struct BadTenantId;

impl FromStr for TenantId {
    type Err = BadTenantId;

    fn from_str(text: &str) -> Result<Self, BadTenantId> {
        if text.len() != 32 {
            return Err(BadTenantId);
        }
        let digits = |text: &str| {
            text.bytes().try_fold(0_u64, |sum, byte| match byte {
                b'0'..=b'9' => Ok(sum << 4 | u64::from(byte - b'0')),
                b'a'..=b'f' => Ok(sum << 4 | u64::from(byte - b'a' + 10)),
                _ => Err(BadTenantId),
            })
        };
        // In halves: arithmetic with 128 bits takes several times as long.
        let (high, low) = text.split_at_checked(16).ok_or(BadTenantId)?;
        Ok(Self(u128::from(digits(high)?) << 64 | u128::from(digits(low)?)))
    }
}

impl From<u128> for TenantId {
    fn from(value: u128) -> Self {
        Self(value)
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 32];
        for (digits, byte) in text.chunks_exact_mut(2).zip(self.0.to_be_bytes()) {
            digits[0] = b"0123456789abcdef"[usize::from(byte >> 4)];
            digits[1] = b"0123456789abcdef"[usize::from(byte & 15)];
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for TenantId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TenantId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// An assignment: a positive integer, given out in ascending order.
pub type AssignmentId = i64;

/// A request or activity: one UUID serves as both (observed).
pub type RequestId = uuid::Uuid;

/// A deterministic source of identifiers: same seed, same ids (invariant I7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdSource {
    seed: u64,
    drawn: u64,
}

impl IdSource {
    /// A source whose ids depend on `seed` and on nothing else.
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: 0 }
    }

    /// The next UUID (version 4 in shape, not in randomness).
    pub fn next_request_id(&mut self) -> RequestId {
        self.drawn += 1;
        let high = split_mix(self.seed ^ self.drawn.rotate_left(32));
        let low = split_mix(high ^ self.drawn);
        uuid::Builder::from_random_bytes((u128::from(high) << 64 | u128::from(low)).to_be_bytes()).into_uuid()
    }
}

/// One step of the SplitMix64 generator (public domain, Steele et al.).
pub(crate) fn split_mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_id_is_32_lower_case_hex_digits() {
        let id: TenantId = "ec000000000000000000000000000001".parse().unwrap();
        assert_eq!(id.to_string(), "ec000000000000000000000000000001");
        for bad in [
            "",
            "ec1",
            "EC000000000000000000000000000001",
            "ec00000000000000000000000000000g",
            "+c000000000000000000000000000001",
        ] {
            assert_eq!(bad.parse::<TenantId>(), Err(BadTenantId), "{bad}");
        }
    }

    #[test]
    fn equal_seeds_give_equal_ids_and_other_seeds_others() {
        let rng = |seed| {
            let mut ids = IdSource::new(seed);
            [ids.next_request_id(), ids.next_request_id()]
        };
        assert_eq!(rng(1), rng(1));
        assert_ne!(rng(1), rng(2));
        assert_ne!(rng(1)[0], rng(1)[1]);
    }
}
