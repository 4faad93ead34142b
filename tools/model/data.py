"""The texts that the model learns from, with what is known about each.

Invariant: an item that the split sets aside is never returned by `training`, and what a source doesn't say is masked,
not guessed as "no".
"""

import hashlib
import html
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

# What the model answers, in this order. The first two are both `self_harm_risk`: whether the text is about hurting
# oneself at all (for ranking), and whether somebody may be at risk now (for holding).
HEADS = [
    "self_harm_any",
    "self_harm_now",
    "harm_to_others",
    "safeguarding",
    "third_party",
    "disclosure",
    "unsafe_suicide_content",
    "harmful_advice",
    "boundary",
    "abuse",
    "sexual",
    "spam",
]

# In sets that carry no label of their own for risk, texts with such words are left out of what counts as harmless.
DOUBTFUL = re.compile(
    r"suicid|kill(ing)? (my|your|him|her|them)sel|kys\b|self[- ]?harm|self[- ]?injur|want(ed|ing)? to die|wanna die"
    r"|end (it all|my life|my own life)|ending (it all|my life)|take my (own )?life|hurt(ing)? myself|cut(ting)? myself"
    r"|overdos|better off dead|don'?t want to (live|be alive|be here|exist)|wish i (was|were) (dead|never born)"
    r"|not (be|being) (here|alive) any ?more|no (reason|point) (to|in) liv|anorexi|bulimi|starv(e|ing) myself|harm(ing)? myself",
    re.I,
)


@dataclass
class Item:
    source: str
    id: str
    text: str
    # Head to (what it should answer, how much that counts).
    labels: dict = field(default_factory=dict)
    # What the source itself said, for evaluation.
    given: object = None


def hashed(id_: str, part: int = 0) -> int:
    """A number from the id alone; `part` 0 makes the split that everybody shares."""
    return int(hashlib.sha256(id_.encode()).hexdigest()[8 * part : 8 * part + 8], 16)


def hashed_id(text: str) -> str:
    """The id of a text that has none."""
    return "own-" + hashlib.sha256(text.encode()).hexdigest()[:16]


def set_aside(id_: str) -> bool:
    """Whether an item is for testing: one in five, by its id."""
    return hashed(id_) % 5 == 0


def lines(path: Path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def plain(text: str) -> str:
    """Tweets as people see them."""
    return html.unescape(re.sub(r"^[!\s\"]*(RT @\w+:)?", "", text))


def only(heads, value, weight):
    return {head: (value, weight) for head in heads}


CRISIS = ["self_harm_any", "self_harm_now"]
CONTENT = ["abuse", "sexual", "spam"]
HARMLESS = only([h for h in HEADS if h not in CRISIS], 0.0, 0.5)


def shared(data: Path):
    """Every item of the shared sets, whichever side of the split."""
    root = data / "screening"
    for row in lines(root / "cssrs.jsonl"):
        severity = int(row["severity"])
        labels = only(CONTENT, 0.0, 0.5)
        labels["self_harm_any"] = (float(severity >= 1), 1.0 if severity >= 1 else 0.7)
        # A wish to be dead, now, is risk; some of level 1 tell of less.
        labels["self_harm_now"] = {0: (0.0, 1.0), 1: (0.75, 0.6)}.get(severity, (1.0, 1.0 if severity < 4 else 1.6))
        yield Item("cssrs", row["id"], row["text"], labels, severity)
    for row in lines(root / "rallypoint.jsonl"):
        risk = float(row["risk"])
        labels = only(CONTENT, 0.0, 0.3)
        doubt = bool(DOUBTFUL.search(row["text"]))
        labels["self_harm_now"] = (0.9 * risk, 0.5)
        # People there also speak of the suicides of others: no risk, and yet about it.
        if risk or not doubt:
            labels["self_harm_any"] = (risk, 0.6)
        yield Item("rallypoint", row["id"], row["text"], labels, int(risk))
    for row in lines(root / "therapist_answers.jsonl"):
        labels = only([h for h in HEADS if h not in ("unsafe_suicide_content",)], 0.0, 0.7)
        labels["self_harm_now"] = (0.0, 1.5)
        labels["boundary"] = (0.0, 0.2)
        yield Item("therapist_answers", row["id"], row["text"], labels, 0)
    for name in ("client_questions", "distress"):
        for row in lines(root / f"{name}.jsonl"):
            labels = only(CONTENT + ["boundary"], 0.0, 0.5) | {"harm_to_others": (0.0, 0.2)}
            if not DOUBTFUL.search(row["text"]):
                labels |= {"self_harm_any": (0.0, 1.0), "self_harm_now": (0.0, 2.0)}
            place = row.get("subreddit", "")
            if place in ("domesticviolence", "survivorsofabuse"):
                labels |= {"safeguarding": (0.6, 0.2)}
                del labels["sexual"]
            elif place in ("anxiety", "homeless", "almosthomeless", "stress", "food_pantry", "assistance"):
                labels |= {"safeguarding": (0.0, 0.5)}
            yield Item(name, row["id"], row["text"], labels, row.get("stress", 0))
    for row in lines(root / "toxicity.jsonl"):
        toxic = bool(row["toxic"])
        labels = {"abuse": (0.85 if toxic else 0.0, 1.0), "spam": (0.0, 0.2)}
        if not toxic:
            labels |= only(["sexual", "harm_to_others"], 0.0, 0.3)
        if not DOUBTFUL.search(row["text"]):
            labels |= only(CRISIS, 0.0, 1.0) | only(["unsafe_suicide_content", "disclosure"], 0.0, 0.5)
        yield Item("toxicity", row["id"], row["text"], labels, toxic)
    for row in lines(root / "davidson.jsonl"):
        kind = row["class"]
        keep = {"hate": 1, "offensive": 9, "neither": 2}[kind]
        if not set_aside(row["id"]) and hashed(row["id"], 2) % keep:
            continue
        labels = {"abuse": {"hate": (1.0, 0.7), "offensive": (0.4, 0.3), "neither": (0.0, 0.6)}[kind]}
        text = plain(row["text"])
        if not DOUBTFUL.search(text):
            labels |= only(CRISIS, 0.0, 0.7) | only(["unsafe_suicide_content"], 0.0, 0.5)
        if kind == "neither":
            labels |= only(["sexual", "harm_to_others"], 0.0, 0.3)
        yield Item("davidson", row["id"], text, labels, kind)
    for number, row in enumerate(lines(root / "names_btc.jsonl")):
        text = " ".join(row["tokens"])
        if hashed(str(number), 2) % 2 or DOUBTFUL.search(text):
            continue
        labels = only(CRISIS + ["unsafe_suicide_content", "harm_to_others", "safeguarding", "abuse"], 0.0, 0.5)
        yield Item("names_btc", str(number), text, labels, 0)
    for number, row in enumerate(lines(root / "pii_presidio_large.jsonl")):
        if hashed(str(number), 2) % 3 or DOUBTFUL.search(row["text"]):
            continue
        labels = only(CRISIS + ["unsafe_suicide_content", "harm_to_others", "safeguarding", "abuse"], 0.0, 0.4)
        yield Item("pii_presidio_large", str(number), row["text"], labels, 0)


def corpus(folders):
    """The project's own texts, `crisis-*`, `content-*` and others: every category is known of each."""
    seen = set()
    for folder in folders:
        for path in sorted(Path(folder).glob("*.jsonl")):
            for row in lines(path):
                if row["text"] in seen:
                    continue
                seen.add(row["text"])
                severity = row["labels"]
                risk = severity.get("self_harm_risk", 0)
                unsafe = severity.get("unsafe_suicide_content", 0)
                labels = {
                    head: {0: (0.0, 1.0), 1: (0.45, 0.6)}.get(severity.get(head, 0), (1.0, 1.0)) for head in HEADS
                }
                promoted = row.get("kinds", {}).get("harmful_advice") == "pro_eating_disorder"
                # Harmful words about suicide are about it, if not always in the sense that is ranked for.
                about = row.get("about", 0.9 if promoted else 0.5 if unsafe >= 2 else 0.0)
                labels["self_harm_any"] = (1.0 if risk >= 1 else about, 0.4 if risk == 0 and unsafe else 1.0)
                if severity.get("abuse", 0) == 3 and DOUBTFUL.search(row["text"]):
                    labels["self_harm_any"] = (1.0, 0.5)
                labels["self_harm_now"] = ({0: 0.0, 1: 0.15}.get(risk, 1.0), 1.0 if risk < 3 else 1.3)
                yield Item(f"corpus/{path.stem}", hashed_id(row["text"]), row["text"], labels, severity)
