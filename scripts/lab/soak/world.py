"""What the loads share: the client, what was acknowledged, and what each agency holds."""

import json
import random
import re
import threading
import time

from lab.client import Client
from lab.settings import AGENCIES, NDJSON
from lab.soak.proxy import Proxy

# What an act may be told: others were faster, the road does not allow it, or that it is another agency's to do.
REFUSALS = {
    "version_mismatch",
    "stage_conflict",
    "already_decided",
    "clock_running",
    "clock_conflict",
    "mandate_missing",
    "not_owner",
    "not_found",
    "busy",
    "storage_unavailable",
    "too_many_requests",
}


class World:
    def __init__(self, server):
        self.server, self.proxy, self.client = server, Proxy(server), Client("", server.keys)
        self.proxy.start()
        self.lock = threading.Lock()
        self.acknowledged = {}  # id -> highest acknowledged version
        self.replicas = {a: Replica(a) for a in AGENCIES}
        self.ending = threading.Event()
        self.counts, self.faults, self.refusals, self.failures = {}, {}, {}, []
        self.slow, self.began = [], time.monotonic()
        self.serial = 0

    def age(self):
        return time.monotonic() - self.began

    def count(self, what):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1

    def fault(self, what, number=1):
        with self.lock:
            self.faults[what] = self.faults.get(what, 0) + number

    def refuse(self, what, answer):
        """An act that was refused: counted by its code, and a failure where nothing of the load explains it."""
        code = "broken off" if answer.status is None else answer.code or answer.status
        if answer.status is not None and code not in REFUSALS:
            self.fail(f"{what}: {answer}")
        with self.lock:
            self.refusals[code] = self.refusals.get(code, 0) + 1

    def fail(self, text):
        with self.lock:
            self.failures.append(text)
        print("DISAGREEMENT:", text[:2000], flush=True)

    def next(self):
        with self.lock:
            self.serial += 1
            return self.serial

    def acknowledge(self, id, version):
        with self.lock:
            self.acknowledged[id] = max(version, self.acknowledged.get(id, 0))

    def some_case(self):
        with self.lock:
            return random.choice(list(self.acknowledged)) if self.acknowledged else None

    def ask(self, agency, method, path, body=None, fields=None, direct=False):
        """An answer, whose status is None when it was broken off; more than half of all go where that happens."""
        port = self.server.port if direct or random.random() < 0.4 else self.proxy.port
        answer = self.client.try_once(agency, method, path, body, fields, f"http://127.0.0.1:{port}")
        if answer.status is not None and answer.status >= 500 and answer.status != 503:
            self.fail(str(answer))
        return answer


class Replica:
    """What an agency holds, from the feed alone: exact bytes and entity tags."""

    def __init__(self, agency):
        self.agency, self.cases, self.after = agency, {}, 0

    def poll(self, world, wait, limit=1000, direct=False):
        """Applies a page; true when it was the last one."""
        target = f"/v1/changes?after={self.after}&limit={limit}&wait={wait}"
        answer = world.ask(self.agency, "GET", target, fields={"Accept": NDJSON}, direct=direct)
        if answer.status != 200:
            time.sleep(0.05)
            return False
        lines = answer.body.split(b"\n")[:-1]
        end = json.loads(lines[-1])
        last = self.after
        for line in lines[:-1]:
            head, case = split(line)
            if head["seq"] <= last:
                world.fail(f"{self.agency}: sequence {head['seq']} after {last}")
            last = head["seq"]
            if case is None:
                self.cases.pop(head["case_id"], None)
            else:
                self.cases[head["case_id"]] = (head["etag"], case)
        self.after = end["next_after"]
        return end["next_after"] == end["head"]


def version_in(etag):
    """The version of a case in an entity tag, which begins with the number of its form."""
    return int(re.match(r'"\d+-(\d+)', etag)[1])


def split(line):
    """A line of the feed or of a snapshot: what stands before the case, and the exact bytes of the case."""
    start = line.find(b',"case":{')
    if start < 0:
        return json.loads(line), None
    return json.loads(line[:start] + b"}"), line[start + 8 : -1]
