"""Moves the clock of a Python process: for the emulator, the SAM CLI and the rehearsal itself. Python imports a module of
this name when it starts, if its folder is in PYTHONPATH.

Invariant: nothing changes unless CLOUD_CLOCK names a file; then all that asks for the time gets that of the system and
the number of seconds in the file. Monotonic time, by which durations are measured, stays as it is.
"""

import datetime
import os
import time


def move():
    system_time, system_datetime = time.time, datetime.datetime

    def offset():
        with open(os.environ["CLOUD_CLOCK"], encoding="utf-8") as file:
            return int(file.read())

    class Moved(system_datetime):
        """As the system's, but later."""

        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(time.time(), tz)

        @classmethod
        def utcnow(cls):
            return cls.fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None)

    time.time = lambda: system_time() + offset()
    datetime.datetime = Moved


if os.environ.get("CLOUD_CLOCK"):
    move()
