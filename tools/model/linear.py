"""The linear part: logistic regression for every head at once over the features of texts.

Invariant: the same readings and labels give the same weights, bit for bit, on one machine with one thread.
"""

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

# Short texts have few features; without a floor a single one of them would decide.
LEAST_NORM = 6.0
# The importance of a feature is kept as a multiple of this in a byte.
IDF_STEP = 1 / 20
# Features must be in so many texts; so many are kept.
LEAST_TEXTS = 3
MOST = 75_000
STRENGTH = 3.0
ROUNDS = 50


class Features:
    """The features that the model knows, and how much each weighs before training."""

    def __init__(self, hashes, idf):
        self.hashes, self.idf = hashes, idf

    def rows(self, texts):
        """One row a text: how often each feature is in it, times its weight, over the length of all of them."""
        start, columns, values = [0], [], []
        for text in texts:
            at = np.searchsorted(self.hashes, text)
            at[at == len(self.hashes)] = 0
            at = at[self.hashes[at] == text]
            norm = max(LEAST_NORM, float(np.sqrt((self.idf[at] ** 2).sum())))
            column, count = np.unique(at, return_counts=True)
            columns.append(column)
            values.append(self.idf[column] * count / norm)
            start.append(start[-1] + len(column))
        return csr_matrix(
            (np.concatenate(values).astype(np.float32), np.concatenate(columns), start), (len(texts), len(self.hashes))
        )


def select(texts, targets, weights):
    """The features that tell most, each head asked."""
    hashes, df = np.unique(np.concatenate([np.unique(text) for text in texts]), return_counts=True)
    kept = df >= LEAST_TEXTS
    hashes, df = hashes[kept], df[kept]
    idf = np.clip(np.round(np.log((len(texts) + 1) / df) / IDF_STEP), 1, 255) * IDF_STEP
    every = Features(hashes, idf)
    if len(hashes) <= MOST:
        return every
    matrix = every.rows(texts)
    prior = (weights * targets).sum(0) / weights.sum(0)
    slope = np.abs(matrix.T @ (weights * (targets - prior)).astype(np.float32))
    spread = np.sqrt(np.asarray(matrix.multiply(matrix).sum(0)).ravel()) + 1.0
    telling = (slope / np.sqrt((weights * prior * (1 - prior)).sum(0) + 1)).max(1) / np.sqrt(spread)
    best = np.sort(np.argsort(-telling, kind="stable")[:MOST])
    return Features(hashes[best], idf[best])


def fit(matrix, targets, weights):
    """Weights [features + 1, heads]; the last row is the bias."""
    n, k = matrix.shape[1], targets.shape[1]
    targets, weights = targets.astype(np.float32), weights.astype(np.float32)
    transposed = matrix.T.tocsr()

    def loss(flat):
        w = flat.reshape(n + 1, k).astype(np.float32)
        z = matrix @ w[:n] + w[n]
        value = (weights * (np.maximum(z, 0) - z * targets + np.log1p(np.exp(-np.abs(z))))).sum(dtype=np.float64)
        slope = weights * (1 / (1 + np.exp(-z)) - targets)
        gradient = np.empty((n + 1, k), np.float64)
        gradient[:n] = transposed @ slope + w[:n] / STRENGTH
        gradient[n] = slope.sum(0, dtype=np.float64)
        return value + 0.5 / STRENGTH * float((w[:n].astype(np.float64) ** 2).sum()), gradient.ravel()

    start = np.zeros((n + 1, k))
    start[n] = -3.0
    found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS, "maxcor": 5})
    return found.x.reshape(n + 1, k).astype(np.float32)


def train(sentences, targets, weights, harmless, seed):
    """`sentences`: for each text the hashes of each of its sentences. Beside the texts it learns from sentences of texts
    without a thing, which are without it too, and from texts joined to a harmless one."""
    rng = np.random.default_rng(seed)
    texts = [np.concatenate(text) for text in sentences]
    known = select(texts, targets, weights)
    more, more_targets, more_weights = [], [], []
    for k, text in enumerate(sentences):
        if len(text) > 1:
            for at in rng.permutation(len(text))[:2]:
                more.append(text[at])
                more_targets.append(np.zeros(targets.shape[1], np.float32))
                more_weights.append(np.where(targets[k] < 0.2, 0.3 * weights[k], 0))
        if targets[k].max() > 0.4 and len(texts[k]) < 900 and rng.random() < 0.3:
            j = harmless[int(rng.integers(len(harmless)))]
            more.append(np.concatenate([texts[k], texts[j]]))
            more_targets.append(np.maximum(targets[k] * (weights[k] > 0), targets[j] * (weights[j] > 0)))
            more_weights.append(np.where((weights[j] > 0) | (targets[k] > 0.5), 0.7 * weights[k], 0))
    matrix = known.rows(texts + more)
    return known, fit(matrix, np.vstack([targets, more_targets]), np.vstack([weights, more_weights]))


def predict(known, fitted, sentences):
    """Logits of the strongest two sentences in a row, and of the text."""
    n = len(known.hashes)

    def of(texts):
        return known.rows(texts) @ fitted[:n] + fitted[n]

    whole = of([np.concatenate(text) for text in sentences])
    pairs = [
        np.concatenate(text[at : at + 2]) for text in sentences for at in range(max(1, len(text) - 1))
    ]
    counts = [max(1, len(text) - 1) for text in sentences]
    of_pairs = of(pairs)
    ends = np.cumsum([0, *counts])
    strongest = np.array([of_pairs[a:b].max(0) for a, b in zip(ends, ends[1:])])
    return strongest.astype(np.float32), whole.astype(np.float32)
