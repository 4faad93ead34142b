//! The keys of the local mode's signed links: made at the first run, kept in the data folder.
//!
//! Invariant: only the owner of the data folder can read them, from the moment they are written.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::Context;
use app::ports::Randomness;

use super::files;
use crate::link_keys;

/// The keys' file in the data folder.
const FILE: &str = "link-keys";
/// Readable for its owner alone.
const OWNER_ONLY: u32 = 0o600;

/// The text of the keys in the folder `data`, made now if there are none.
///
/// # Errors
/// When the file cannot be read or written.
pub(crate) fn open(data: &Path, randomness: &dyn Randomness) -> anyhow::Result<String> {
    let path = data.join(FILE);
    let read = files::read_if_there(&path)
        .context("the keys of links, link-keys in the data folder, cannot be read")?;
    if let Some(content) = read {
        return String::from_utf8(content)
            .context("the keys of links, link-keys in the data folder, are no text");
    }
    let text = link_keys::fresh(randomness)?;
    write(&path, text.as_bytes())
        .context("the keys of links, link-keys in the data folder, cannot be written")?;
    Ok(text)
}

fn write(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let temporary = path.with_extension("tmp");
    files::remove_if_there(&temporary)?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(&temporary)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    files::sync_folder(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::PermissionsExt;

    use web::links::Keyring;

    use super::*;
    use crate::local::clock::SystemRandomness;

    #[test]
    fn keys_are_made_once_and_are_their_owners_alone() {
        let data = tempfile::tempdir().unwrap();
        // What a crash left of the first try.
        fs::write(data.path().join("link-keys.tmp"), "k1:").unwrap();
        let made = open(data.path(), &SystemRandomness).unwrap();
        assert!(made.parse::<Keyring>().is_ok());
        assert_eq!(open(data.path(), &SystemRandomness).unwrap(), made);
        let mode = fs::metadata(data.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, OWNER_ONLY);
    }
}
