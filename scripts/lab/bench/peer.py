"""The yardstick: a small server in Go over the same library of SQLite, as a strong team would write it (lab/peer)."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess

from lab import load
from lab.server import Process
from lab.settings import ROOT, SCRIPTS

FOLDER, KEY = ROOT / ".build-go", "peer-key"
BODY = {
    "nip": "1986092620150510NN",
    "name": "Budi Santoso",
    "region": "16.71",
    "institution": "4016",
    "violation": "KE-04",
    "election": "pilkada-2020",
    "narrative": "Uraian kejadian " * 30,
    "agency_ref": "REFERENCE",
}


def build():
    """The program's path, or None and why there is none."""
    prepared = subprocess.run([SCRIPTS / "prepare", "peer"], capture_output=True, text=True)
    go = shutil.which("go", path=f"{FOLDER}/bin:{os.environ['PATH']}")
    if prepared.returncode != 0 or not go:
        return None, "Go or its binding of SQLite cannot be installed: " + prepared.stderr.strip()[-300:]
    # Only what Debian packages is used, so that nothing is fetched.
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": "/usr/share/gocode",
        "GOPROXY": "off",
        "GOFLAGS": "",
        "GOTOOLCHAIN": "local",
        "CGO_ENABLED": "1",
    }
    done = subprocess.run(
        [go, "build", "-tags", "libsqlite3", "-o", FOLDER / "peer", "."],
        cwd=SCRIPTS / "lab" / "peer",
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        return None, "the Go server cannot be built: " + done.stderr.strip()[-600:]
    return FOLDER / "peer", None


class Peer(Process):
    """The Go server over a file of its own, with so many cases."""

    def __init__(self, program, folder, count):
        self.program, self.database, self.count = program, folder / "peer.sqlite", count
        self.identities, self.log = [], folder / "peer.log"

    def start(self):
        self.open()
        self.stop()
        self.fill()
        return self.open()

    def open(self):
        port = load.free_port()
        self.url = f"http://127.0.0.1:{port}"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program], stderr=log, env={**os.environ, "PEER_DB": str(self.database), "PEER_PORT": str(port)}
            )
        self.wait_until("/v1/cases/none", 401)
        return self

    def fill(self):
        """As the server itself writes them; identities begin with a hash, so that they lie all over the table."""
        cases, events, known = [], [], []
        for number in range(self.count):
            reference = f"F-{number}"
            identity = hashlib.sha256(reference.encode()).hexdigest()[:12] + reference
            self.identities.append(identity)
            case = {
                "id": identity,
                "stage": "RECEIVED",
                **BODY,
                "nip": f"1986092620150510{number % 89 + 10}",
                "agency_ref": reference,
                "version": 1,
                "created_at": "2020-10-01T00:00:00Z",
            }
            cases.append(
                [
                    case[name]
                    for name in (
                        "id",
                        "stage",
                        "nip",
                        "name",
                        "region",
                        "institution",
                        "violation",
                        "election",
                        "narrative",
                        "agency_ref",
                        "version",
                        "created_at",
                    )
                ]
            )
            events.append([identity, "created", json.dumps(case)])
            known.append([reference, identity])
        with sqlite3.connect(self.database) as file:
            file.executemany(f"INSERT INTO cases VALUES ({','.join('?' * 12)})", cases)
            file.executemany("INSERT INTO events (case_id, kind, body) VALUES (?, ?, ?)", events)
            file.executemany("INSERT INTO idem VALUES (?, ?)", known)
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file.close()

    def complaint(self):
        return self.log.read_text()[-2000:]
