"""Trains the person-name tagger and writes its weights.

    python train.py --data ../shared/data --lists LISTS --tagger PATH/name_tagger --out crates/screening/models/names.bin

`--lists` is the folder that `fetch-lists.sh` fills, `--tagger` the example `name_tagger` of the screening crate, built
with `--release`: the features are computed by the program's own code. Same data, lists and versions on one machine give
the same bytes. With `--evaluate` it prints the figures on what was set aside.
"""

import argparse
import collections
import json
import pathlib
import struct
import subprocess
import tempfile

import pycrfsuite

import augment
import knowledge
import weights

LABELS = ["O", "B-PER", "I-PER", "B-OTH", "I-OTH"]
# Words that the list keeps; more gave nothing.
WORDS = 34_000
# One step of an 8-bit weight.
STEP = 1 / 32
# Features whose largest weight is below this are left out of the file: it halves it and changes no figure.
SMALLEST = 0.085
# Taken from "no name": a name missed costs more than a word taken for one.
DOUBT = 0.1
# Rounds of the optimiser; more gave nothing.
ROUNDS = 80


def from_tokens(item):
    """A tokenised tweet as (text, spans), joined with single spaces."""
    spans, at, last = [], 0, None
    for token, tag in zip(item["tokens"], item["tags"]):
        start, end = at, at + len(token)
        at = end + 1
        if tag == "O":
            last = None
            continue
        kind = "PER" if tag.endswith("PER") else "OTH"
        if tag[0] == "I" and last and last[2] == kind:
            last[1] = end
        else:
            last = [start, end, kind]
            spans.append(last)
    return " ".join(item["tokens"]), [tuple(span) for span in spans]


def from_spans(item):
    kinds = {"PERSON": "PER", "LOCATION": "OTH", "ORGANIZATION": "OTH"}
    return item["text"], sorted((s["start"], s["end"], kinds[s["type"]]) for s in item["spans"] if s["type"] in kinds)


def read(path, convert):
    kept, aside = [], []
    for number, line in enumerate(path.open()):
        (aside if knowledge.is_test(number) else kept).append(convert(json.loads(line)))
    return kept, aside


def run(tagger, mode, file, items):
    """What the example prints: per text the tokens, each as [start, end, feature or label, ...]."""
    lines = "".join(json.dumps({"text": text}) + "\n" for text, _ in items)
    output = subprocess.run([tagger, mode, file], input=lines, capture_output=True, text=True, check=True).stdout
    return [[token.split(" ") for token in line.split("\t") if token] for line in output.split("\n")[:-1]]


def labels(tokens, spans):
    out, last = [], None
    for token in tokens:
        start, end = int(token[0]), int(token[1])
        span = next((span for span in spans if start < span[1] and span[0] < end), None)
        out.append("O" if span is None else ("I-" if span == last else "B-") + span[2])
        last = span
    return out


def names(tokens):
    out, last = [], None
    for token in tokens:
        label = LABELS[int(token[2])]
        if label == "B-PER" or (label == "I-PER" and last is None):
            last = [int(token[0]), int(token[1])]
            out.append(last)
        elif label == "I-PER":
            last[1] = int(token[1])
        else:
            last = None
    return [tuple(name) for name in out]


def figures(gold, found):
    """Precision, recall, F1 by exact spans, and F1 by overlapping ones."""
    both = sum(len(set(a) & set(b)) for a, b in zip(gold, found))
    overlap = lambda a, b: a[0] < b[1] and b[0] < a[1]
    hit_gold = sum(any(overlap(x, y) for y in b) for a, b in zip(gold, found) for x in a)
    hit_found = sum(any(overlap(x, y) for x in a) for a, b in zip(gold, found) for y in b)
    all_gold, all_found = sum(map(len, gold)), sum(map(len, found))
    f1 = lambda p, r: 2 * p * r / max(p + r, 1e-9)
    precision, recall = both / max(all_found, 1), both / max(all_gold, 1)
    return (
        f"exact P {precision:.3f} R {recall:.3f} F1 {f1(precision, recall):.3f}; overlapping F1 "
        f"{f1(hit_found / max(all_found, 1), hit_gold / max(all_gold, 1)):.3f} ({all_gold} names)"
    )


def evaluate(tagger, file, sets):
    for title, items in sets:
        gold = [[span[:2] for span in spans if span[2] == "PER"] for _, spans in items]
        found = [names(tokens) for tokens in run(tagger, "tags", file, items)]
        print(f"{title}: {figures(gold, found)}")
        sign = lambda text, span: text[span[0] : span[1]] == "@"
        account = lambda text, span: sign(text, span) or text[max(0, span[0] - 2) : span[0]].strip() == "@"
        for part, left_out in (("without lone @", sign), ("names only", account)):
            keep = lambda spans: [[s for s in span if not left_out(t, s)] for (t, _), span in zip(items, spans)]
            print(f"    {part}: {figures(keep(gold), keep(found))}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--data", "--lists", "--tagger", "--out"):
        parser.add_argument(option, type=pathlib.Path, required=True)
    parser.add_argument("--evaluate", action="store_true")
    options = parser.parse_args()

    tweets, tweets_aside = read(options.data / "screening/names_btc.jsonl", from_tokens)
    others, others_aside = read(options.data / "screening/pii_presidio_large.jsonl", from_spans)
    drawn, again = augment.Names(options.lists, 7), augment.Names(options.lists, 11)
    people = [item for item in tweets if any(span[2] == "PER" for span in item[1])]
    # Three models that see different things beside the tweets. Their mean knows more names than any of them.
    lessons = [
        tweets + others + list(augment.lowered(people[::3])),
        tweets
        + list(augment.exchanged(tweets, drawn))
        + list(augment.own(drawn, 3))
        + list(augment.lowered(tweets[::5])),
        tweets + list(augment.exchanged(tweets, again)) + others + list(augment.own(again, 2)),
    ]

    words = knowledge.build(options.data, options.lists, WORDS)
    by_feature = collections.defaultdict(lambda: [0.0] * len(LABELS))
    pairs = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        empty, model = f"{folder}/empty.bin", f"{folder}/model.crf"
        weights.write(empty, words, [], [0] * 25)
        for items in lessons:
            trainer = pycrfsuite.Trainer(verbose=False)
            for tokens, (_, spans) in zip(run(options.tagger, "features", empty, items), items):
                if tokens:
                    trainer.append([token[2:] for token in tokens], labels(tokens, spans))
            trainer.set_params({"c1": 0.05, "c2": 0.4, "max_iterations": ROUNDS})
            trainer.train(model)
            tagger = pycrfsuite.Tagger()
            tagger.open(model)
            learnt = tagger.info()
            tagger.close()
            for (feature, label), weight in learnt.state_features.items():
                by_feature[feature][LABELS.index(label)] += weight / len(lessons)
            for a in LABELS:
                for b in LABELS:
                    # A pair that was never seen: a name can't go on where none began.
                    pairs[a, b] += learnt.transitions.get((a, b), -3.0 if b[0] == "I" else 0.0) / len(lessons)
    features = []
    for feature, row in sorted(by_feature.items(), key=lambda item: (-max(map(abs, item[1])), item[0])):
        if feature.startswith("0:"):
            row[0] -= DOUBT
        if max(map(abs, row)) >= SMALLEST:
            quantised = [max(-127, min(127, round(weight / STEP))) for weight in row]
            features.append((int(feature.split(":")[1]), struct.pack("<5b", *quantised)))
    transitions = [round(pairs[a, b] / STEP) for a in LABELS for b in LABELS]
    weights.write(options.out, words, features, transitions)
    print(f"{options.out}: {options.out.stat().st_size} bytes, {len(words)} words, {len(features)} features")
    if options.evaluate:
        evaluate(options.tagger, options.out, [("names_btc, set aside", tweets_aside), ("presidio, set aside", others_aside)])


if __name__ == "__main__":
    main()
