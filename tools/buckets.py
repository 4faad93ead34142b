"""Tables of hashes as the Rust crate reads them; the layout is described in `crates/screening/src/buckets.rs`."""

import struct


def buckets(hashes, bits):
    """The bytes of the hashes, and the places in `hashes` in the order of the entries. Of two that can't be told apart
    the first stays."""
    kept = {}
    for place, value in enumerate(map(int, hashes)):
        kept.setdefault((value >> (32 - bits), value & 0xFFFF), place)
    keys = sorted(kept)
    starts = [0] * ((1 << bits) + 1)
    for bucket, _ in keys:
        starts[bucket + 1] += 1
    for bucket in range(1 << bits):
        starts[bucket + 1] += starts[bucket]
    head = struct.pack("<II", bits, len(keys))
    body = struct.pack(f"<{len(starts)}I", *starts) + struct.pack(f"<{len(keys)}H", *(check for _, check in keys))
    return head + body, [kept[key] for key in keys]
