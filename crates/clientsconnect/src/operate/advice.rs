//! Errors as a coordinator reads them: what is wrong, and what to do next.
//!
//! Invariant: made from codes, states and ids only; never from a submission's words or an address.

use app::{StepFailure, queue::OfficerError, roster::RosterError, submitter::ReviseError};
use curation::transitions::ReleaseError;
use store::StoreError;

/// Trouble with the tables.
pub(crate) fn of_store(error: &StoreError) -> anyhow::Error {
    let advice = match error {
        StoreError::Conflict => "somebody else is changing the same thing: look at it again and repeat",
        StoreError::Barred(_) => "`clientsconnect roster list` shows who needs to be looked up again",
        StoreError::Paused => "`clientsconnect resume` starts it again",
        StoreError::Unavailable(code) if code == "ResourceNotFoundException" => {
            "there are no such tables: check the prefix after --tables and the region"
        }
        StoreError::Unavailable(_) => {
            "check --data, or --tables with the region and the credentials, and try again"
        }
        StoreError::Unreadable(_) => "it was written by another version of this program: use that version",
    };
    anyhow::anyhow!("{error}; {advice}")
}

/// Trouble with a step.
pub(crate) fn of_step(failure: &StepFailure) -> anyhow::Error {
    match failure {
        StepFailure::Unknown => unknown_item(),
        StepFailure::Invalid(invalid) => {
            anyhow::anyhow!("{invalid}; `clientsconnect queue show` says what it waits for")
        }
        StepFailure::Store(error) => of_store(error),
    }
}

/// No item answers to an id.
pub(crate) fn unknown_item() -> anyhow::Error {
    anyhow::anyhow!("there is no such item; `clientsconnect queue list --all` shows every item")
}

/// Trouble with what an officer asked for.
pub(crate) fn of_officer(error: &OfficerError) -> anyhow::Error {
    match error {
        OfficerError::Step(failure) | OfficerError::Revise(ReviseError::Step(failure)) => of_step(failure),
        OfficerError::Release(ReleaseError::Invalid(invalid)) => of_step(&StepFailure::Invalid(*invalid)),
        OfficerError::Release(ReleaseError::NotYours) => anyhow::anyhow!(
            "this item is for the safeguarding lead and the deputy: the lead acts first, the deputy confirms"
        ),
        OfficerError::Release(ReleaseError::NothingToConfirm) => anyhow::anyhow!(
            "the lead has not released these words in this way; `clientsconnect queue show` says what the lead \
             released, and the deputy is another person than the lead"
        ),
        error => anyhow::anyhow!("{error}"),
    }
}

/// Trouble with the roster.
pub(crate) fn of_roster(error: &RosterError) -> anyhow::Error {
    match error {
        RosterError::Store(error) => of_store(error),
        RosterError::UnknownRegister => {
            let codes = content::registers().iter().map(|register| register.code.as_str());
            anyhow::anyhow!("this register is not known; known are {}", codes.collect::<Vec<_>>().join(", "))
        }
        RosterError::Duplicate => {
            anyhow::anyhow!("{error}; `clientsconnect roster list` shows who")
        }
        error => anyhow::anyhow!("{error}"),
    }
}
