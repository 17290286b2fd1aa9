"""Import, snapshot, feed and reconciliation at growing sizes, and what each costs a case."""

import json
import pathlib
import subprocess
import tempfile
import time

from lab import load
from lab.bench.filled import Filled
from lab.client import Client
from lab.load import ROUNDS, curl
from lab.settings import NDJSON, run
from lab.table import Table, median, ratio

# The same rows as an export's, by the sqlite3 shell.
SAME_ROWS = """SELECT hex(r.id), r.number, r.version, r.seq, r.created_at, r.recorded_at, r.imported_by, e.progress,
    c.content AS core, s.content AS subject, n.content AS narrative, p.content AS reporter, f.content AS numbers
  FROM case_record r JOIN event e ON e.seq = r.seq
  JOIN case_part c ON c.part_key = 16 * e.facts_seq + 1 JOIN case_part s ON s.part_key = 16 * e.facts_seq + 2
  JOIN case_part n ON n.part_key = 16 * e.facts_seq + 3 JOIN case_part p ON p.part_key = 16 * e.facts_seq + 4
  JOIN case_part f ON f.part_key = 16 * e.references_seq + 5 ORDER BY r.id"""
FEED_CHANGES = 100_000


def timed(*command):
    started = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started


def feed(client):
    """Reads at most FEED_CHANGES changes over one connection; seconds a change."""
    after, changes, started = 0, 0, time.monotonic()
    while changes < FEED_CHANGES:
        lines = client.get("BAWASLU", f"/v1/changes?after={after}&limit=1000", Accept=NDJSON).body.splitlines()
        cursor = json.loads(lines[-1])
        after, changes = cursor["next_after"], changes + len(lines) - 1
        if after == cursor["head"]:
            break
    return (time.monotonic() - started) / changes


def write_manifest(export, path):
    with open(path, "w") as manifest:
        process = subprocess.Popen(export, stdout=subprocess.PIPE, text=True)
        for line in process.stdout:
            if line.startswith('{"etag"'):
                held = json.loads(line)
                json.dump(
                    {"id": held["case"]["id"], "version": held["case"]["version"], "etag": held["etag"]}, manifest
                )
                manifest.write("\n")
    if process.wait() != 0:
        raise SystemExit("export failed")


def reconcile(key, url, manifest):
    started = time.monotonic()
    answer = run(*curl(key, url + "/v1/reconciliations", "-T", manifest, "-X", "POST", "-H", "Content-Type: " + NDJSON))
    if not json.loads(answer)["certificate"]["in_agreement"]:
        raise SystemExit("reconciliation: " + answer[:400])
    return time.monotonic() - started


def measure(program, folder, count):
    filled = Filled(program, folder, count)
    found = {
        "cases": count,
        "import": filled.import_seconds,
        "import_mib": filled.import_peak_mib,
        "syncs": load.disk_syncs_per_second(folder),
    }
    with filled.server.start() as server:
        key, plain, shell = filled.keys["BAWASLU"], [], []
        export = curl(key, server.url + "/v1/exports/cases")
        for _ in range(ROUNDS):
            plain.append(timed(*export))
            shell.append(timed("sqlite3", "-readonly", "-json", server.database, SAME_ROWS))
        found |= {
            "export": median(plain),
            "shell": median(shell),
            "export_ratio": ratio(plain, shell),
            "export_mib": server.memory_mib("VmHWM"),
            "gzip": timed(*export, "-H", "Accept-Encoding: gzip"),
            "feed": feed(Client(server.url, filled.keys)),
        }
        write_manifest(export, folder / "manifest.ndjson")
        found["reconcile"] = median(reconcile(key, server.url, folder / "manifest.ndjson") for _ in range(ROUNDS))
        server.stop_well()
    return found


def main(program, sizes):
    found = []
    for count in sizes:
        with tempfile.TemporaryDirectory() as name:
            found.append(measure(program, pathlib.Path(name), count))
    print(
        f"scripts/bench sync {' '.join(map(str, sizes))}; {load.machine()}; median of {ROUNDS} rounds, imports once; "
        "everything durable\n"
    )
    table = Table(
        "cases",
        "import, cases/s",
        "syncs/s of the disk",
        "export, s",
        "beside `sqlite3 -json`",
        "with gzip, s",
        "feed, changes/s",
        "reconciliation, s",
        "peak memory: import, export",
    )
    for f in found:
        table.row(
            f["cases"],
            f["cases"] / f["import"],
            f["syncs"],
            f["export"],
            f"{f['export_ratio']:.2f} × {f['shell']:.2f} s",
            f["gzip"],
            1 / f["feed"],
            f["reconcile"],
            f"{f['import_mib']:.0f} MiB, {f['export_mib']:.0f} MiB",
        )
    print()
    table = Table("microseconds a case", "import", "export", "feed (a change)", "reconciliation")
    for f in found:
        costs = [f["import"] / f["cases"], f["export"] / f["cases"], f["feed"], f["reconcile"] / f["cases"]]
        table.row(f["cases"], *(f"{cost * 1e6:.1f}" for cost in costs))
    print()
