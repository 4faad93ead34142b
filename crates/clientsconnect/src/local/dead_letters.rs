//! Messages that no function could process, with the reason of the last failure.
//!
//! Invariant: a message leaves its queue as processed or as a dead letter, never silently.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    files,
    journal::{Journal, JournalError, Survives},
};

/// The dead letters' file in the data folder.
const FILE: &str = "dead-letters.jsonl";

/// One message that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeadLetter {
    /// The queue's name.
    pub(crate) queue: String,
    /// The message's body: a hint, or what was sent in its place.
    pub(crate) body: String,
    /// Why the last attempt failed.
    pub(crate) reason: String,
    /// When it was given up, in real time.
    pub(crate) at: Timestamp,
}

/// The dead letters of one data folder.
pub(crate) struct DeadLetters {
    journal: Mutex<Journal<DeadLetter>>,
}

impl DeadLetters {
    /// Opens the dead letters of the folder `data`.
    ///
    /// # Errors
    /// [`JournalError`].
    pub(crate) fn open(data: &Path) -> Result<Self, JournalError> {
        Ok(Self { journal: Mutex::new(Journal::open(&data.join(FILE), Survives::TheProcess)?) })
    }

    fn journal(&self) -> MutexGuard<'_, Journal<DeadLetter>> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps one.
    ///
    /// # Errors
    /// [`JournalError`].
    pub(crate) fn bury(&self, letter: DeadLetter) -> Result<(), JournalError> {
        self.journal().append(letter)
    }

    /// Reads them, oldest first.
    pub(crate) fn read<R>(&self, reader: impl FnOnce(&[DeadLetter]) -> R) -> R {
        reader(self.journal().records())
    }
}

/// Looks at the dead letters of the folder `data`, also while a local mode writes there: the oldest first. A line that
/// is still being written is left out.
///
/// # Errors
/// Any [`std::io::Error`] but that there is no such file; a line that is no dead letter is invalid data.
pub(crate) fn look(data: &Path) -> std::io::Result<Vec<DeadLetter>> {
    let content = files::read_if_there(&data.join(FILE))?.unwrap_or_default();
    let whole = content.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    content[..whole]
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        // The parser's own words could quote a body.
        .map(|line| serde_json::from_slice(line).map_err(|_| std::io::ErrorKind::InvalidData.into()))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_dead_letter_is_there_after_a_restart() {
        let data = tempfile::tempdir().unwrap();
        let letter = DeadLetter {
            queue: "screening".to_owned(),
            body: "no hint".to_owned(),
            reason: "the body is no hint".to_owned(),
            at: "2026-11-23T12:00:00Z".parse().unwrap(),
        };
        DeadLetters::open(data.path()).unwrap().bury(letter.clone()).unwrap();
        let again = DeadLetters::open(data.path()).unwrap();
        assert_eq!(again.read(<[_]>::to_vec), [letter]);
    }

    #[test]
    fn who_looks_sees_whole_letters_and_changes_nothing() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(look(data.path()).unwrap(), []);
        let path = data.path().join(FILE);
        let torn = r#"{"queue":"screening","body":"x","reason":"y","at":"2026-11-23T12:00:00Z"}
{"queue":"scr"#;
        std::fs::write(&path, torn).unwrap();
        assert_eq!(look(data.path()).unwrap().len(), 1);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), torn);
    }
}
