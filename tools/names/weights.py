"""Writes `names.bin`; the layout is described in `crates/screening/src/names/knowledge.rs`."""

import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from buckets import buckets  # noqa: E402

# About four words and one and a half features in a bucket.
WORD_BITS = 13
FEATURE_BITS = 15


def table(entries, bits):
    """The hashes and behind them what belongs to each."""
    hashes, order = buckets([value for value, _ in entries], bits)
    return hashes + b"".join(entries[place][1] for place in order)


def write(path, words, features, transitions):
    with open(path, "wb") as file:
        file.write(b"NAM2" + struct.pack("<25h", *transitions))
        file.write(table(words, WORD_BITS) + table(features, FEATURE_BITS))
