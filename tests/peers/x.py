"""A stand-in for X on this machine, with an account of the channel's own and one of somebody else, `an_example`.

X has no server that runs anywhere else, so this is our own: it believes of X what our adapter believes, and shows that the
two go together, not that X agrees. It takes the few calls that the channel makes, under the names of X's API, and refuses
what it does not know. Every signature is checked by oauthlib, which has nothing to do with ours. It counts no lengths. It
tells the channel as if that had subscribed to mentions of itself, and to what an_example posts and deletes.

Prints one line of JSON when it is ready: the settings of the channel's account, where the posts can be read, and where
somebody posts. It listens on 127.0.0.1, keeps nothing, and ends when its standard input is closed. Besides X's paths:

    GET /_peer/posts          all posts, for people
    POST /_peer/posts         {"text": ..., "webhook": ...}: an_example posts this. With the channel's webhook, an address
                              on this machine, it is told what X would tell it, after X's handshake
    DELETE /_peer/posts/ID    an_example's post is gone, and the webhook is told: that of the body, {"webhook": ...}, or
                              else the one that was told last
"""

import base64
import hashlib
import hmac
import http.client
import itertools
import json
import re
import secrets
import sys
import threading
import unicodedata
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit

from oauthlib.oauth1 import SIGNATURE_HMAC_SHA1, RequestValidator, ResourceEndpoint

CHANNEL = {"id": "1700000000000000001", "username": "ClientsConnect", "name": "An example of a channel", "protected": False}
SOMEBODY = {"id": "1700000000000000002", "username": "an_example", "name": "An Example", "protected": False}
USERS = {user["id"]: user for user in (CHANNEL, SOMEBODY)}
CONSUMER_KEY, CONSUMER_SECRET = "example-of-a-consumer-key", "example-of-a-consumer-secret"
TOKEN, TOKEN_SECRET = f"{CHANNEL['id']}-example", "example-of-a-token-secret"

# X's ids hold the time since this moment, in milliseconds, before 22 bits of other things.
FIRST_MOMENT = 1_288_834_974_657
# X gives a webhook this many seconds.
WEBHOOK_ANSWERS_WITHIN = 10
# More than anybody here sends.
LARGEST_BODY = 1024 * 1024

ID = re.compile(r"[0-9]{1,19}")
# As far as anything here needs it: X finds addresses in other ways as well.
LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]']")
NAME = re.compile(r"(?<![\w@])@(\w{1,15})")
TAG = re.compile(r"(?<![\w&/#])#(\w+)")

POST_FIELDS = {"attachments", "conversation_id", "created_at", "entities", "id", "note_post", "text"}
EXPANSIONS = {"author_id", "edit_history_post_ids", "referenced_posts"}
USER_FIELDS = {"id", "name", "protected", "username"}
REPLY_SETTINGS = {"following", "mentionedUsers", "subscribers", "verified"}


class Refused(Exception):
    """An answer that is an error, as X words it."""

    def __init__(self, status, kind, title, detail, **more):
        super().__init__(title)
        about = kind if kind == "about:blank" else f"https://api.x.com/2/problems/{kind}"
        self.status, self.problem = status, {"type": about, "title": title, "detail": detail, "status": status, **more}


def invalid(detail):
    return Refused(400, "invalid-request", "Invalid Request", detail)


def not_found(id):
    detail = f"Could not find tweet with id: [{id}]."
    more = {"resource_type": "tweet", "resource_id": id, "parameter": "id", "value": id}
    return Refused(404, "resource-not-found", "Not Found Error", detail, **more)


class Keys(RequestValidator):
    """The four keys, for oauthlib's own endpoint. A nonce counts once."""

    enforce_ssl = False
    allowed_signature_methods = (SIGNATURE_HMAC_SHA1,)
    client_key_length = access_token_length = nonce_length = (1, 64)
    dummy_client = dummy_access_token = "nobody"

    def __init__(self):
        super().__init__()
        self.nonces, self.lock = set(), threading.Lock()

    @property
    def safe_characters(self):
        return super().safe_characters | {"-"}

    def get_client_secret(self, client_key, request):
        return CONSUMER_SECRET

    def get_access_token_secret(self, client_key, token, request):
        return TOKEN_SECRET

    def validate_client_key(self, client_key, request):
        return hmac.compare_digest(client_key, CONSUMER_KEY)

    def validate_access_token(self, client_key, token, request):
        return hmac.compare_digest(token, TOKEN)

    def validate_realms(self, client_key, token, request, uri=None, realms=None):
        return True

    def validate_timestamp_and_nonce(
        self, client_key, timestamp, nonce, request, request_token=None, access_token=None
    ):
        with self.lock:
            is_new = (timestamp, nonce) not in self.nonces
            self.nonces.add((timestamp, nonce))
        return is_new


def stored(text, links):
    """A text as X stores it: composed, its addresses shortened, three characters escaped; and where the short ones lead."""
    urls = []

    def shortened(found):
        short = f"https://t.co/Example{next(links):04}"
        urls.append({"url": short, "expanded_url": found[0]})
        return short

    text = LINK.sub(shortened, unicodedata.normalize("NFC", text.strip()))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), urls


class Posts:
    """All posts, oldest first. Its calls are one at a time."""

    def __init__(self):
        self.posts, self.links, self.last = {}, itertools.count(), 0

    def make(self, author, typed, follows=None, quotes=None, reposts=None, settings=None):
        """Puts a post there; gives it."""
        now = datetime.now(timezone.utc)
        self.last = max(self.last + 1, (int(now.timestamp() * 1000) - FIRST_MOMENT) << 22)
        id = str(self.last)
        text, urls = stored(typed, self.links)
        if quotes:
            # X adds the address of what is quoted.
            short = f"https://t.co/Example{next(self.links):04}"
            page = f"https://x.com/{USERS[self.posts[quotes]['author']]['username']}/status/{quotes}"
            urls.append({"url": short, "expanded_url": page})
            text = f"{text} {short}"
        self.posts[id] = {
            "id": id,
            "author": author,
            "typed": typed,
            "text": text,
            "urls": urls,
            "at": now,
            "references": [
                {"type": kind, "id": one}
                for kind, one in (("replied_to", follows), ("quoted", quotes), ("retweeted", reposts))
                if one
            ],
            "conversation": self.posts[follows]["conversation"] if follows else id,
            "settings": settings,
        }
        return self.posts[id]

    def create(self, body):
        """POST /2/tweets"""
        fields = checked(body, {"text": str, "quote_tweet_id": ID, "reply": dict, "reply_settings": REPLY_SETTINGS})
        reply = checked(fields.get("reply", {}), {"in_reply_to_tweet_id": ID})
        if "reply" in fields and not reply:
            raise invalid("reply needs in_reply_to_tweet_id.")
        text, quotes, follows = fields.get("text", ""), fields.get("quote_tweet_id"), reply.get("in_reply_to_tweet_id")
        settings = fields.get("reply_settings")
        if not text.strip():
            raise invalid("A post needs text.")
        if follows and settings:
            raise invalid("Who may reply is said of the first post of a conversation.")
        if quotes and quotes not in self.posts:
            raise invalid("The post to quote is not there.")
        if follows and follows not in self.posts:
            detail = "You attempted to reply to a Tweet that is deleted or not visible to you."
            raise Refused(403, "about:blank", "Forbidden", detail)
        said = (text.strip(), quotes)
        if any(said == (one["typed"].strip(), reference(one, "quoted")) for one in self.of(CHANNEL["id"])):
            detail = "You are not allowed to create a Tweet with duplicate content."
            raise Refused(403, "about:blank", "Forbidden", detail)
        settings = settings or (None if follows else "everyone")
        post = self.make(CHANNEL["id"], text, follows, quotes, settings=settings)
        return 201, {"data": {"id": post["id"], "text": post["text"], "edit_history_post_ids": [post["id"]]}}

    def of(self, author):
        return [post for post in self.posts.values() if post["author"] == author]

    def owned(self, id, author):
        post = self.posts.get(id)
        if not post:
            raise not_found(id)
        if post["author"] != author:
            detail = "You are not authorized to delete this Tweet."
            more = {"resource_type": "tweet", "resource_id": id}
            raise Refused(403, "not-authorized-for-resource", "Forbidden", detail, **more)
        return post

    def delete(self, id, author=CHANNEL["id"]):
        """DELETE /2/tweets/{id}. Its reposts go with it."""
        self.owned(id, author)
        self.posts = {
            key: one for key, one in self.posts.items() if key != id and reference(one, "retweeted") != id
        }
        return 200, {"data": {"deleted": True}}

    def repost(self, body):
        """POST /2/users/{id}/retweets"""
        id = checked(body, {"tweet_id": ID}).get("tweet_id")
        if not id:
            raise invalid("tweet_id is missing.")
        if id not in self.posts:
            raise not_found(id)
        if not any(reference(one, "retweeted") == id for one in self.of(CHANNEL["id"])):
            original = self.posts[id]
            typed = f"RT @{USERS[original['author']]['username']}: {original['typed']}"
            self.make(CHANNEL["id"], typed, reposts=id)
        return 200, {"data": {"retweeted": True, "rest_id": id}}

    def undo_repost(self, id):
        """DELETE /2/users/{id}/retweets/{source_tweet_id}"""
        is_it = lambda one: one["author"] == CHANNEL["id"] and reference(one, "retweeted") == id
        self.posts = {key: one for key, one in self.posts.items() if not is_it(one)}
        return 200, {"data": {"retweeted": False}}

    def show(self, id, asked):
        """GET /2/tweets/{id}: that there is none is an answer, too."""
        asked = parameters(asked, {"post.fields": POST_FIELDS, "expansions": EXPANSIONS, "user.fields": USER_FIELDS})
        if id not in self.posts:
            return 200, {"errors": [not_found(id).problem]}
        return 200, self.shown([self.posts[id]], asked, lambda data: data[0])

    def timeline(self, user, asked):
        """GET /2/users/{id}/tweets: newest first."""
        asked = parameters(asked, {
            "post.fields": POST_FIELDS, "expansions": EXPANSIONS, "user.fields": USER_FIELDS,
            "exclude": {"replies", "retweets"}, "max_results": int, "start_time": datetime, "pagination_token": ID,
        })
        most, before = asked.get("max_results", 10), asked.get("pagination_token")
        if not 5 <= most <= 100:
            raise invalid("max_results is between 5 and 100.")
        out = {"replies": "replied_to", "retweets": "retweeted"}
        out = [out[kind] for kind in asked.get("exclude", ())]
        posts = [
            one
            for one in reversed(self.of(user))
            if not any(reference(one, kind) for kind in out)
            and ("start_time" not in asked or one["at"] >= asked["start_time"])
            and (not before or int(one["id"]) < int(before))
        ]
        page = posts[:most]
        answer = self.shown(page, asked, list) if page else {}
        answer["meta"] = {"result_count": len(page)}
        if page:
            answer["meta"] |= {"newest_id": page[0]["id"], "oldest_id": page[-1]["id"]}
        if len(posts) > most:
            answer["meta"]["next_token"] = page[-1]["id"]
        return 200, answer

    def shown(self, posts, asked, whole):
        """These posts with the fields that were asked for, and what the expansions bring along."""
        fields, expansions = asked.get("post.fields", set()), asked.get("expansions", set())
        includes = {}
        if "author_id" in expansions:
            wanted = {"id", "name", "username"} | asked.get("user.fields", set())
            authors = {post["author"] for post in posts}
            includes["users"] = [{name: USERS[one][name] for name in sorted(wanted)} for one in sorted(authors)]
        if "referenced_posts" in expansions:
            ids = {one["id"] for post in posts for one in post["references"] if one["id"] in self.posts}
            includes["posts"] = [as_x(self.posts[id], fields, expansions) for id in sorted(ids)]
        answer = {"data": whole([as_x(post, fields, expansions) for post in posts])}
        if includes := {name: some for name, some in includes.items() if some}:
            answer["includes"] = includes
        return answer


def reference(post, kind):
    return next((one["id"] for one in post["references"] if one["type"] == kind), None)


def as_x(post, fields, expansions):
    """A post as X's API has it."""
    one = {"id": post["id"], "text": post["text"], "edit_history_post_ids": [post["id"]]}
    if "created_at" in fields:
        one["created_at"] = post["at"].isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if "conversation_id" in fields:
        one["conversation_id"] = post["conversation"]
    if "entities" in fields and (entities := entities_of(post)):
        one["entities"] = entities
    if "author_id" in expansions:
        one["author_id"] = post["author"]
    if "referenced_posts" in expansions and post["references"]:
        one["referenced_posts"] = post["references"]
    return one


def entities_of(post):
    def places(pattern):
        return ((found[1], {"start": found.start(), "end": found.end()}) for found in pattern.finditer(post["text"]))

    urls = [
        {"start": at, "end": at + len(url["url"]), **url}
        for url in post["urls"]
        for at in [post["text"].index(url["url"])]
    ]
    ids = {user["username"].lower(): user["id"] for user in USERS.values()}
    mentions = [{**at, "username": name, "id": ids.get(name.lower())} for name, at in places(NAME)]
    hashtags = [{**at, "tag": tag} for tag, at in places(TAG)]
    entities = {"urls": urls, "mentions": mentions, "hashtags": hashtags}
    return {name: some for name, some in entities.items() if some}


def as_people_read_it(post):
    username = USERS[post["author"]]["username"]
    names = {"replied_to": "answers", "quoted": "quotes", "retweeted": "reposts"}
    return {
        "id": post["id"],
        "page": f"https://x.com/{username}/status/{post['id']}",
        "author": username,
        "text": post["typed"],
        "at": post["at"].isoformat(timespec="seconds"),
        **{names[one["type"]]: one["id"] for one in post["references"]},
        "reply_settings": post["settings"],
    }


def checked(body, known):
    """The fields of a body, all of them known and of their kind."""
    if not isinstance(body, dict):
        raise invalid("The body is no JSON object.")
    for name, value in body.items():
        match known.get(name):
            case None:
                raise invalid(f"The field {name[:40]} is not known here.")
            case re.Pattern() as pattern:
                is_right = isinstance(value, str) and pattern.fullmatch(value)
            case set() as values:
                is_right = isinstance(value, str) and value in values
            case kind:
                is_right = isinstance(value, kind)
        if not is_right:
            raise invalid(f"{name} is not what it should be.")
    return body


def parameters(query, known):
    """What a query asks, all of it known."""
    asked = {}
    for name, value in query:
        match known.get(name):
            case None:
                raise invalid(f"The parameter {name[:40]} is not known here.")
            case set() as values:
                asked[name] = set(value.split(","))
                if not asked[name] <= values:
                    raise invalid(f"{name} asks for what is not known here.")
            case re.Pattern() as pattern if pattern.fullmatch(value):
                asked[name] = value
            case kind if kind is int and value.isdecimal():
                asked[name] = int(value)
            case kind if kind is datetime and value.endswith("Z"):
                asked[name] = datetime.fromisoformat(value)
            case _:
                raise invalid(f"{name} is not what it should be.")
    return asked


class Webhook:
    """The channel's webhook, as X calls it."""

    def __init__(self):
        self.known, self.last = set(), None

    def signature(self, message):
        code = hmac.new(CONSUMER_SECRET.encode(), message, hashlib.sha256).digest()
        return f"sha256={base64.b64encode(code).decode()}"

    def ask(self, address, method, query="", body=None, headers=()):
        parts = urlsplit(address)
        if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost") or not parts.port:
            raise invalid("The webhook is no address on this machine, such as http://127.0.0.1:8080/webhooks/x.")
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=WEBHOOK_ANSWERS_WITHIN)
        try:
            connection.request(method, (parts.path or "/") + query, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Refused(502, "about:blank", "No answer", f"The webhook gave no answer: {error}") from error
        finally:
            connection.close()

    def prove(self, address):
        """X's handshake, before the first event: the webhook must know the consumer secret."""
        if address in self.known:
            return
        token = secrets.token_urlsafe(30)
        status, answer = self.ask(address, "GET", f"?crc_token={quote(token, safe='')}")
        try:
            is_right = status == 200 and json.loads(answer)["response_token"] == self.signature(token.encode())
        except (ValueError, KeyError, TypeError):
            is_right = False
        if not is_right:
            detail = "The webhook does not pass the handshake: it is not the channel's, or has another consumer secret."
            raise Refused(502, "about:blank", "Not a webhook", detail)
        self.known.add(address)

    def tell(self, address, event):
        """Sends an event, if there is an address; gives what can be sent again, and the answer's status."""
        body = json.dumps(event, ensure_ascii=False)
        signature = self.signature(body.encode())
        status = None
        if address:
            self.last = address
            headers = {"content-type": "application/json", "x-twitter-webhooks-signature": signature}
            try:
                status, _ = self.ask(address, "POST", body=body.encode(), headers=headers)
            except Refused as refused:
                status = refused.problem["detail"]
        return {"body": body, "signature": signature, "answered": status}


def event(kind, of, payload, includes):
    """One event in the envelope of X's Activity API, for a subscription to what concerns the user `of`."""
    return {"data": {
        "event_uuid": str(secrets.randbits(62)), "event_type": kind, "filter": {"user_id": of["id"]},
        "payload": payload, "includes": includes,
    }}


def told(post):
    names = (name.lower() for name in NAME.findall(post["typed"]))
    is_mention = CHANNEL["username"].lower() in names
    kind, of = ("post.mention.create", CHANNEL) if is_mention else ("post.create", SOMEBODY)
    payload = as_x(post, {"created_at", "conversation_id", "entities"}, EXPANSIONS)
    return event(kind, of, payload, {"users": [SOMEBODY, CHANNEL]})


class Handler(BaseHTTPRequestHandler):
    """One request. What is shared stands in its class."""

    posts, keys, webhook, lock = Posts(), Keys(), Webhook(), threading.Lock()

    def answer(self):
        try:
            status, answer = self.answered()
            kind = "application/json"
        except Refused as refused:
            status, answer, kind = refused.status, refused.problem, "application/problem+json"
        body = json.dumps(answer, ensure_ascii=False, indent=1).encode()
        self.send_response(status)
        self.send_header("content-type", f"{kind}; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = answer

    def answered(self):
        length = self.headers.get("content-length") or "0"
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            raise invalid("The body is too large.")
        body, (path, _, query) = self.rfile.read(int(length)), self.path.partition("?")
        if path.startswith("/_peer/"):
            return self.of_people(path, body)
        self.check_signature()
        asked = parse_qsl(query, keep_blank_values=True)
        with self.lock:
            match (self.command, path.strip("/").split("/")):
                case ("GET", ["2", "users", "me"]):
                    return 200, {"data": {name: CHANNEL[name] for name in ("id", "name", "username")}}
                case ("POST", ["2", "tweets"]):
                    return self.posts.create(self.json(body))
                case ("GET", ["2", "tweets", id]) if ID.fullmatch(id):
                    return self.posts.show(id, asked)
                case ("DELETE", ["2", "tweets", id]) if ID.fullmatch(id):
                    return self.posts.delete(id)
                case ("GET", ["2", "users", user, "tweets"]) if user in USERS:
                    return self.posts.timeline(user, asked)
                case ("POST", ["2", "users", user, "retweets"]) if user == CHANNEL["id"]:
                    return self.posts.repost(self.json(body))
                case ("DELETE", ["2", "users", user, "retweets", id]) if user == CHANNEL["id"]:
                    return self.posts.undo_repost(id)
        raise Refused(404, "about:blank", "Not Found", "Not Found")

    def of_people(self, path, body):
        """What somebody does on X, or reads there."""
        match (self.command, path.strip("/").split("/")[1:]):
            case ("GET", ["posts"]):
                with self.lock:
                    return 200, [as_people_read_it(post) for post in self.posts.posts.values()]
            case ("POST", ["posts"]):
                asked = checked(self.json(body), {"text": str, "webhook": str})
                if not asked.get("text", "").strip():
                    raise invalid("A post needs text.")
                # Before there is anything to tell.
                if webhook := asked.get("webhook"):
                    self.webhook.prove(webhook)
                with self.lock:
                    post = self.posts.make(SOMEBODY["id"], asked["text"], settings="everyone")
                return 201, {"post": as_people_read_it(post), "event": self.webhook.tell(webhook, told(post))}
            case ("DELETE", ["posts", id]):
                asked = checked(self.json(body), {"webhook": str}) if body else {}
                if webhook := asked.get("webhook") or self.webhook.last:
                    self.webhook.prove(webhook)
                with self.lock:
                    self.posts.delete(id, SOMEBODY["id"])
                payload = {"id": id, "author_id": SOMEBODY["id"]}
                gone = event("post.delete", SOMEBODY, payload, {"users": [SOMEBODY]})
                return 200, {"deleted": id, "event": self.webhook.tell(webhook, gone)}
        raise Refused(404, "about:blank", "Not Found", "There is GET, POST and DELETE of /_peer/posts.")

    def json(self, body):
        # A page in a browser cannot send this without asking first.
        if self.headers.get_content_type() != "application/json":
            raise invalid("The body is no application/json.")
        try:
            return json.loads(body)
        except ValueError:
            raise invalid("The body is no JSON.") from None

    def check_signature(self):
        url = f"http://127.0.0.1:{self.server.server_port}{self.path}"
        # A body of JSON is not signed.
        endpoint = ResourceEndpoint(self.keys)
        headers = {"Authorization": self.headers.get("authorization") or ""}
        try:
            is_right, _ = endpoint.validate_protected_resource_request(url, self.command, None, headers, [])
        except ValueError:
            is_right = False
        if not is_right:
            raise Refused(401, "about:blank", "Unauthorized", "Unauthorized")

    def log_message(self, *_):
        """Nothing is logged: what people write here is in the paths and answers."""


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    address = f"http://127.0.0.1:{server.server_port}"
    settings = {
        "X_API": address, "X_USER_ID": CHANNEL["id"], "X_CONSUMER_KEY": CONSUMER_KEY,
        "X_CONSUMER_SECRET": CONSUMER_SECRET, "X_ACCESS_TOKEN": TOKEN, "X_ACCESS_TOKEN_SECRET": TOKEN_SECRET,
    }
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"settings": settings, "posts": f"{address}/_peer/posts"}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
