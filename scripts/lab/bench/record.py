"""The record from outside, over so many leaves; and what a watch adds to `netral sync`."""

import base64
import hashlib
import os
import pathlib
import sqlite3
import sys
import tempfile
import time

from lab import load
from lab.bench.filled import Filled
from lab.server import Server
from lab.settings import ROOT, run
from lab.table import Table, median, ratio

# How many cases the copy of an agency has.
SYNC_CASES = 10_000
SYNC_ROUNDS = 3


# A process begins with the peak of the one that it was split off from: a small one starts what is measured.
STARTER = """
import resource, subprocess, sys, time
started = time.monotonic()
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)
"""


def measured(*command):
    """Seconds, and the peak of its memory in MiB."""
    seconds, peak = run(sys.executable, "-c", STARTER, *command).split()
    return float(seconds), int(peak) / 1024


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def subtrees(hashes):
    """The roots of all full subtrees of 256 of these."""
    for start in range(0, len(hashes) - 255, 256):
        level = hashes[start : start + 256]
        while len(level) > 1:
            level = [node(*level[place : place + 2]) for place in range(0, len(level), 2)]
        yield level[0]


def grow(database, count):
    """Gives the log of a file so many leaves. They are of nothing: who verifies from outside sees hashes alone."""
    with sqlite3.connect(database) as file:
        first = file.execute("SELECT count(*) FROM leaf").fetchone()[0]
        rows = ((index, "certificate", os.urandom(32), "{}", os.urandom(32)) for index in range(first, count))
        file.executemany("INSERT INTO leaf (leaf_index, kind, salts, content, hash) VALUES (?, ?, ?, ?, ?)", rows)
        level, hashes = 0, [row[0] for row in file.execute("SELECT hash FROM leaf ORDER BY leaf_index")]
        file.execute("DELETE FROM tree_node")
        while len(hashes) >= 256:
            level, hashes = level + 1, list(subtrees(hashes))
            rows = ((level, position, found) for position, found in enumerate(hashes))
            file.executemany("INSERT INTO tree_node VALUES (?, ?, ?)", rows)
        # It begins as a file that nothing was signed for.
        file.execute("DELETE FROM setting WHERE name IN ('record_key', 'record_epoch')")
    pathlib.Path(database + ".checkpoint").unlink(missing_ok=True)


def hash_all(count):
    """Seconds in which Python's hashlib hashes as many nodes as the tree has: the yardstick."""
    started, value = time.monotonic(), bytes(32)
    for _ in range(count):
        value = node(value, value)
    return time.monotonic() - started


class Watcher:
    """An agency with what it watches with."""

    def __init__(self, program, folder, database, key):
        self.program, self.folder = program, folder
        self.access = self.private("sync.key", key)
        self.witness = str(folder / "witness-key")
        self.public = run(program, "witness", "key", "--key-file", self.witness, "--name", "bkn.example").strip()
        self.record = run(program, "record", "key", "--database", database).strip()
        self.pins = self.private("pins", f"log {self.record}\nwitness BKN {self.public}\n")

    def private(self, name, text):
        path = self.folder / name
        path.touch(0o600)
        path.write_text(text)
        return str(path)

    @property
    def options(self):
        return ["--pins", self.pins, "--witness-key", self.witness, "--quorum", "0"]

    def round(self, url):
        state = str(self.folder / "state")
        command = [self.program, "witness", "run", "--server", url, "--key-file", self.access, "--state", state]
        return measured(*command, *self.options, "--quiet")


def verify(url, watcher):
    """By the key under the name of the first epoch."""
    name, _, key = watcher.record.split("+", 2)
    origin = name + "/1"
    number = hashlib.sha256(f"{origin}\n".encode() + base64.b64decode(key)).hexdigest()[:8]
    return measured(sys.executable, str(ROOT / "scripts" / "verify-record"), url, "--key", f"{origin}+{number}+{key}")


def measure(program, folder, count):
    server = Server(program, folder / "netral.sqlite")
    key = server.key("--agency", "BKN", scopes="sync")
    with server.start():
        server.stop_well()
    grow(server.database, count)
    with server.start():
        watcher = Watcher(program, folder, server.database, key)
        first = watcher.round(server.url)
        server.stop_well()
    server.key("--agency", "BKN", scopes="cases:read")
    with server.start():
        found = {"leaves": count, "first": first, "later": watcher.round(server.url), "hash": hash_all(count)}
        found |= {"server_mib": server.memory_mib("VmHWM"), "verify": verify(server.url, watcher)}
        server.stop_well()
    return found


def measure_sync(program, folder):
    """Seconds of a first `netral sync` of all cases, without and with a watch, in turns."""
    filled, times = Filled(program, folder, SYNC_CASES), {False: [], True: []}
    with filled.server.start() as server:
        watcher = Watcher(program, folder, server.database, filled.keys["BKN"])
        for number in range(2 * SYNC_ROUNDS):
            watches = number % 2 == 1
            copy = str(folder / f"copy-{number}.sqlite")
            command = [program, "sync", "--server", server.url, "--key-file", watcher.access, "--into", copy, "--quiet"]
            times[watches].append(measured(*command, *(watcher.options if watches else []))[0])
        server.stop_well()
    return times


def main(program, sizes):
    print(
        f"scripts/bench record {' '.join(map(str, sizes))}; {load.machine()}; once each, sync in {SYNC_ROUNDS} pairs\n"
    )
    table = Table(
        "leaves",
        "first round of `netral witness`, s",
        "its memory, MiB",
        "hashing as many nodes in Python, s",
        "a later round, s",
        "`scripts/verify-record`, s",
        "its memory, MiB",
        "peak of the server, MiB",
    )
    for count in sizes:
        with tempfile.TemporaryDirectory() as name:
            found = measure(program, pathlib.Path(name), count)
        table.row(
            found["leaves"], *found["first"], found["hash"], found["later"][0], *found["verify"], found["server_mib"]
        )
    print()
    with tempfile.TemporaryDirectory() as name:
        times = measure_sync(program, pathlib.Path(name))
    table = Table("cases", "first `netral sync`, s", "with a watch, s", "ratio")
    table.row(SYNC_CASES, median(times[False]), median(times[True]), ratio(times[True], times[False]))
    print()
