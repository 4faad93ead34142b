"""The words that the model knows, with vectors from PyPI's `wordllama` (MIT), made smaller.

Invariant: the same readings give the same words in the same order, with the same vectors.
"""

import collections
import os

import numpy as np

from lookup import MARKS


def embedding():
    """Vectors of pieces of words, and the tokenizer that cuts words into such pieces."""
    import wordllama
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    root = os.path.dirname(wordllama.__file__)
    table = load_file(f"{root}/weights/l2_supercat_256.safetensors")["embedding.weight"].astype(np.float32)
    return table, Tokenizer.from_file(f"{root}/tokenizers/l2_supercat_tokenizer_config.json")


# What the word table of the weights file has room for.
MOST = 21_000


def vocabulary(readings, tokenizer, least=2):
    """Words of at least so many texts, and the whole words that the embedding knows, the common ones first."""
    counts = collections.Counter()
    for sentences in readings:
        counts.update({word for sentence in sentences for word in sentence})
    known = {word for word, count in counts.items() if count >= least and word.isalpha()} | set(MARKS)
    for piece, _ in sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1]):
        word = piece[1:]
        if len(known) == MOST:
            break
        if piece.startswith("▁") and len(word) > 2 and word.isascii() and word.isalpha() and word.islower():
            known.add(word)
    return sorted(known)


def vectors(words, table, tokenizer, dims):
    """One row for each word, after row 0 for every other."""
    out = np.zeros((len(words), table.shape[1]), np.float32)
    for i, word in enumerate(words):
        ids = [] if word in MARKS else tokenizer.encode(word, add_special_tokens=False).ids
        if ids:
            # The stem says more than the ending.
            weights = np.array([1.0] + [0.6] * (len(ids) - 1), np.float32)
            out[i] = (table[ids] * weights[:, None]).sum(0)
    out -= out.mean(0)
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-6)
    _, basis = np.linalg.eigh(out.T.astype(np.float64) @ out)
    basis = basis[:, ::-1][:, :dims]
    # The sign of an eigenvector is arbitrary.
    basis = basis * np.sign(basis[np.abs(basis).argmax(0), np.arange(dims)])
    reduced = (out @ basis).astype(np.float32)
    return np.vstack([np.zeros((1, dims), np.float32), reduced * (0.5 / reduced.std())])
