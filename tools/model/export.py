"""Writes the weights file that the Rust crate reads (`crates/screening/src/model/weights.rs`).

Invariant: what is written is what was measured. The quantised numbers are put back into the network before the golden
answers are computed.
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from buckets import buckets  # noqa: E402
from lookup import fnv  # noqa: E402

MAGIC = b"CCMODEL4"
SLOTS = 1 << 15
# With the check, every bit of a hash counts: no feature is taken for another.
FEATURE_BITS = 16


def quantised(table, axis):
    """Bytes, and what one unit is worth: of the whole table, or of each slice along an axis."""
    largest = np.abs(table).max() if axis is None else np.abs(table).max(axis=axis)
    unit = np.maximum(largest, 1e-8) / 127.0
    scale = unit if axis is None else np.expand_dims(unit, axis)
    return np.clip(np.round(table / scale), -127, 127).astype(np.int8), np.asarray(unit, np.float32)


def rounded(params, vectors):
    """The network with its tables as they will be read: parameters, vectors and the bytes of both."""
    table = vectors + params["delta"]
    # A few numbers far out would cost all the others their precision.
    table = np.clip(table, -np.quantile(np.abs(table), 0.9995), np.quantile(np.abs(table), 0.9995))
    words, word_unit = quantised(table, None)
    filters = params["conv"].shape[2]
    # One row for each filter: three words' worth of numbers.
    rows = params["conv"].reshape(-1, filters).T
    conv, conv_unit = quantised(rows, 1)
    after = dict(params)
    after["delta"] = np.zeros_like(vectors)
    after["conv"] = (conv.astype(np.float32) * conv_unit[:, None]).T.reshape(params["conv"].shape)
    return after, words.astype(np.float32) * word_unit, words, conv, (word_unit * conv_unit).astype(np.float32)


def word_table(vocabulary):
    keys, rows = np.zeros(SLOTS, np.uint32), np.zeros(SLOTS, np.uint16)
    seen = set()
    for row, word in enumerate(vocabulary, 1):
        key = fnv(word)
        # Two words with one hash: the first stays, and the other is read as it.
        if key in seen:
            continue
        seen.add(key)
        slot = key & (SLOTS - 1)
        while rows[slot]:
            slot = (slot + 1) & (SLOTS - 1)
        keys[slot], rows[slot] = key, row
    return keys, rows


def rounded_linear(known, fitted):
    """The fitted weights as they will be read, their bytes, and what one unit is worth for each head."""
    n = len(known.hashes)
    table = known.idf[:, None] * fitted[:n]
    largest = np.quantile(np.abs(table), 0.9997, axis=0)
    table = np.clip(table, -largest, largest)
    weights, unit = quantised(table, 0)
    after = fitted.copy()
    after[:n] = weights.astype(np.float32) * unit / known.idf[:, None]
    return after, weights, unit


def feature_table(known, weights, step):
    """The table of features, and which of them are in it."""
    # Of two that can't be told apart the more telling stays.
    telling = np.argsort(-np.abs(weights.astype(np.int32)).max(1), kind="stable")
    hashes, places = buckets(known.hashes[telling], FEATURE_BITS)
    order = telling[places]
    print(f"{len(weights) - len(order)} of {len(weights)} features found no place")
    importance = np.round(known.idf[order] / step).astype(np.uint8)
    return hashes + importance.tobytes() + weights[order].tobytes(), np.sort(order)


def write(path, vocabulary, params, words, conv, scale, cluster, features, linear_unit, linear_bias, last, thresholds, golden):
    keys, rows = word_table(vocabulary)
    filters = conv.shape[0]
    hidden, heads = params["out"].shape
    count, dims = words.shape
    assert count <= SLOTS * 2 // 3, f"{count} words are too many"
    floats = lambda *parts: b"".join(np.ascontiguousarray(part, dtype="<f4").tobytes() for part in parts)
    out = [
        MAGIC,
        struct.pack("<8I", SLOTS, count, dims, filters, hidden, heads, last.shape[1] - 1, thresholds.size),
        keys.astype("<u4").tobytes(),
        rows.astype("<u2").tobytes(),
        words.tobytes(),
        conv.tobytes(),
        floats(scale, params["conv_b"]),
        floats(params["hid"], params["hid_b"], params["out"], params["out_b"]),
        floats(params["text_hid"], params["text_hid_b"], params["text_out"], params["out_b"]),
        cluster.astype("<u2").tobytes(),
        features,
        floats(linear_unit, linear_bias),
        floats(last, np.asarray(thresholds)),
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in golden).encode(),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(out))
