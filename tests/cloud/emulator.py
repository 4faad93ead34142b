"""Starts the emulator of AWS in a time of its own, and the functions in the same.

Invariant: the emulator, a Python program, gets its time from clock/sitecustomize.py; only what it starts gets libfaketime,
which Python's own waiting does not bear.
"""

import json
import os

from ministack.app import main

os.environ.update(json.loads(os.environ.pop("FUNCTIONS_ENVIRONMENT")))
main()
