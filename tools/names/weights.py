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


SLOTS = 1 << 16
LONGEST_PROBE = 64


def slots(entries):
    """Open addressing: the lower half of the hash names the slot, the upper half is the check. The weightiest first."""
    body = bytearray(SLOTS * 7)
    for value, payload in entries:
        check = max(1, value >> 16)
        for step in range(LONGEST_PROBE):
            at = ((value + step) % SLOTS) * 7
            (found,) = struct.unpack_from("<H", body, at)
            if found == 0:
                struct.pack_into("<H5s", body, at, check, payload)
                break
            if found == check:
                break
    return bytes(body)


def write(path, words, features, transitions, step):
    assert len(features) < SLOTS * 0.8, "too many features for quick look-ups"
    directory, body, count = table(words)
    with open(path, "wb") as file:
        file.write(b"NAM1" + struct.pack("<III", count, len(features), step))
        file.write(struct.pack("<25h", *transitions))
        file.write(directory + body + slots(features))
