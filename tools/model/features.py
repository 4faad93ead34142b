"""What the linear part sees in a sentence: words, pairs and triples, and the same with words replaced by their cluster,
so that a word hardly seen in training counts as its neighbours do.

Invariant: the hashes here and those of `crates/screening/src/model/linear.rs` are the same for any words.
"""

import numpy as np

from lookup import fnv, row

U = np.uint32
STEP = U(0x01000193)
# One salt for each family of features; the same order as in `linear.rs`.
SALT = {
    name: U(value)
    for name, value in {
        "word": 0x1B873593,
        "pair": 0xCC9E2D51,
        "triple": 0x85EBCA6B,
        "skip": 0xC2B2AE35,
        "cluster": 0x27D4EB2F,
        "clusters": 0x165667B1,
        "three_clusters": 0x9E3779B1,
        "word_cluster": 0x2545F491,
        "cluster_word": 0x5BD1E995,
    }.items()
}
# What stands before the first word of a sentence and after the last.
EDGE = U(0x811C9DC5)

# Words whose exact form matters more than what they resemble: each is a cluster of its own.
ALONE = set(
    """a an the i me my mine myself you your yours yourself yourselves he him his himself she her hers herself it its itself
    we us our ours ourselves they them their theirs themselves who whom whose what which this that these those am is are
    was were be been being do does did doing done dont doesnt didnt have has had having havent hasnt hadnt will would wont
    wouldnt can cant cannot could couldnt should shouldnt may might must not no nor never none nothing nobody nowhere
    neither and or but if then than so because as until while of at by for with without about against between into through
    during before after above below to from up down in out on off over under again further once here there when where why
    how all any both each few more most other some such only own same too very just m s re ll ve d isnt arent wasnt werent
    ever always anymore still yet now today tonight tomorrow yesterday ago last next soon everyone everybody someone
    somebody anyone anybody everything something anything people want wants wanted wanna going gonna go get got
    ? <number> <handle> <link> <mail>""".split()
)


def mix(h):
    with np.errstate(over="ignore"):
        h = h ^ (h >> U(15))
        h = h * U(0x2C1B3C6D)
        h = h ^ (h >> U(12))
        h = h * U(0x297A2D39)
        return h ^ (h >> U(15))


def clusters(vocabulary, vectors, count):
    """For each row of the vectors its cluster; row 0, the words that aren't known, is in cluster 0."""
    from sklearn.cluster import MiniBatchKMeans

    shared = np.array([word not in ALONE for word in vocabulary])
    points = vectors[1:] / np.maximum(np.linalg.norm(vectors[1:], axis=1, keepdims=True), 1e-6)
    means = MiniBatchKMeans(count, random_state=7, n_init=1, batch_size=2048, max_iter=25).fit(points[shared])
    answer = np.zeros(len(vectors), np.uint16)
    answer[1:][shared] = 1 + means.labels_
    answer[1:][~shared] = 1 + count + np.arange((~shared).sum())
    return answer


class Hasher:
    def __init__(self, index, cluster):
        self.index, self.cluster, self.known = index, cluster, {}

    def word(self, word):
        pair = self.known.get(word)
        if pair is None:
            c = U(self.cluster[row(word, self.index)])
            with np.errstate(over="ignore"):
                pair = self.known[word] = (fnv(word), int(mix(c + U(0x51ED270B))))
        return pair

    def sentence(self, words):
        """The hashes of a sentence's features, with repetition."""
        pairs = [self.word(word) for word in words]
        h = np.array([EDGE, *(pair[0] for pair in pairs), EDGE], U)
        c = np.array([EDGE, *(pair[1] for pair in pairs), EDGE], U)
        with np.errstate(over="ignore"):
            return mix(
                np.concatenate([
                    h[1:-1] ^ SALT["word"],
                    c[1:-1] ^ SALT["cluster"],
                    (h[:-1] * STEP + h[1:]) ^ SALT["pair"],
                    (c[:-1] * STEP + c[1:]) ^ SALT["clusters"],
                    (h[:-1] * STEP + c[1:]) ^ SALT["word_cluster"],
                    (c[:-1] * STEP + h[1:]) ^ SALT["cluster_word"],
                    ((h[:-2] * STEP + h[1:-1]) * STEP + h[2:]) ^ SALT["triple"],
                    (h[:-2] * STEP + h[2:]) ^ SALT["skip"],
                    ((c[:-2] * STEP + c[1:-1]) * STEP + c[2:]) ^ SALT["three_clusters"],
                ])
            )
