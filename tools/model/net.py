"""The network: word vectors, a convolution over three words, and of each feature the strongest and the mean over a
sentence and over the text.

Invariant: the forward pass here and the one in Rust compute the same thing from the same readings, and the same
readings, labels and seed give the same weights.
"""

import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import jax
import jax.numpy as jnp
import numpy as np

from data import HEADS
from lookup import row

K = len(HEADS)
PAD = -1
DIMS = 48
FILTERS = 96
HIDDEN = 48
# Training looks at so many words and sentences of a text at a time; measuring looks at more, screening at all.
LONGEST = 256
SENTENCES = 40
LONGEST_MEASURED = 1024
SENTENCES_MEASURED = 160
# Words in a batch.
# Share of words that training leaves in a text.
KEPT = 0.8
BATCH = 8192
LENGTHS = [16, 32, 64, 128, 256, 512, 1024]


def start(vectors, seed):
    rng = np.random.default_rng(seed)

    def weights(*shape, fan):
        return rng.normal(0, (2.0 / fan) ** 0.5, shape).astype(np.float32)

    return {
        "delta": np.zeros_like(vectors),
        "conv": weights(3, DIMS, FILTERS, fan=3 * DIMS),
        "conv_b": np.zeros(FILTERS, np.float32),
        "hid": weights(2 * FILTERS, HIDDEN, fan=2 * FILTERS),
        "hid_b": np.zeros(HIDDEN, np.float32),
        "out": weights(HIDDEN, K, fan=2 * HIDDEN),
        "out_b": np.full(K, -2.5, np.float32),
        "text_hid": weights(2 * FILTERS, HIDDEN, fan=2 * FILTERS),
        "text_hid_b": np.zeros(HIDDEN, np.float32),
        "text_out": weights(HIDDEN, K, fan=2 * HIDDEN),
    }


def forward(params, vectors, words, sentence, key=None, drop=0.0, most=SENTENCES):
    """Logits of the strongest sentence and of the text, each [B, K]."""
    B, T = words.shape
    there = (words != PAD).astype(jnp.float32)[..., None]
    e = (vectors + params["delta"])[jnp.maximum(words, 0)] * there
    if key is not None:
        k1, k2, k3 = jax.random.split(key, 3)
        e = e * jax.random.bernoulli(k1, KEPT, (B, T, 1))
    same = (sentence[:, 1:] == sentence[:, :-1])[..., None] * there[:, 1:]
    before = jnp.pad(e[:, :-1] * same, ((0, 0), (1, 0), (0, 0)))
    after = jnp.pad(e[:, 1:] * same, ((0, 0), (0, 1), (0, 0)))
    c = params["conv"]
    h = jax.nn.relu(before @ c[0] + e @ c[1] + after @ c[2] + params["conv_b"]) * there
    at = (sentence + jnp.arange(B)[:, None] * most).reshape(-1)
    flat = h.reshape(B * T, FILTERS)
    count = jax.ops.segment_sum(there.reshape(-1), at, B * most).reshape(B, most, 1)
    top = jnp.maximum(jax.ops.segment_max(flat, at, B * most), 0.0).reshape(B, most, FILTERS)
    total = jax.ops.segment_sum(flat, at, B * most).reshape(B, most, FILTERS)
    of_sentence = jnp.concatenate([top, total / jnp.maximum(count, 1.0)], -1)
    of_text = jnp.concatenate([top.max(1), total.sum(1) / jnp.maximum(count.sum(1), 1.0)], -1)
    if key is not None:
        of_sentence = of_sentence * jax.random.bernoulli(k2, 1 - drop, of_sentence.shape) / (1 - drop)
        of_text = of_text * jax.random.bernoulli(k3, 1 - drop, of_text.shape) / (1 - drop)
    s = jax.nn.relu(of_sentence @ params["hid"] + params["hid_b"]) @ params["out"] + params["out_b"]
    s = jnp.where(count > 0, s, -1e4).max(1)
    t = jax.nn.relu(of_text @ params["text_hid"] + params["text_hid_b"]) @ params["text_out"] + params["out_b"]
    return s, t


def encode(reading, index):
    """Sentences of words to numbers of words and of sentences."""
    words, number = [], []
    for s, sentence in enumerate(reading):
        for word in sentence:
            words.append(row(word, index))
            number.append(s)
    if not words:
        words, number = [0], [0]
    return np.array(words, np.int32), np.array(number, np.int32)


def window(text, rng):
    """Some part of a text that is long."""
    words, number = text
    if len(words) > LONGEST:
        at = int(rng.integers(len(words) - LONGEST + 1))
        words, number = words[at : at + LONGEST], number[at : at + LONGEST]
    return words, np.minimum(number - number[0], SENTENCES - 1)


def batches(texts, order):
    waiting = {}
    for i in order:
        length = next(n for n in LENGTHS if len(texts[i][0]) <= n)
        group = waiting.setdefault(length, [])
        group.append(i)
        if len(group) == BATCH // length:
            yield length, group
            waiting[length] = []
    for length, group in sorted(waiting.items()):
        if group:
            yield length, group


def pack(texts, group, length):
    rows = BATCH // length
    words = np.full((rows, length), PAD, np.int32)
    sentence = np.zeros((rows, length), np.int32)
    for r, i in enumerate(group):
        n = len(texts[i][0])
        words[r, :n], sentence[r, :n] = texts[i]
        sentence[r, n:] = texts[i][1][-1]
    return words, sentence


def joined(a, b):
    """Two texts as one."""
    return np.concatenate([a[0], b[0]]), np.concatenate([a[1], b[1] + a[1][-1] + 1])


# How fast weights fade, relative to the rate of learning.
DECAY = {"conv": 0.005, "hid": 0.005, "text_hid": 0.005, "out": 0.005, "text_out": 0.005, "delta": 0.05}


def train(texts, targets, weights, vectors, seed, epochs, harmless, compose=0.3, rate=8e-3, drop=0.3, log=print):
    """`harmless`: texts that may stand beside another without changing what it is."""
    rng = np.random.default_rng(seed)
    params = jax.tree.map(jnp.asarray, start(vectors, seed))
    fixed = jnp.asarray(vectors)

    def loss(p, words, sentence, y, m, key):
        s, t = forward(p, fixed, words, sentence, key, drop)

        def of(z):
            return (m * (jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z))))).sum()

        # The parts alone must be right as well as their mean.
        return (of((s + t) / 2) + 0.25 * of(s) + 0.25 * of(t)) / 1000.0

    @jax.jit
    def step(p, first, second, mean, words, sentence, y, m, key, count, rate):
        value, g = jax.value_and_grad(loss)(p, words, sentence, y, m, key)
        first = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, first, g)
        second = jax.tree.map(lambda a, b: 0.99 * a + 0.01 * b * b, second, g)

        def move(path, w, a, b):
            name = path[0].key
            u = (a / (1 - 0.9**count)) / (jnp.sqrt(b / (1 - 0.99**count)) + 1e-6)
            return w - rate * (u + DECAY.get(name, 0.0) * w)

        p = jax.tree_util.tree_map_with_path(move, p, first, second)
        mean = jax.tree.map(lambda a, b: 0.995 * a + 0.005 * b, mean, p)
        return p, first, second, mean, value

    zero = jax.tree.map(jnp.zeros_like, params)
    first, second, mean = zero, zero, params
    key = jax.random.PRNGKey(seed)
    count = 0
    for epoch in range(epochs):
        shown, y_all, m_all = [], targets.copy(), weights.copy()
        for i, text in enumerate(texts):
            if rng.random() < compose and len(text[0]) < 128:
                j = harmless[int(rng.integers(len(harmless)))]
                other = texts[j]
                text = joined(text, other) if rng.random() < 0.5 else joined(other, text)
                y_all[i] = np.maximum(targets[i] * (weights[i] > 0), targets[j] * (weights[j] > 0))
                known = (weights[j] > 0) | (targets[i] > 0.5)
                m_all[i] = np.where(known, weights[i], 0) * 0.7
                # The harmful part may be cut away.
                if len(text[0]) > LONGEST:
                    text = texts[i]
                    y_all[i], m_all[i] = targets[i], weights[i]
            shown.append(window(text, rng))
        total = 0.0
        for length, group in batches(shown, rng.permutation(len(shown))):
            words, sentence = pack(shown, group, length)
            y = np.zeros((len(words), K), np.float32)
            m = np.zeros_like(y)
            y[: len(group)], m[: len(group)] = y_all[group], m_all[group]
            count += 1
            key, now = jax.random.split(key)
            progress = (epoch + 0.5) / epochs
            pace = rate * min(1.0, count / 100) * (0.05 + 0.95 * (1 - progress))
            params, first, second, mean, value = step(
                params, first, second, mean, words, sentence, y, m, now, float(count), pace
            )
            total += float(value)
        log(f"epoch {epoch + 1} of {epochs}: {total:.3f}")
    return jax.tree.map(np.asarray, mean)


def predict(params, vectors, texts):
    """Logits of the strongest sentence and of the text."""
    most = SENTENCES_MEASURED
    shown = [(w[:LONGEST_MEASURED], np.minimum(s[:LONGEST_MEASURED], most - 1)) for w, s in texts]
    s_all, t_all = np.zeros((len(texts), K), np.float32), np.zeros((len(texts), K), np.float32)
    run = jax.jit(lambda p, v, w, s: forward(p, v, w, s, most=most))
    for length, group in batches(shown, range(len(shown))):
        s, t = run(params, vectors, *pack(shown, group, length))
        s_all[group], t_all[group] = np.asarray(s)[: len(group)], np.asarray(t)[: len(group)]
    return s_all, t_all
