//! Return codes: what a submitter who left no address writes down to come back to their submission.
//!
//! The invariant: what stays is the code's hash, from which 80 random bits are too many to guess. The code itself is kept
//! for a day at most, where a request came with an idempotency key, to answer its repetition the same. Every way in which a person may copy it down reads back as the same code.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// The random bytes of a code: 80 bits.
pub const RETURN_CODE_BYTES: usize = 10;

/// Its characters, of five bits each.
const SYMBOL_COUNT: usize = RETURN_CODE_BYTES * 8 / 5;

/// Characters between two hyphens, as people read them aloud.
const GROUP: usize = 4;

/// The longest text that is read as a code, in bytes: the code with generous spacing.
const MAX_TEXT_LEN: usize = 128;

/// Douglas Crockford's base 32: no I, L, O or U, which are misread or spell words.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A text is not a return code. Says nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a return code; it has 16 letters and digits")]
pub struct MalformedReturnCode;

/// A return code, for example `0G4R-JA38-5V0Q-ZC7M`. `Debug` hides it; `Display` is for the submitter's own page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ReturnCode([u8; RETURN_CODE_BYTES]);

impl ReturnCode {
    /// The code of ten random bytes, which the caller draws.
    #[must_use]
    pub fn from_bytes(bytes: [u8; RETURN_CODE_BYTES]) -> Self {
        Self(bytes)
    }

    /// SHA-256 in lower-case hex, the only form in which it is stored and looked up. Unsalted, so that it can be an
    /// index; 80 random bits need no salt.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(b"clientsconnect return code v1 ");
        hasher.update(self.0);
        data_encoding::HEXLOWER.encode(&hasher.finalize())
    }

    fn bits(&self) -> u128 {
        self.0.iter().fold(0, |bits, byte| bits << 8 | u128::from(*byte))
    }
}

/// The value of a character, forgiving what eyes and keyboards confuse.
fn value(character: char) -> Option<u128> {
    let symbol = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET.iter().zip(0..).find_map(|(known, value)| (char::from(*known) == symbol).then_some(value))
}

/// Whether a character only spaces the code out: white space, the hyphen, and the dashes that word processors and
/// telephones put in its place.
fn is_spacing(character: char) -> bool {
    character.is_whitespace() || matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

impl FromStr for ReturnCode {
    type Err = MalformedReturnCode;

    fn from_str(text: &str) -> Result<Self, MalformedReturnCode> {
        if text.len() > MAX_TEXT_LEN {
            return Err(MalformedReturnCode);
        }
        let mut bits: u128 = 0;
        let mut count = 0;
        for character in text.chars().filter(|character| !is_spacing(*character)) {
            count += 1;
            if count > SYMBOL_COUNT {
                return Err(MalformedReturnCode);
            }
            bits = bits << 5 | value(character).ok_or(MalformedReturnCode)?;
        }
        if count != SYMBOL_COUNT {
            return Err(MalformedReturnCode);
        }
        let mut bytes = [0; RETURN_CODE_BYTES];
        // The value fills the lowest 80 of 128 bits.
        let unused = size_of::<u128>() - RETURN_CODE_BYTES;
        bytes.copy_from_slice(&bits.to_be_bytes()[unused..]);
        Ok(Self(bytes))
    }
}

impl fmt::Display for ReturnCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        let bits = self.bits();
        for place in 0..SYMBOL_COUNT {
            if place > 0 && place % GROUP == 0 {
                f.write_char('-')?;
            }
            let shift = 5 * (SYMBOL_COUNT - 1 - place);
            let index = usize::try_from(bits >> shift & 0b1_1111).map_err(|_| fmt::Error)?;
            f.write_char(char::from(ALPHABET[index]))?;
        }
        Ok(())
    }
}

impl fmt::Debug for ReturnCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReturnCode(hidden)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_return_code_reads_back_however_it_was_copied_down() {
        let table = [
            ([0; RETURN_CODE_BYTES], "0000-0000-0000-0000"),
            ([0xff; RETURN_CODE_BYTES], "ZZZZ-ZZZZ-ZZZZ-ZZZZ"),
            ([0x08, 0x42, 0x10, 0x84, 0x21, 0x08, 0x42, 0x10, 0x84, 0x21], "1111-1111-1111-1111"),
            ([0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf], "0123-4567-89AB-CDEF"),
        ];
        for (bytes, text) in table {
            let code = ReturnCode::from_bytes(bytes);
            assert_eq!(code.to_string(), text);
            let copies = [
                text.to_owned(),
                text.to_lowercase(),
                text.replace('-', ""),
                text.replace('-', " "),
                text.replace('-', "\u{2013}"),
                text.replace('0', "O").replace('1', "l"),
                text.replace('0', "o").replace('1', "I"),
                format!("\u{a0} {text}\n"),
            ];
            for copy in copies {
                assert_eq!(copy.parse::<ReturnCode>().unwrap(), code, "{copy:?}");
            }
        }
    }

    #[test]
    fn what_is_no_return_code_is_refused() {
        let long = format!("{}0123456789ABCDEF", " ".repeat(200));
        let table = [
            "",
            "0123-4567-89AB-CDE",
            "0123-4567-89AB-CDEF-0",
            "0123-4567-89AB-CDEU",
            "0123-4567-89AB-CDE!",
            "0123_4567_89AB_CDEF",
            "٠123-4567-89AB-CDEF",
            "0123-4567-89AB-CDEF\0",
            &long,
        ];
        for text in table {
            assert_eq!(text.parse::<ReturnCode>(), Err(MalformedReturnCode), "{text:?}");
        }
    }

    #[test]
    fn a_return_code_is_stored_as_sha_256_of_a_fixed_prefix_and_its_bytes() {
        let hash = "0123-4567-89AB-CDEF".parse::<ReturnCode>().unwrap().hash();
        // From another implementation: sha256sum over the prefix and the ten bytes.
        assert_eq!(hash, "550342df0438d7ac9460d9ad7b7f967f7f08fa43cb3942ce8a3cfa24f4def840");
    }

    proptest! {
        #[test]
        fn any_return_code_reads_back_and_no_text_panics(bytes: [u8; RETURN_CODE_BYTES], text in "\\PC{0,40}") {
            let code = ReturnCode::from_bytes(bytes);
            prop_assert_eq!(code.to_string().parse::<ReturnCode>(), Ok(code));
            prop_assert_eq!(code.to_string().len(), 19);
            if let Ok(read) = text.parse::<ReturnCode>() {
                prop_assert_eq!(read.to_string().parse::<ReturnCode>(), Ok(read));
            }
        }
    }
}
