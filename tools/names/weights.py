"""Writes `names.bin`; the layout is described in `crates/screening/src/names/knowledge.rs`."""

import struct


def table(entries):
    """A directory by the highest twelve bits and the entries sorted by hash; of two with one key the first stays."""
    kept = {}
    for value, payload in entries:
        key = (value >> 20, value & 0xFFFF)
        kept.setdefault(key, payload)
    directory = [0] * 4097
    body = bytearray()
    for (place, check), payload in sorted(kept.items()):
        directory[place + 1] += 1
        body += struct.pack("<H", check) + payload
    for place in range(4096):
        directory[place + 1] += directory[place]
    return struct.pack("<4097I", *directory), bytes(body), len(kept)


def write(path, words, features, transitions, step):
    word_directory, word_body, word_count = table(words)
    feature_directory, feature_body, feature_count = table(features)
    with open(path, "wb") as file:
        file.write(b"NAM1" + struct.pack("<III", word_count, feature_count, step))
        file.write(struct.pack("<25h", *transitions))
        file.write(word_directory + feature_directory + word_body + feature_body)
