//! Identifiers: one newtype each, opaque, sortable, safe in a log and in a URL.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// The text is no identifier of the kind asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: 26 letters and digits are expected")]
pub struct InvalidId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Ulid);

        impl $name {
            /// Made from the milliseconds since 1970 and 10 random bytes: sortable by time, unguessable by 80 bits.
            #[must_use]
            pub fn new(milliseconds: u64, random: [u8; 10]) -> Self {
                let mut wide = [0; 16];
                wide[6..].copy_from_slice(&random);
                Self(Ulid::from_parts(milliseconds, u128::from_be_bytes(wide)))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.0.array_to_str(&mut [0; ulid::ULID_LEN]))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Ulid::from_string(text).map(Self).map_err(|_| InvalidId)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

id!(
    /// One proposal, through all its revisions.
    SubmissionId
);
id!(
    /// Somebody on the roster: a therapist, the lead, the deputy, a coordinator.
    PersonId
);

impl SubmissionId {
    /// The channel itself: the place of what is about no submission. No proposal has it.
    pub const CHANNEL: Self = Self(Ulid::nil());

    /// What people see: the last six characters, enough to talk about an item, too few to find it by.
    #[must_use]
    pub fn reference(&self) -> String {
        self.to_string()[20..].to_owned()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_id_survives_its_text_and_sorts_by_time() {
        let early = SubmissionId::new(1_000, [255; 10]);
        let late = SubmissionId::new(1_001, [0; 10]);
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(early.to_string().parse::<SubmissionId>().unwrap(), early);
        assert_eq!("nonsense".parse::<SubmissionId>(), Err(InvalidId));
    }
}
