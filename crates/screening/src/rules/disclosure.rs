//! The writer's own history, made grave by what identifies them.
//!
//! Invariant: only the writer's own data count; names of others are found later.

use crate::finding::Category::{Disclosure, PersonalData};
use crate::finding::Severity::{Caution, Stop};
use crate::rules::Found;

/// Raises disclosures where the text also holds a datum of the writer's own.
pub(crate) fn raise_where_identified(found: &mut [Found]) {
    let identified = found.iter().any(|found| found.category == PersonalData && found.severity >= Caution);
    if identified {
        for disclosure in
            found.iter_mut().filter(|found| found.category == Disclosure && found.severity == Caution)
        {
            disclosure.severity = Stop;
        }
    }
}
