"""A cloud on this machine: an emulator of AWS that runs the functions' own binaries, a Bluesky server, and a clock.

Invariant: everything listens on the loopback, runs in one time, and is stopped by the handle that started it.

The clock: each process adds the number of seconds that a file holds to the time of the system, by clock/sitecustomize.py
if it is a Python program, else by libfaketime. So a test can wait for a lease or a slot without waiting. Monotonic time, by
which programs measure durations, stays as it is. The Bluesky server alone lives in the present.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

sys.path[:0] = [str(Path(__file__).resolve().parent / "clock"), str(Path(__file__).resolve().parent.parent)]
import sitecustomize
from channel import COMMAND, ROOT, Failed
from pages import Page

# Where scripts/test puts what it installs.
TOOLS = Path(os.environ.get("CLOUD_TOOLS") or ROOT / "target/tools/cloud")
EMULATOR = Path(os.environ.get("EMULATOR_TOOLS") or ROOT / "target/tools/emulator")
LIBFAKETIME = "/usr/lib/{}-linux-gnu/faketime/libfaketimeMT.so.1".format(os.uname().machine)

SERVICES = (
    "apigateway,apigatewayv2,cloudformation,cloudwatch,dynamodb,events,iam,kms,lambda,logs,s3,scheduler,ses,sesv2,sns,"
    "sqs,ssm,sts"
)
REGION = "eu-west-2"
# From the start of a server to its first answer, in seconds, on a machine that is busy with something else.
READY_WITHIN = 60
# One request to a page: a function that starts cold on the emulator takes well under a second.
ANSWER_WITHIN = 30


class Clock:
    """The time of this process and of all that is started with it. Only forward, and from a working morning on."""

    def __init__(self, folder):
        if not Path(LIBFAKETIME).exists():
            sys.exit("libfaketime is missing: `scripts/test cloud` installs it")
        self.file = Path(folder) / "clock"
        self.offset = 0
        self.forward(until_a_working_morning(datetime.now(ZoneInfo("Europe/London"))))
        os.environ["CLOUD_CLOCK"] = str(self.file)
        sitecustomize.move()

    def of_python(self):
        """What a Python program needs to live in this time."""
        return {"CLOUD_CLOCK": str(self.file), "PYTHONPATH": str(Path(__file__).resolve().parent / "clock")}

    def of_others(self):
        """What any other program needs."""
        return {
            "LD_PRELOAD": LIBFAKETIME,
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            # Two names of one setting, of older and newer versions.
            "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def forward(self, seconds):
        self.offset += int(seconds)
        # In one step: a process that reads meanwhile sees the old file or the new one.
        new = self.file.with_suffix(".new")
        new.write_text(f"+{self.offset}\n", encoding="utf-8")
        new.replace(self.file)


def until_a_working_morning(now):
    """Seconds to ten o'clock of the next Monday or Tuesday, London time: within all windows, as the days after are."""
    then = now.replace(hour=10, minute=0, second=0, microsecond=0)
    while then <= now or then.weekday() > 1:
        then += timedelta(days=1)
    return (then - now).total_seconds()


class Peer:
    """A Bluesky server with one account, as tests/peers/pds.mjs starts it."""

    def __init__(self):
        self.process = subprocess.Popen(
            ["node", "pds.mjs"],
            cwd=ROOT / "tests/peers",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        line = self.process.stdout.readline()
        if not line:
            raise Failed("the Bluesky server did not start")
        self.account = json.loads(line)

    def posts(self):
        """Every post of the account, oldest first."""
        service = urlsplit(self.account["service"])
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=ANSWER_WITHIN)
        query = f"repo={self.account['did']}&collection=app.bsky.feed.post&reverse=true&limit=100"
        connection.request("GET", f"/xrpc/com.atproto.repo.listRecords?{query}")
        records = json.loads(connection.getresponse().read())["records"]
        connection.close()
        return [record["value"] for record in records]

    def stop(self):
        self.process.stdin.close()
        self.process.wait(20)


class Cloud:
    """The emulator, with what is deployed on it."""

    def __init__(self, folder, clock):
        self.clock = clock
        self.folder = Path(folder)
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "SAM_CLI_TELEMETRY": "0",
            "NO_COLOR": "1",
            "PATH": f"{TOOLS / 'bin'}:{os.environ['PATH']}",
        }
        self.log = open(self.folder / "emulator.log", "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [EMULATOR / "bin/python", Path(__file__).resolve().parent / "emulator.py"],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
            env={
                **self.environment,
                "BIND_HOST": "127.0.0.1",
                "GATEWAY_PORT": str(self.port),
                "MINISTACK_HOST": "localhost",
                "IOT_MTLS_ENABLED": "0",
                "SERVICES": SERVICES,
                # The roles of the template are enforced.
                "AUTH": "true",
                **clock.of_python(),
                "FUNCTIONS_ENVIRONMENT": json.dumps(clock.of_others()),
            },
        )
        self.until("the emulator answers", self.answers, READY_WITHIN)

    def answers(self):
        try:
            return self.request("GET", "/_ministack/health", host="localhost")[0] == 200
        except OSError:
            if self.process.poll() is not None:
                raise Failed(f"the emulator ended; see {self.log.name}") from None
            return False

    def stop(self):
        # The functions are its children.
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)

    def client(self, service):
        import boto3

        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def run(self, *command, expect=0, in_time=()):
        """Runs a command in the cloud's environment; gives what it printed."""
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**self.environment, **dict(in_time)},
        )
        if done.returncode != expect:
            raise Failed(f"{command[0]} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def sam(self, *arguments):
        return self.run("sam", *arguments, in_time=self.clock.of_python())

    def command(self, *arguments, expect=0):
        """The project's command on the deployed channel; gives its JSON."""
        return json.loads(self.run(COMMAND, *arguments, "--json", expect=expect, in_time=self.clock.of_others()))

    def request(self, method, path, body=None, headers=(), host=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_WITHIN)
        try:
            connection.request(method, path, body, {"Host": f"{host}:{self.port}", **dict(headers)})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def until(self, what, holds, within):
        """Asks again and again; gives what at last was true."""
        end = time.monotonic() + within
        while True:
            if result := holds():
                return result
            if time.monotonic() > end:
                raise Failed(f"not within {within} s: {what}")
            time.sleep(0.5)


class Pages:
    """The deployed pages, as people and programs use them. The emulator finds the API by the host's name."""

    def __init__(self, cloud, address):
        self.cloud = cloud
        self.address = address
        self.host = urlsplit(address).netloc.split(".")[0] + ".execute-api.localhost"

    def get(self, path):
        return self.cloud.request("GET", path, host=self.host)

    def reachable(self):
        """The pages' address for who cannot choose the host's name."""
        return f"{self.cloud.endpoint}/_aws/execute-api/{self.host.split('.')[0]}/$default"

    def propose(self, text, **fields):
        body = {"text": text, "adult": True, "consent": {"publish": True, "health": True}, **fields}
        headers = {"Content-Type": "application/json"}
        status, answer = self.cloud.request("POST", "/submissions", json.dumps(body), headers, self.host)
        if status != 202:
            raise Failed(f"a proposal was answered {status}: {answer}")
        return json.loads(answer)

    def follow(self, link):
        """The page behind a link of a mail."""
        if not link.startswith(self.address):
            raise Failed("a mail leads elsewhere")
        return self.get(link[len(self.address) :])

    def vote(self, link, decision):
        """Reads, chooses, confirms."""
        status, page = self.follow(link)
        for name, value in [("decision", decision), ("declaration", "yes")]:
            chosen = Page(page).choose(name, value) if status == 200 else None
            if chosen is None:
                raise Failed(f"the review answered {status} and offers no {name}")
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            status, page = self.cloud.request("POST", urlsplit(chosen[0]).path, chosen[1], headers, self.host)
        if status != 200:
            raise Failed(f"a vote was answered {status}")


class Mails:
    """What was handed to SES, oldest first, as the emulator read it. It forgets the headers."""

    def __init__(self, cloud):
        self.cloud = cloud

    def all(self):
        status, answer = self.cloud.request("GET", "/_ministack/ses/messages", host="localhost")
        if status != 200:
            raise Failed(f"the mails cannot be read: {status}")
        accounts = json.loads(answer)["messages"].values()
        return [
            {"to": to, "from": one["Source"], "subject": one["Subject"], "body": one["BodyText"], "html": one["BodyHtml"]}
            for messages in accounts
            for one in messages
            for to in one["To"]
        ]


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
