//! Secrets that are derived from the keys of signed links.

use sha2::{Digest, Sha256};

/// A secret for another purpose, derived from the text of the keys, so that a channel has one secret to keep. It
/// changes when the keys do.
///
/// The keys are uniformly random, so a hash with the purpose in front gives away neither them nor another purpose's secret.
#[must_use]
pub fn derived(purpose: &str, keys: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in ["clientsconnect derived secret v1", purpose, keys.trim()] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// What [`derived`] is asked for by whoever counts requests of one address without keeping the address.
pub const ADDRESSES: &str = "addresses";

/// What [`derived`] is asked for by whoever recognises people and texts of platforms by a hash.
pub const INTAKE: &str = "intake";

#[cfg(test)]
mod tests {
    use super::derived;

    #[test]
    fn a_derived_secret_depends_on_purpose_and_keys_and_on_nothing_else() {
        let secret = derived("a", "k1:x");
        assert_eq!(derived("a", "k1:x\n"), secret);
        for other in [derived("b", "k1:x"), derived("a", "k1:y"), derived("ak", "1:x")] {
            assert_ne!(other, secret);
        }
    }
}
