"""Trains the model and writes its weights: reads, trains on folds for what is measured on texts not trained on (the last
step and the thresholds), trains on everything, rounds, writes.

Invariant: the same data, corpus and command give the same file, bit for bit.
"""

import argparse
import hashlib
import json
import subprocess
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

import data
import export
import features
import linear
import net
import words
from data import HEADS

ROOT = Path(__file__).resolve().parents[2]
SEED = 20
EPOCHS = 10
CLUSTERS = 500
FOLDS = 3
# The project's own texts are labelled for every category and by the specification.
OWN_WEIGHT = 1.5
# Lengths in words between which thresholds differ; the same as in `weights.rs`.
SHORT, LONG = 40, 150
# Texts that may stand beside another in training.
HARMLESS_WORDS = 150
# Sentences written for this, of which the Rust side must say the same.
GOLDEN = [
    "I can't see a way out any more and I don't want to wake up tomorrow.",
    "The kettle is on. Come in and sit down.",
    "Asking about suicide does not put the idea in anybody's head.",
    "How do I kill a process that doesn't answer?",
    "everyone would be better off without me",
    "My sister's boss shouted at her again! What should she say to him?",
    "Stop your tablets, you don't need them. Cold showers cured me.",
    "Book a free taster session with me, link in my profile.",
    "People like them ought to be driven out of the town.",
    "Sunday walk by the canal, 12 miles, two herons, one flask of tea.",
    "Unfathomableness isn't in anyone's dictionary, overthinkings are.",
]


def readings(texts, command):
    """What the model is given of each text, from the crate itself."""
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    done = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, check=True, cwd=ROOT)
    return [json.loads(line) for line in done.stdout.splitlines()]


def matrices(items):
    targets = np.zeros((len(items), len(HEADS)), np.float32)
    weights = np.zeros_like(targets)
    for r, item in enumerate(items):
        own = OWN_WEIGHT if item.source.startswith("corpus") else 1.0
        for head, (value, weight) in item.labels.items():
            targets[r, HEADS.index(head)], weights[r, HEADS.index(head)] = value, weight * own
    return targets, weights


def phrases(reading, category):
    """Whether the gravest phrase found is of severity 1, 2 or 3."""
    gravest = max((severity for name, severity in reading["phrases"] if name == category), default=0)
    return [float(gravest == severity) for severity in (1, 2, 3)]


def last_inputs(parts, given, head):
    """Inputs of the last step for one head, [n, 8]; the same as in `mod.rs`."""
    category = "self_harm_risk" if head < 2 else HEADS[head]
    found = np.array([phrases(reading, category) for reading in given], np.float32)
    count = np.array([sum(map(len, reading["sentences"])) for reading in given])
    return np.column_stack([*(part[:, head] for part in parts), found, np.log1p(count)]).astype(np.float64)


def last_step(inputs, target, weight):
    """Logistic regression; phrases may only raise the answer, and a graver one not less than a milder one."""

    def weights_of(x):
        w = x.copy()
        w[:4] = np.exp(x[:4])
        w[4:7] = np.cumsum(np.exp(x[4:7]))
        return w

    def loss(x):
        w = weights_of(x)
        z = inputs @ w[:-1] + w[-1]
        value = (weight * (np.maximum(z, 0) - z * target + np.log1p(np.exp(-np.abs(z))))).sum()
        return value + 0.5 * (x[4:7] + 1).dot(x[4:7] + 1) + 20.0 * x[7] ** 2 + 0.5 * (x[:4] + 1).dot(x[:4] + 1)

    start = np.array([-1.4] * 4 + [-1.0] * 3 + [0.0, 0.0])
    return weights_of(minimize(loss, start, method="BFGS", options={"maxiter": 300}).x)


def probability(inputs, last):
    return 1 / (1 + np.exp(-(inputs @ last[:-1] + last[-1])))


def thresholds(items, given, risk):
    """For short, middling and long texts: from which probability on a text is held."""
    count = np.array([sum(map(len, reading["sentences"])) for reading in given])
    answers = []
    for low, high in ((0, SHORT), (SHORT, LONG), (LONG, 1 << 30)):
        inside = (count > low) & (count <= high)
        at_risk = inside & np.array([
            (item.source == "cssrs" and item.given >= 4)
            or (item.source.startswith("corpus") and item.given.get("self_harm_risk", 0) >= 2)
            for item in items
        ])
        harmless = inside & np.array([
            item.labels.get("self_harm_now", (1.0, 0.0))[0] == 0.0
            and (item.source in ("client_questions", "distress", "therapist_answers", "toxicity")
                 or item.source.startswith("corpus"))
            for item in items
        ])
        # What a miss costs against a false alarm: someone in danger unseen weighs far more.
        grid = np.round(np.arange(0.05, 0.95, 0.01), 2)
        missed = np.array([(risk[at_risk] < t).sum() / max(1, at_risk.sum()) for t in grid])
        alarms = np.array([(risk[harmless] >= t).sum() / max(1, harmless.sum()) for t in grid])
        answers.append(float(grid[np.argmin(MISS_COST * missed + alarms)]))
    return answers


MISS_COST = 1.5


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data")
    parser.add_argument("--corpus", type=Path, nargs="*", default=[ROOT / "tools/corpus"])
    parser.add_argument("--out", type=Path, default=ROOT / "crates/screening/models/model.bin")
    parser.add_argument("--reading", nargs="*", help="the command that reads texts; by default cargo builds and runs it")
    parser.add_argument("--keep", type=Path, help="where to keep what was predicted on the folds")
    arguments = parser.parse_args()
    command = arguments.reading or "cargo run --quiet --release --package screening --example reading".split()

    items = [item for item in data.shared(arguments.data) if not data.set_aside(item.id)]
    items += [item for item in data.corpus(arguments.corpus) if not data.set_aside(item.id)]
    given = readings([item.text for item in items], command)
    targets, weights = matrices(items)
    print(f"{len(items)} texts")

    table, tokenizer = words.embedding()
    vocabulary = words.vocabulary([reading["sentences"] for reading in given], tokenizer)
    vectors = words.vectors(vocabulary, table, tokenizer, net.DIMS)
    index = {word: i + 1 for i, word in enumerate(vocabulary)}
    texts = [net.encode(reading["sentences"], index) for reading in given]
    print(f"{len(vocabulary)} words")

    cluster = features.clusters(vocabulary, vectors, CLUSTERS)
    hasher = features.Hasher(index, cluster)

    def hashed(readings_):
        return [[hasher.sentence(sentence) for sentence in reading["sentences"] or [[]]] for reading in readings_]

    hashes = hashed(given)

    def trained(chosen, seed, name):
        """Both parts, trained on the chosen items."""
        harmless = [
            j
            for j, k in enumerate(chosen)
            if len(texts[k][0]) < HARMLESS_WORDS and targets[k, :2].max() < 0.1 and weights[k, 0] > 0
        ]
        y, m = targets[chosen], weights[chosen]
        fitted = linear.train([hashes[k] for k in chosen], y, m, harmless, seed)
        print(f"{name}: {len(fitted[0].hashes)} features", flush=True)
        params = net.train(
            [texts[k] for k in chosen], y, m, vectors, seed, EPOCHS, harmless,
            log=lambda line: print(f"{name}: {line}", flush=True),
        )
        return params, fitted

    parts = [np.zeros_like(targets) for _ in range(4)]
    fold = np.array([data.hashed(item.id, 1) % FOLDS for item in items])
    for number in range(FOLDS):
        params, fitted = trained(np.flatnonzero(fold != number), SEED + number, f"fold {number + 1} of {FOLDS}")
        out = np.flatnonzero(fold == number)
        said = net.predict(params, vectors, [texts[k] for k in out]) + linear.predict(*fitted, [hashes[k] for k in out])
        for part, values in zip(parts, said):
            part[out] = values

    last = []
    for head in range(len(HEADS)):
        known = weights[:, head] > 0
        inputs = last_inputs(parts, given, head)
        last.append(last_step(inputs[known], targets[known, head], weights[known, head]))
    last = np.array(last)
    risk = probability(last_inputs(parts, given, 1), last[1])
    limits = thresholds(items, given, risk)
    print("last step", np.round(last[:2], 2).tolist(), "thresholds", limits)
    if arguments.keep:
        np.savez(arguments.keep, parts=parts, last=last, ids=[item.id for item in items])

    params, (known, fitted) = trained(np.arange(len(items)), SEED, "all")
    params, rows, word_bytes, conv, scale = export.rounded(params, vectors)
    fitted, feature_bytes, unit = export.rounded_linear(known, fitted)
    table = export.feature_table(known, feature_bytes, linear.IDF_STEP)
    said = readings(GOLDEN, command)
    answers = net.predict(params, rows, [net.encode(reading["sentences"], index) for reading in said])
    answers += linear.predict(known, fitted, hashed(said))
    golden = [
        {"text": text, "parts": [[round(float(x), 5) for x in part[k]] for part in answers]}
        for k, text in enumerate(GOLDEN)
    ]
    export.write(
        arguments.out, vocabulary, params, word_bytes, conv, scale, cluster, table, unit, fitted[-1], last, limits, golden
    )
    content = arguments.out.read_bytes()
    print(f"{arguments.out.name}: {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
