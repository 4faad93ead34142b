"""Trains the model and writes its weights: reads, trains on four texts of five, makes the last step and the thresholds
from the fifth, trains on everything, rounds, writes.

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
EPOCHS = 15
CLUSTERS = 500
# One text in so many is held back from the first training.
HELD_BACK = 5
# The project's own texts are labelled for every category and by the specification.
OWN_WEIGHT = 1.5
# Texts of so many words are short and have a threshold of their own; the same as in `weights.rs`.
SHORT = 40
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


def by_rules(reading, category):
    """Whether the gravest finding of the rules is of severity 1, 2 or 3."""
    gravest = max((severity for name, severity in reading["found"] if name == category), default=0)
    return [float(gravest == severity) for severity in (1, 2, 3)]


def last_inputs(parts, given, head):
    """Inputs of the last step for one head, [n, 8]; the same as in `mod.rs`."""
    category = "self_harm_risk" if head < 2 else HEADS[head]
    found = np.array([by_rules(reading, category) for reading in given], np.float32)
    count = np.array([sum(map(len, reading["sentences"])) for reading in given])
    return np.column_stack([*(part[:, head] for part in parts), found, np.log1p(count)]).astype(np.float64)


def last_step(inputs, target, weight):
    """Logistic regression in which the parts and the rules may only raise the answer, a grave finding not less than a
    mild one."""
    # Severity 1, 2, 3 become "at least" 1, 2, 3, so that each adds to the one before.
    steps = inputs.copy()
    steps[:, 5] += inputs[:, 6]
    steps[:, 4] += inputs[:, 5] + inputs[:, 6]
    # As if no finding and no length mattered much, and all parts equally: what few texts say is not believed at once.
    prior = np.array([0.25] * 4 + [0.5] * 3 + [0.0, 0.0])
    strictness = np.array([1.0] * 4 + [1.0] * 3 + [40.0, 0.0])

    def loss(x):
        z = steps @ x[:-1] + x[-1]
        value = (weight * (np.maximum(z, 0) - z * target + np.log1p(np.exp(-np.abs(z))))).sum()
        slope = weight * (1 / (1 + np.exp(-np.clip(z, -500, 500))) - target)
        gradient = np.append(steps.T @ slope, slope.sum()) + strictness * (x - prior)
        return value + 0.5 * (strictness * (x - prior) ** 2).sum(), gradient

    bounds = [(0, None)] * 7 + [(None, None)] * 2
    x = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500}).x
    x[4:7] = np.cumsum(x[4:7])
    return x


def probability(inputs, last):
    return 1 / (1 + np.exp(-(inputs @ last[:-1] + last[-1])))


# Probabilities among which thresholds are chosen.
GRID = np.round(np.arange(0.05, 0.99, 0.01), 2)
# Sets of people who tell of distress, or answer it.
CALM = ("client_questions", "distress", "therapist_answers")
# Of harmless texts no more than this share may be held, short ones and long ones: as many as those who read them can bear,
# because who is at risk must not be missed. In short texts a word or two decides, and the rules know better.
MOST_ALARMS = (0.045, 0.125)
# A share of fewer texts says nothing.
FEWEST = 50


def beginnings(readings_, most=40):
    """Each text after each of its sentences, as screening looks at it, and which text each beginning is of."""
    every, of = [], []
    for number, reading in enumerate(readings_):
        for end in range(1, min(len(reading["sentences"]), most) + 1):
            every.append({"sentences": reading["sentences"][:end], "found": reading["found"]})
            of.append(number)
        if len(reading["sentences"]) > most:
            every.append(reading)
            of.append(number)
    return every, np.array(of)


def thresholds(items, given, risk, of):
    """For short and long texts: from which probability on a text is held. `risk`: of each beginning of a text."""
    count = np.array([sum(map(len, reading["sentences"])) for reading in given])
    whole = np.zeros(len(items))
    np.maximum.at(whole, of, count)
    highest = np.zeros((2, len(items)))
    for length in (0, 1):
        of_length = (count > SHORT) == bool(length)
        np.maximum.at(highest[length], of[of_length], risk[of_length])
    # Each source counts the same, however large it is.
    sources = np.array([
        item.source.split("/")[0] if item.labels.get("self_harm_now", (1.0, 0.0))[0] == 0.0 else "" for item in items
    ])
    answers = []
    held = np.zeros(len(items), bool)
    for length, most in enumerate(MOST_ALARMS):
        inside = (whole > SHORT) == bool(length)
        reached = [held | (highest[length] >= limit) for limit in GRID]
        groups = [inside & (sources == name) for name in (*CALM, "corpus")]
        alarms = np.array([np.mean([r[g].mean() for g in groups if g.sum() >= FEWEST]) for r in reached])
        answers.append(float(GRID[alarms <= most].min(initial=GRID[-1])))
        held |= highest[length] >= answers[-1]
    return answers


# The precision that a finding must have on the project's own texts: one that holds a text, and any other. Who holds too
# little misses a child; whoever reads what is held can bear one in four that is none.
HOLDING_PRECISION, PRECISION = 0.75, 0.9
# What holds a text may be found in no more than this share of each calm set (some of whose posts tell of abuse that goes
# on), and any other thing in no more than that share of texts that are known not to have it.
MOST_HELD, MOST_WRONG = 0.06, 0.02
# What is hardly likelier than not makes no finding, whatever the few texts say by which thresholds are chosen.
LEAST_SURE = 0.65


def threshold(items, head, answer):
    """From which probability on a head other than the first two makes a finding, in a text of any length."""
    name = HEADS[head]
    own = np.array([item.source.startswith("corpus") for item in items])
    known = np.array([item.labels.get(name, (0.5, 0.0))[0] for item in items])
    if name in ("harm_to_others", "safeguarding"):
        groups = [np.array([item.source == calm for item in items]) for calm in CALM]
        most, precision = MOST_HELD, HOLDING_PRECISION
    else:
        groups, most, precision = [~own & (known <= 0.2)], MOST_WRONG, PRECISION
    for limit in GRID[GRID >= LEAST_SURE]:
        chosen = own & (answer >= limit)
        wrong = max((answer[group] >= limit).mean() for group in groups if group.any())
        if chosen.any() and (known[chosen] >= 0.8).mean() > precision and wrong <= most:
            return float(limit)
    return 1.0


def limits(items, given, parts, last, risk, begun, of):
    """For each head and length the sum of the last step from which on there is a finding; the first head makes none."""
    answers = [probability(last_inputs(parts, given, head), last[head]) for head in range(len(HEADS))]
    chosen = np.array([
        [1.0] * 2,
        thresholds(items, begun, risk, of),
        *([threshold(items, head, answers[head])] * 2 for head in range(2, len(HEADS))),
    ])
    print("thresholds", dict(zip(HEADS[1:], chosen[1:].tolist())))
    with np.errstate(divide="ignore"):
        return np.minimum(np.log(chosen / (1 - chosen)), 1e9).astype(np.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data")
    parser.add_argument("--corpus", type=Path, nargs="*", default=[ROOT / "tools/corpus"])
    parser.add_argument("--out", type=Path, default=ROOT / "crates/screening/models/model.bin")
    parser.add_argument("--reading", nargs="*", help="the command that reads texts; by default cargo builds and runs it")
    parser.add_argument("--keep", type=Path, help="where to keep what was predicted on the folds")
    arguments = parser.parse_args()
    command = arguments.reading or (
        "cargo run --quiet --release --package screening --example reading".split()
    )

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

    # What the last step and the thresholds are made from: texts that the first training didn't see.
    seen = np.array([data.hashed(item.id, 1) % HELD_BACK != 0 for item in items])
    params, fitted = trained(np.flatnonzero(seen), SEED + 1, "part")
    back = np.flatnonzero(~seen)
    parts = net.predict(params, vectors, [texts[k] for k in back]) + linear.predict(*fitted, [hashes[k] for k in back])
    checked, checked_given = [items[k] for k in back], [given[k] for k in back]

    last = []
    for head in range(len(HEADS)):
        answered = weights[back, head] > 0
        inputs = last_inputs(parts, checked_given, head)
        last.append(last_step(inputs[answered], targets[back][answered, head], weights[back][answered, head]))
    last = np.array(last)
    begun, of = beginnings(checked_given)
    said = net.predict(params, vectors, [net.encode(reading["sentences"], index) for reading in begun])
    said += linear.predict(*fitted, hashed(begun))
    risk = probability(last_inputs(said, begun, 1), last[1])
    reached = limits(checked, checked_given, parts, last, risk, begun, of)
    if arguments.keep:
        np.savez(arguments.keep, parts=parts, last=last, risk=risk, of=of, begun=said, ids=[item.id for item in checked])

    params, (known, fitted) = trained(np.arange(len(items)), SEED, "all")
    params, rows, word_bytes, conv, scale = export.rounded(params, vectors)
    fitted, feature_bytes, unit = export.rounded_linear(known, fitted)
    table, placed = export.feature_table(known, feature_bytes, linear.IDF_STEP)
    known, fitted = linear.Features(known.hashes[placed], known.idf[placed]), fitted[np.append(placed, len(fitted) - 1)]
    said = readings(GOLDEN, command)
    answers = net.predict(params, rows, [net.encode(reading["sentences"], index) for reading in said])
    answers += linear.predict(known, fitted, hashed(said))
    golden = [
        {"text": text, "parts": [[round(float(x), 5) for x in part[k]] for part in answers]}
        for k, text in enumerate(GOLDEN)
    ]
    export.write(
        arguments.out, vocabulary, params, word_bytes, conv, scale, cluster, table, unit, fitted[-1], last, reached, golden
    )
    content = arguments.out.read_bytes()
    print(f"{arguments.out.name}: {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
