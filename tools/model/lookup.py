"""How a word is found: its hash, and what is tried for a word that isn't known.

Invariant: the same as `crates/screening/src/model` (`weights.rs`, `mod.rs`).
"""

ENDINGS = ("s", "ed", "d", "ing", "in", "ly", "er")
LEAST_STEM = 3
# What stands for things that count by their sort alone, and for a question mark.
MARKS = ("?", "<number>", "<handle>", "<link>", "<mail>")


def fnv(word: str) -> int:
    h = 0x811C9DC5
    for byte in word.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def row(word: str, index: dict) -> int:
    """The row of a word; 0 if neither it nor its stem is known."""
    at = index.get(word, 0)
    if at or word in MARKS:
        return at
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= LEAST_STEM:
            at = index.get(word[: -len(ending)], 0)
            if at:
                return at
    return 0
