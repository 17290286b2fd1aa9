"""Lint, build, all tests; the time of each part as one table at the end.

A part that others rest on ends the run when it fails; any other one is told at the end.
"""

import os
import re
import signal
import subprocess
import sys
import time

from lab.settings import ROOT, SCRIPTS, prepare, program
from lab.table import Table

PYTHON = ["scripts", "Tests", "deploy", "Tests/NetralTests/released/keep"]
RUFF = [".build-ruff/bin/ruff"]
LINT = ["swift", "format", "lint", "--strict", "--recursive", "Package.swift", "Sources", "Tests", "migrations"]
# A module that is imported and not declared is found in a build from nothing only, and only at times; so it is refused.
BUILD = ["swift", "build", "--build-tests", "--explicit-target-dependency-import-check", "error"]
TEST = ["swift", "test", "--skip-build"]
# Suites of the program that are told apart in the table: they run other people's tools for long.
SUITE_SECONDS_MIN = 10
# What is slow, or heavy to install, after a debug build: name, command, whether the caller must be root.
HEAVY = [
    ("an attacker with keys", ["scripts/attack", "--keys"], False),
    ("attacks in full", ["scripts/attack", "3"], False),
    ("workbooks in other programs", ["scripts/sheets"], False),
    ("the record in other programs", ["scripts/interop-record"], False),
    ("a soak of two minutes", ["scripts/soak", "120"], False),
    ("fuzzing", ["scripts/fuzz", "10"], False),
    ("thread sanitizer", ["scripts/sanitize", "thread"], False),
    ("address sanitizer", ["scripts/sanitize", "address"], False),
    ("clients in five languages", ["scripts/contract", "--clients"], False),
    ("the units under systemd", ["scripts/verify-units"], True),
    ("the image", ["scripts/verify-image"], True),
]


class Run:
    """The parts that have run, and how long each took."""

    def __init__(self):
        self.rows, self.failed, self.closing = [], [], []

    def part(self, name, *commands, is_needed=False):
        """Runs commands one after the other; what they print is passed on."""
        print(f"== {name}", flush=True)
        started, has_failed, closing, suites = time.monotonic(), False, "", []
        for command in commands:
            code, told, slow = follow(command)
            closing, suites = told or closing, suites + slow
            self.closing += [told] if told else []
            if code != 0:
                has_failed = True
                break
        seconds = time.monotonic() - started
        self.rows.append((name, seconds, closing or ("FAILED" if has_failed else "passed")))
        self.rows += [(f"… {suite}", taken, "among these") for suite, taken in suites]
        if has_failed:
            self.failed.append(name)
            if is_needed:
                self.finish()

    def skip(self, name, why):
        self.rows.append((name, None, why))

    def finish(self):
        print()
        table = Table("part", "seconds", "outcome")
        for name, seconds, outcome in self.rows:
            table.row(name, None if seconds is None else f"{seconds:.1f}", outcome)
        table.row("in all", f"{sum(row[1] or 0 for row in self.rows if not row[0].startswith('…')):.1f}")
        # What the runner of the tests said at the end of each run, where whoever looks at the end finds it.
        print("\n" + "\n".join(self.closing))
        print("\n" + ("FAILED: " + ", ".join(self.failed) if self.failed else "every part has passed"), flush=True)
        sys.exit(1 if self.failed else 0)


def follow(command):
    """Runs it and passes on what it prints; its status, its closing line about tests, and its slow suites."""
    closing, suites = "", []
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    for line in process.stdout:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
        text = line.decode("utf-8", "replace")
        if found := re.search(r"Test run with \d+ tests?.*", text):
            closing = found[0]
        elif found := re.search(r'Suite "?(.+?)"? passed after ([\d.]+) seconds', text):
            suites += [(found[1], float(found[2]))] if float(found[2]) >= SUITE_SECONDS_MIN else []
    return process.wait(), closing, suites


def main(arguments):
    # Whoever ends it by Ctrl-C has the parts end themselves.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    is_all = "--all" in arguments
    arguments = [word for word in arguments if word != "--all"]
    run = Run()
    run.part("lint of Swift", LINT, is_needed=True)
    run.part(
        "lint of Python",
        [*RUFF, "check", "--config", "scripts/ruff.toml", *PYTHON],
        [*RUFF, "format", "--check", "--config", "scripts/ruff.toml", *PYTHON],
        is_needed=True,
    )
    run.part("build", BUILD, is_needed=True)
    if arguments:
        run.part("tests", [*TEST, *arguments])
    else:
        # The server's tests look at sockets and times, and run apart from those that keep every core busy.
        run.part("tests of the server", [*TEST, "--filter", r"^HTTPServerTests\."])
        run.part("other tests", [*TEST, "--skip", r"^HTTPServerTests\."])
    if is_all:
        heavy(run)
    run.finish()


def heavy(run):
    for part in ("attack", "soak", "image", "units"):
        prepare(part)
    run.part("build for use", [SCRIPTS / "build"], is_needed=True)
    # All that follows takes this program.
    os.environ["NETRAL"] = program()
    for name, command, needs_root in HEAVY:
        if needs_root and os.geteuid() != 0:
            run.skip(name, "not run: it needs root")
        else:
            run.part(name, command)
