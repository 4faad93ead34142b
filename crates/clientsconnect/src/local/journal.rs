//! An append-only file of JSON lines, kept in memory too: mails, posts, dead letters.
//!
//! Invariant: a record is there whole or not at all. Each is one write that ends in a line feed; what follows the last
//! line feed was torn by a crash, was never answered for, and is cut off when the file is opened.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

use serde::{Serialize, de::DeserializeOwned};

use super::files;

/// What a record must survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Survives {
    /// The end of this process, SIGKILL included: the kernel has the bytes.
    TheProcess,
    /// The end of the machine too: for an effect on the world, which must not be made twice.
    ThePower,
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JournalError {
    /// The file cannot be read or written.
    #[error("the journal cannot be read or written: {0}")]
    File(#[from] io::Error),
    /// A line in the middle is not a record. It may be one that matters, so it is left to a human.
    #[error("line {line} of the journal {file} is damaged")]
    Damaged {
        /// The file's name.
        file: String,
        /// Which line, from 1.
        line: usize,
    },
    /// An earlier write failed and could not be taken back: the end of the file is unknown until it is opened again.
    #[error("the journal is closed after a failed write")]
    Closed,
}

/// Records of one kind, in the order in which they were appended.
pub(crate) struct Journal<T> {
    file: File,
    length: u64,
    closed: bool,
    survives: Survives,
    records: Vec<T>,
}

impl<T: Serialize + DeserializeOwned> Journal<T> {
    /// Opens or creates the journal at `path`, and cuts off a torn last line.
    ///
    /// # Errors
    /// [`JournalError::File`] and [`JournalError::Damaged`].
    pub(crate) fn open(path: &Path, survives: Survives) -> Result<Self, JournalError> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        files::sync_folder(path)?;
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        let whole = content.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        if whole < content.len() {
            file.set_len(whole as u64)?;
            file.sync_data()?;
        }
        file.seek(SeekFrom::Start(whole as u64))?;
        let records = content[..whole]
            .split(|byte| *byte == b'\n')
            .enumerate()
            .filter(|(_, line)| !line.is_empty())
            .map(|(index, line)| {
                serde_json::from_slice(line).map_err(|_| JournalError::Damaged {
                    file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                    line: index + 1,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { file, length: whole as u64, closed: false, survives, records })
    }

    /// Appends one record. When this returns, it survives what the journal promises.
    ///
    /// # Errors
    /// [`JournalError::File`]: the record is not there. [`JournalError::Closed`] after a failure that could not be
    /// taken back.
    pub(crate) fn append(&mut self, record: T) -> Result<(), JournalError> {
        if self.closed {
            return Err(JournalError::Closed);
        }
        let mut line = serde_json::to_vec(&record).map_err(io::Error::from)?;
        line.push(b'\n');
        if let Err(error) = self.write(&line) {
            // Half a line in the middle would damage the journal: take it back, or write no more.
            self.closed = self
                .file
                .set_len(self.length)
                .and_then(|()| self.file.seek(SeekFrom::Start(self.length)))
                .is_err();
            return Err(error.into());
        }
        self.length += line.len() as u64;
        self.records.push(record);
        Ok(())
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.file.write_all(line)?;
        match self.survives {
            Survives::TheProcess => Ok(()),
            Survives::ThePower => self.file.sync_data(),
        }
    }

    /// All records, oldest first.
    pub(crate) fn records(&self) -> &[T] {
        &self.records
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::fs;

    fn open(path: &Path) -> Result<Journal<String>, JournalError> {
        Journal::open(path, Survives::ThePower)
    }

    #[test]
    fn what_was_appended_is_there_after_opening_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let mut journal = open(&path).unwrap();
        journal.append("one\nwith a line feed".to_owned()).unwrap();
        journal.append("two".to_owned()).unwrap();
        drop(journal);
        assert_eq!(open(&path).unwrap().records(), ["one\nwith a line feed", "two"]);
    }

    #[test]
    fn a_last_line_torn_at_any_byte_is_cut_off_and_the_next_record_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let (kept, torn) = ("\"kept\"\n", "\"törn\"\n");
        for cut in 0..torn.len() {
            fs::write(&path, [kept.as_bytes(), &torn.as_bytes()[..cut]].concat()).unwrap();
            let mut journal = open(&path).unwrap();
            assert_eq!(journal.records(), ["kept"]);
            journal.append("next".to_owned()).unwrap();
            assert_eq!(open(&path).unwrap().records(), ["kept", "next"]);
        }
    }

    #[test]
    fn a_damaged_line_in_the_middle_is_refused_by_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        fs::write(&path, "\"one\"\n{\n\"three\"\n").unwrap();
        let error = open(&path).err().unwrap();
        assert_eq!(error.to_string(), "line 2 of the journal a.jsonl is damaged");
    }
}
