//! Where a hash stands in a table of a weights file.
//!
//! Invariant: whatever the bytes are, an answer is the number of an entry or nothing; and most hashes that stand nowhere
//! are known for it after one look, since their bucket is empty or small.
//!
//! Layout, little-endian: how many of a hash's highest bits name its bucket, the number of entries (both `u32`); for
//! each bucket, and for one behind the last, the number of its first entry (`u32`); for each entry the lowest 16 bits
//! of its hash, by bucket. What belongs to the entries follows in tables of their own, in the same order.

/// More would be a file that is none of ours: the directory alone would have 4 MiB.
const MOST_BITS: u32 = 20;

/// The hashes of a table.
#[derive(Clone, Copy)]
pub(crate) struct Buckets<'a> {
    bits: u32,
    directory: &'a [u8],
    checks: &'a [u8],
}

impl<'a> Buckets<'a> {
    /// Reads the hashes at the beginning of `file`; gives them, their number and the rest of the file.
    pub(crate) fn read(file: &'a [u8]) -> Option<(Self, usize, &'a [u8])> {
        let (head, rest) = file.split_at_checked(8)?;
        let (bits, entries) = (u32_at(head, 0)?, u32_at(head, 1)? as usize);
        if !(1..=MOST_BITS).contains(&bits) {
            return None;
        }
        let (directory, rest) = rest.split_at_checked(4 * ((1 << bits) + 1))?;
        let (checks, rest) = rest.split_at_checked(entries.checked_mul(2)?)?;
        Some((Self { bits, directory, checks }, entries, rest))
    }

    /// The number of the entry of a hash.
    pub(crate) fn find(&self, hash: u32) -> Option<usize> {
        let bucket = (hash >> (32 - self.bits)) as usize;
        let from = u32_at(self.directory, bucket)? as usize;
        let to = u32_at(self.directory, bucket + 1)? as usize;
        let [low, high, ..] = hash.to_le_bytes();
        let checks = self.checks.get(2 * from..2 * to)?;
        Some(from + checks.chunks_exact(2).position(|check| *check == [low, high])?)
    }
}

/// The number at a place, counted in numbers of 32 bits.
fn u32_at(bytes: &[u8], place: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(4 * place..4 * place + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Two buckets: the first with two entries, the second with one.
    fn file() -> Vec<u8> {
        let numbers = [1_u32, 3, 0, 2, 3].map(u32::to_le_bytes).concat();
        let checks = [7_u16, 9, 7].map(u16::to_le_bytes).concat();
        [numbers, checks, b"behind".to_vec()].concat()
    }

    #[test]
    fn a_hash_is_found_in_its_own_bucket_alone() {
        let file = file();
        let (buckets, entries, rest) = Buckets::read(&file).unwrap();
        assert_eq!((entries, rest), (3, &b"behind"[..]));
        let found = |hash| buckets.find(hash);
        assert_eq!([found(7), found(9), found(0x8000_0007)], [Some(0), Some(1), Some(2)]);
        assert_eq!([found(8), found(0x8000_0009), found(0)], [None; 3]);
    }

    #[test]
    fn a_damaged_file_is_refused_or_finds_nothing() {
        let whole = file();
        for length in 0..whole.len() - b"behind".len() {
            assert!(Buckets::read(&whole[..length]).is_none(), "{length}");
        }
        for bits in [0, MOST_BITS + 1, 32, u32::MAX] {
            let mut file = whole.clone();
            file[..4].copy_from_slice(&bits.to_le_bytes());
            assert!(Buckets::read(&file).is_none(), "{bits}");
        }
        let mut file = whole;
        file[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
        let (buckets, ..) = Buckets::read(&file).unwrap();
        assert_eq!([buckets.find(7), buckets.find(0x8000_0007)], [None; 2]);
    }
}
