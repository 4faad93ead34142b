//! The text of the keys that sign links, made and rotated: for the local mode's folder, and for the parameter of a
//! deployed channel.
//!
//! Invariant: what is made here is what the functions read, and an error quotes nothing of it.

use app::ports::Randomness;
use web::links::{KEY_BYTES, KeyId, Keyring, KeyringError, key_text};

/// What the names of keys begin with; a number follows that is raised by each rotation.
const NAME: &str = "k";

/// A key ring of one fresh key.
///
/// # Errors
/// Never with a working source of randomness.
pub(crate) fn fresh(randomness: &dyn Randomness) -> Result<String, KeyringError> {
    checked(entry(1, randomness)?)
}

/// A key ring with a fresh key in front, which seals, and the one that sealed so far behind it, which still opens. What
/// only opened so far is dropped, and the links under it are dead.
///
/// # Errors
/// [`KeyringError`] if `text` is not that of a key ring.
pub(crate) fn rotated(text: &str, randomness: &dyn Randomness) -> Result<String, KeyringError> {
    let keyring = text.parse::<Keyring>()?;
    // A name that is not ours counts as none; the new one must only be another.
    let numbers = keyring.key_ids().into_iter().filter_map(|id| id.as_str().strip_prefix(NAME)?.parse().ok());
    let number = numbers.max().map_or(1, |number: u32| number.saturating_add(1));
    let current = text.split(',').next().unwrap_or_default().trim();
    checked(format!("{},{current}", entry(number, randomness)?))
}

fn entry(number: u32, randomness: &dyn Randomness) -> Result<String, KeyringError> {
    let name = KeyId::new(&format!("{NAME}{number}"))?;
    Ok(key_text(&name, &randomness.bytes::<KEY_BYTES>()).to_string())
}

fn checked(text: String) -> Result<String, KeyringError> {
    text.parse::<Keyring>().map(|_| text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use aws::start::SystemRandomness;

    use super::*;

    fn names(text: &str) -> Vec<String> {
        let keyring = text.parse::<Keyring>().unwrap();
        keyring.key_ids().into_iter().map(|id| id.as_str().to_owned()).collect()
    }

    #[test]
    fn a_rotation_keeps_the_key_that_sealed_and_no_older_one() {
        let first = fresh(&SystemRandomness).unwrap();
        assert_eq!(names(&first), ["k1"]);
        let second = rotated(&format!("{first}\n"), &SystemRandomness).unwrap();
        assert_eq!(names(&second), ["k2", "k1"]);
        assert!(second.ends_with(&first));
        let third = rotated(&second, &SystemRandomness).unwrap();
        assert_eq!(names(&third), ["k3", "k2"]);
        assert!(!third.contains(&first));
        assert_ne!(first, fresh(&SystemRandomness).unwrap());
    }

    #[test]
    fn keys_with_other_names_are_rotated_too() {
        let odd = fresh(&SystemRandomness).unwrap().replacen("k1:", "autumn:", 1);
        let text = rotated(&odd, &SystemRandomness).unwrap();
        assert_eq!(names(&text), ["k1", "autumn"]);
        let again = rotated(&text, &SystemRandomness).unwrap();
        assert_eq!(names(&again), ["k2", "k1"]);
    }

    #[test]
    fn what_is_no_key_ring_is_refused_without_being_quoted() {
        for text in ["", "planted", "k1:planted"] {
            let error = rotated(text, &SystemRandomness).unwrap_err().to_string();
            assert!(!error.contains("planted"), "{error}");
        }
    }
}
