"""Validates an Atom feed from standard input against atom.rng, and reads it as a feed reader does. Needs lxml and feedparser.

Prints what a reader shows of each entry, as JSON; exits with 1 and the reasons if the feed is not valid.
"""

import json
import sys
from pathlib import Path

import feedparser
from lxml import etree

feed = sys.stdin.buffer.read()
schema = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
# Nothing outside of the feed is read, whatever it asks for.
document = etree.fromstring(feed, etree.XMLParser(resolve_entities=False, no_network=True))
if not schema.validate(document):
    sys.exit(str(schema.error_log))
ids = [element.text for element in document.iter("{http://www.w3.org/2005/Atom}id")]
if len(set(ids)) != len(ids):
    sys.exit("two things have the same id")
read = feedparser.parse(feed)
if read.bozo:
    sys.exit(f"a reader stumbles: {read.bozo_exception}")
entries = [{"id": one.id, "title": one.title, "shown": one.content[0].value} for one in read.entries]
print(json.dumps({"title": read.feed.title, "entries": entries}))
