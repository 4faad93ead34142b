"""A page as a person without script uses it: its forms.

Invariant: only what a form offers can be chosen, so that a test cannot do what nobody else could.
"""

from html.parser import HTMLParser
from urllib.parse import urlencode


class Page(HTMLParser):
    """The forms of a page: where they go, their hidden fields, and which values they offer."""

    def __init__(self, html):
        super().__init__()
        self.forms = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append((attrs.get("action"), {}, set()))
        elif tag == "input" and self.forms:
            _, hidden, offered = self.forms[-1]
            if attrs.get("type") == "hidden":
                hidden[attrs["name"]] = attrs.get("value", "")
            else:
                offered.add((attrs.get("name"), attrs.get("value")))

    def choose(self, name, value):
        """Where to send what, to choose that; None if no form offers it."""
        for action, hidden, offered in self.forms:
            if (name, value) in offered:
                return action, urlencode({**hidden, name: value})
        return None
