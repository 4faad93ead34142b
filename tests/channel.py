"""A running local mode, as a script sees it: a process that can be killed, its pages over HTTP, its command.

Invariant: no answer is ever made up. A request that got none raises Lost, and whoever asked decides whether to repeat.
"""

import http.client
import json
import os
import re
import signal
import subprocess
import threading
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
COMMAND = Path(os.environ.get("CLIENTSCONNECT") or ROOT / "target/debug/clientsconnect").resolve()

# From the start of the process to its address, in seconds, on a machine that is busy with something else.
READY_WITHIN = 60
# A graceful end takes a moment; one that takes longer is a failure.
ENDS_WITHIN = 20
# One request: the pages answer in milliseconds.
ANSWER_WITHIN = 15

ADDRESS = re.compile(r"http://(127\.0\.0\.1):(\d+)")


class Lost(Exception):
    """No answer came: whether the request had an effect is unknown."""


class Failed(Exception):
    """The process or the command did something that nobody asked for."""


class Channel:
    """The local mode on one data folder. `on_line` is called with each line of its log.

    One thread starts and kills; any number of others may ask, and wait while it is down.
    """

    def __init__(self, folder, speed, command=COMMAND, on_line=lambda line: None):
        self.data = Path(folder) / "data"
        self.log = open(Path(folder) / "log", "a", encoding="utf-8")
        self.speed = speed
        self.command = str(command)
        self.on_line = on_line
        self.process = None
        self.address = None
        self.is_up = threading.Event()
        self.changing = threading.Lock()

    def start(self, wait=True):
        """Starts the process on a free port; with `wait` until it printed its address."""
        options = ["local", "--port", "0", "--data", str(self.data), "--speed", str(self.speed)]
        process = subprocess.Popen(
            [self.command, *options, "--hourly-limit", "100000"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={**os.environ, "NO_COLOR": "1"},
        )
        with self.changing:
            # Whatever the one before has still to say is no longer an address.
            self.process = process
            self.is_up.clear()
        for read in (self._read_address, self._read_log):
            threading.Thread(target=read, args=(process,), daemon=True).start()
        if wait and not self.is_up.wait(READY_WITHIN):
            raise Failed(f"no address within {READY_WITHIN} s; exit status so far: {self.process.poll()}")

    def _read_address(self, process):
        for line in process.stdout:
            found = ADDRESS.search(line)
            with self.changing:
                if found and process is self.process and not self.is_up.is_set():
                    self.address = (found[1], int(found[2]))
                    self.is_up.set()

    def _read_log(self, process):
        for line in process.stderr:
            self.log.write(line)
            self.on_line(line)
        self.log.flush()

    def kill(self):
        """SIGKILL: the process has no say in it."""
        if (ended := self.process.poll()) is not None:
            raise Failed(f"the process had ended by itself, with status {ended}")
        self.is_up.clear()
        self.process.kill()
        self.process.wait()

    def stop(self):
        """SIGTERM, and gives the exit status."""
        self.is_up.clear()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(ENDS_WITHIN)

    def ask(self, target, body=None, headers=()):
        """GET, or with a body POST; gives status and text. Of an address, the path counts: the port is new each time."""
        if not self.is_up.wait(READY_WITHIN):
            raise Lost("it is down")
        path = urlsplit(target).path
        query = urlsplit(target).query
        connection = http.client.HTTPConnection(*self.address, timeout=ANSWER_WITHIN)
        try:
            connection.request(
                "GET" if body is None else "POST", f"{path}?{query}" if query else path, body, dict(headers)
            )
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise Lost(type(error).__name__) from error
        finally:
            connection.close()

    def json(self, path):
        """What a page of JSON says, however often one has to ask."""
        while True:
            try:
                status, text = self.ask(path)
            except Lost:
                continue
            if status != 200:
                raise Failed(f"{path} answered {status}")
            return json.loads(text)

    def run(self, *arguments):
        """The command on this data folder, for instance `roster list`; gives its JSON."""
        done = subprocess.run(
            [self.command, *arguments, "--data", str(self.data), "--json"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env={**os.environ, "RUST_LOG": "error"},
        )
        if done.returncode:
            raise Failed(f"{' '.join(arguments[:2])}: {done.stderr.strip() or 'not in order'}")
        return json.loads(done.stdout)

    def add_therapists(self, count, registers=("BACP", "NCPS", "UKCP", "BABCP")):
        """Example therapists beside those of a first run. Known as examples, they are looked up again when due."""
        for number in range(1, count + 1):
            self.run(
                "roster", "add", "--name", f"Example Volunteer {number}", "--email", f"volunteer{number}@example.org",
                "--register", registers[number % len(registers)], "--number", f"EXAMPLE-V{number}",
                "--membership", "full", "--checked-by", "Example Coordinator",
            )
