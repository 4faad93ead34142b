"""Runs the screening command over the items that are set aside and prints, for each data set, a table with 95%
confidence intervals: Wilson's for shares, the bootstrap's for average precision and F1.

Invariant: what is measured is the command that people run, not the network beside it.
"""

import argparse
import json
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np

import data

ROOT = Path(__file__).resolve().parents[2]
RESAMPLES = 400
# Share of positives in the mixed set, as on platforms that moderate everything.
BASE_RATE = 0.035


def wilson(hits, n):
    """Wilson's score interval for a share, in percent."""
    if n == 0:
        return "-"
    z, p = 1.96, hits / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{100 * p:5.1f}%  [{100 * max(0, centre - half):.1f}, {100 * min(1, centre + half):.1f}]  {hits} of {n}"


def average_precision(truth, score, weight):
    order = np.argsort(-score, kind="stable")
    truth, score, weight = truth[order], score[order], weight[order]
    hits = np.cumsum(weight * truth)
    seen = np.cumsum(weight)
    ends = np.append(np.flatnonzero(np.diff(score)), len(score) - 1)
    precision, recall = hits[ends] / seen[ends], hits[ends] / hits[-1]
    return float((np.diff(np.append(0.0, recall)) * precision).sum())


def precision_at(recall, truth, score, weight):
    limit = np.quantile(score[truth > 0], 1 - recall, method="lower")
    chosen = score >= limit
    return float((weight * truth)[chosen].sum() / weight[chosen].sum())


def bootstrap(measure, *columns):
    rng = np.random.default_rng(1)
    n = len(columns[0])
    values = []
    for _ in range(RESAMPLES):
        at = rng.integers(n, size=n)
        if columns[0][at].any():
            values.append(measure(*(column[at] for column in columns)))
    low, high = np.quantile(values, [0.025, 0.975])
    return f"{measure(*columns):.3f}  [{low:.3f}, {high:.3f}]"


def screened(texts, command):
    lines = "".join(json.dumps({"id": str(i), "text": text}) + "\n" for i, text in enumerate(texts))
    done = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    if len(reports) != len(texts) or any("error" in report for report in reports):
        sys.exit("the command did not answer every line")
    return reports


def held(report):
    return report["route"] == "hold"


def risk(report):
    return report["scores"]["self_harm_risk"]


def gravest(report, category):
    return max((f["severity"] for f in report["findings"] if f["category"] == category), default=0)


def table(title, rows):
    print(f"\n{title}")
    for name, value in rows:
        print(f"  {name:<52} {value}")


def ranked(name, truth, score, weight=None):
    truth, score = np.array(truth, float), np.array(score, float)
    weight = np.ones(len(truth)) if weight is None else weight
    return [
        (f"{name}: average precision", bootstrap(average_precision, truth, score, weight)),
        (f"{name}: precision at recall 0.9", bootstrap(lambda *c: precision_at(0.9, *c), truth, score, weight)),
    ]


def names(path, command):
    """Person names in tweets: spans that overlap one of the same text count as found."""
    rows = [row for number, row in enumerate(data.lines(path)) if data.set_aside(str(number))]
    texts, truth = [], []
    for row in rows:
        at, spans = 0, []
        for token, tag in zip(row["tokens"], row["tags"]):
            if tag.endswith("PER"):
                if tag.startswith("I") and spans and spans[-1][1] == at - 1:
                    spans[-1] = (spans[-1][0], at + len(token))
                else:
                    spans.append((at, at + len(token)))
            at += len(token) + 1
        texts.append(" ".join(row["tokens"]))
        truth.append(spans)
    counts = []
    for report, spans in zip(screened(texts, command), truth):
        found = [(f["start"], f["end"]) for f in report["findings"] if f.get("kind") == "person_name"]
        exact = len(set(found) & set(spans))
        met = sum(any(a < d and c < b for c, d in found) for a, b in spans)
        right = sum(any(a < d and c < b for c, d in spans) for a, b in found)
        counts.append((exact, met, right, len(found), len(spans)))
    counts = np.array(counts, float)

    def f1(column_recall, column_precision):
        return lambda rows: 2 * rows[:, column_recall].sum() * rows[:, column_precision].sum() / max(
            1.0, rows[:, column_recall].sum() * rows[:, 3].sum() + rows[:, column_precision].sum() * rows[:, 4].sum()
        )

    table(f"names_btc, {len(texts)} tweets", [
        ("exact spans: F1", bootstrap(f1(0, 0), counts)),
        ("overlapping spans: F1", bootstrap(f1(1, 2), counts)),
        ("overlapping spans: recall", wilson(int(counts[:, 1].sum()), int(counts[:, 4].sum()))),
        ("overlapping spans: precision", wilson(int(counts[:, 2].sum()), int(counts[:, 3].sum()))),
    ])


PII = {
    "EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "CREDIT_CARD": "card_or_account", "IBAN_CODE": "card_or_account",
    "DOMAIN_NAME": "url", "PERSON": "person_name",
}


def personal_data(path, command):
    rows = [row for number, row in enumerate(data.lines(path)) if data.set_aside(str(number))]
    hits, wanted = {}, {}
    for row, report in zip(rows, screened([row["text"] for row in rows], command)):
        for span in row["spans"]:
            if span["type"] in PII:
                found = [
                    f for f in report["findings"]
                    if f.get("kind") == PII[span["type"]] and f["start"] < span["end"] and span["start"] < f["end"]
                ]
                wanted[span["type"]] = wanted.get(span["type"], 0) + 1
                hits[span["type"]] = hits.get(span["type"], 0) + bool(found)
    table(f"pii_presidio_large, {len(rows)} texts (not British: a foreign check)", [
        (f"{kind}: recall", wilson(hits[kind], wanted[kind])) for kind in sorted(wanted)
    ])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data")
    parser.add_argument("--corpus", type=Path, nargs="*", default=[ROOT / "tools/corpus"])
    parser.add_argument("--command", default="cargo run --quiet --release --package clientsconnect -- screen")
    parser.add_argument("--only", help="one data set")
    arguments = parser.parse_args()
    command = shlex.split(arguments.command)
    items = [item for item in data.shared(arguments.data) if data.set_aside(item.id)]
    own = [item for item in data.corpus(arguments.corpus) if data.set_aside(item.id)]
    for item in own:
        item.source = "own"
    items = [item for item in items + own if arguments.only in (None, item.source)]
    reports = screened([item.text for item in items], command)
    of = {}
    for item, report in zip(items, reports):
        of.setdefault(item.source, []).append((item.given, report))

    if "cssrs" in of:
        pairs = of["cssrs"]
        rows = [
            (f"severity {label}: held", wilson(sum(held(r) for g, r in pairs if test(g)), sum(test(g) for g, r in pairs)))
            for label, test in (
                ("4 and up", lambda g: g >= 4), ("2 and 3", lambda g: g in (2, 3)), ("1", lambda g: g == 1),
                ("0", lambda g: g == 0),
            )
        ]
        table(f"cssrs, {len(pairs)} posts", rows + ranked("severity 1 and up", [g >= 1 for g, _ in pairs], [risk(r) for _, r in pairs]))
    if "rallypoint" in of:
        pairs = of["rallypoint"]
        table(f"rallypoint, {len(pairs)} posts", [
            ("risk 1: held", wilson(sum(held(r) for g, r in pairs if g), sum(g for g, _ in pairs))),
            ("risk 0: held", wilson(sum(held(r) for g, r in pairs if not g), sum(not g for g, _ in pairs))),
        ] + ranked("risk", [g for g, _ in pairs], [risk(r) for _, r in pairs]))
    for source in ("therapist_answers", "client_questions", "distress"):
        if source in of:
            pairs = of[source]
            table(f"{source}, {len(pairs)} texts", [("held", wilson(sum(held(r) for _, r in pairs), len(pairs)))])
    if "toxicity" in of:
        pairs = of["toxicity"]
        table(f"toxicity, {len(pairs)} comments", [
            ("toxic: abuse of severity 2 or 3 found", wilson(sum(gravest(r, "abuse") >= 2 for g, r in pairs if g), sum(g for g, _ in pairs))),
            ("not toxic: the same", wilson(sum(gravest(r, "abuse") >= 2 for g, r in pairs if not g), sum(not g for g, _ in pairs))),
            ("held", wilson(sum(held(r) for _, r in pairs), len(pairs))),
        ] + ranked("toxic", [g for g, _ in pairs], [r["scores"]["abuse"] for _, r in pairs]))
    if "davidson" in of:
        pairs = of["davidson"]
        table(f"davidson, {len(pairs)} tweets", [
            (f"{kind}: abuse of severity 2 or 3 found", wilson(sum(gravest(r, "abuse") >= 2 for g, r in pairs if g == kind), sum(g == kind for g, _ in pairs)))
            for kind in ("hate", "offensive", "neither")
        ])
    positive = [r for g, r in of.get("cssrs", []) if g >= 2] + [r for g, r in of.get("rallypoint", []) if g]
    negative = [r for s in ("toxicity", "davidson", "names_btc", "pii_presidio_large", "therapist_answers", "client_questions") for _, r in of.get(s, [])]
    negative += [r for g, r in of.get("rallypoint", []) if not g]
    if positive and arguments.only is None:
        truth = np.array([1.0] * len(positive) + [0.0] * len(negative))
        share = truth.mean()
        weight = np.where(truth > 0, BASE_RATE / share, (1 - BASE_RATE) / (1 - share))
        table(
            f"all of these mixed, risk weighted to {100 * BASE_RATE}%",
            ranked("self_harm_risk", truth, [risk(r) for r in positive + negative], weight),
        )
    if "own" in of:
        pairs = of["own"]
        rows = []
        for category in ("self_harm_risk", *data.HEADS[2:]):
            truth = [g.get(category, 0) >= 2 for g, _ in pairs]
            found = [gravest(r, category) >= 2 for _, r in pairs]
            both = sum(t and f for t, f in zip(truth, found))
            rows.append((f"{category}: found of severity 2 or 3, recall", wilson(both, sum(truth))))
            rows.append((f"{category}: precision", wilson(both, sum(found))))
            rows += ranked(category, truth, [r["scores"][category] for _, r in pairs])[:1]
        urgent = ("self_harm_risk", "harm_to_others", "safeguarding")
        calm = [r for g, r in pairs if all(g.get(category, 0) < 2 for category in urgent)]
        rows.append(("nobody at risk: held", wilson(sum(map(held, calm)), len(calm))))
        table(f"the project's own texts, {len(pairs)} set aside", rows)
    if arguments.only in (None, "names_btc"):
        names(arguments.data / "screening/names_btc.jsonl", command)
    if arguments.only in (None, "pii_presidio_large"):
        personal_data(arguments.data / "screening/pii_presidio_large.jsonl", command)


if __name__ == "__main__":
    main()
