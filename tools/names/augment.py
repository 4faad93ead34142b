"""More to learn from: names exchanged for other names, texts in lower case, own sentences. All drawn with a fixed seed."""

import random
import re

from knowledge import name_lists
from sentences import WITH_NAMES, WITHOUT_NAMES


class Names:
    """Draws names: mostly those of English-speaking lists, sometimes of the others."""

    def __init__(self, lists, seed):
        first, last, _, _ = name_lists(lists)
        self.random = random.Random(seed)
        self.common = [sorted(name for name, count in counter.items() if count >= 7) for counter in (first, last)]
        self.all = [sorted(counter) for counter in (first, last)]

    def draw(self, which):
        pool = self.common if self.random.random() < 0.7 else self.all
        return self.random.choice(pool[which]).title()


def exchanged(items, names):
    """Copies of texts with their names exchanged; accounts and hashtags stay. Gives (text, spans)."""
    for text, spans in items:
        people = [
            span
            for span in spans
            if span[2] == "PER" and re.fullmatch(r"[A-Za-z'.-]+( [A-Za-z'.-]+){0,2}", text[span[0] : span[1]])
            and not text[: span[0]].endswith(("@", "@ ", "#", "# "))
        ]
        if not people:
            continue
        out, new, at = "", [], 0
        for start, end, kind in spans:
            out += text[at:start]
            old = text[start:end]
            if (start, end, kind) in people:
                words = old.split()
                if len(words) == 1:
                    name = names.draw(0 if names.random.random() < 0.7 else 1)
                else:
                    name = " ".join([names.draw(0)] + [names.draw(1) for _ in words[1:]])
                name = name.lower() if old.islower() else name.upper() if old.isupper() and len(old) > 3 else name
            else:
                name = old
            new.append((len(out), len(out) + len(name), kind))
            out += name
            at = end
        yield out + text[at:], new


def lowered(items):
    for text, spans in items:
        if len(text.lower()) == len(text):
            yield text.lower(), spans


def own(names, copies):
    """The own sentences with names drawn; a quarter in lower case."""
    for sentence in WITH_NAMES * copies + WITHOUT_NAMES * copies:
        out, spans, at = "", [], 0
        for slot in re.finditer(r"\{f\} \{l\}|\{n\}|\{f\}|\{l\}", sentence):
            out += sentence[at : slot.start()]
            name = {"{f}": lambda: names.draw(0), "{l}": lambda: names.draw(1)}.get(
                slot.group(), lambda: names.draw(0) + " " + names.draw(1)
            )()
            spans.append((len(out), len(out) + len(name), "PER"))
            out += name
            at = slot.end()
        out += sentence[at:]
        if names.random.random() < 0.25:
            out = out.lower()
        yield out, spans
