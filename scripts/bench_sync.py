"""Import, snapshot, feed and reconciliation at growing sizes, and what each costs a case."""
import http.client
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

from benchlib import PORT, ROUNDS, URL, Server, disk_syncs_per_second, machine, make_key, run, send_import, write_dataset

# The same rows as an export's, by the sqlite3 shell.
SAME_ROWS = """SELECT r.*, s.name, s.nip, s.nik, s.position_title, n.place, n.narrative, n.urls, n.witnesses, p.mode,
    p.name AS reporter_name, p.contact FROM case_record r
  JOIN case_subject s ON s.case_key = r.case_key AND s.facts_version = r.facts_version
  JOIN case_narrative n ON n.case_key = r.case_key AND n.facts_version = r.facts_version
  JOIN case_reporter p ON p.case_key = r.case_key AND p.facts_version = r.facts_version ORDER BY r.id"""
FEED_CHANGES = 100_000


def timed(*command):
    started = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started


def export(key, *options):
    return timed("curl", "-sS", "--fail", "-H", key, *options, URL + "/v1/exports/cases")


def feed(key):
    """Reads at most FEED_CHANGES changes over one connection; returns how many came and the seconds it took."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    name, value = key.split(": ", 1)
    after, changes, started = 0, 0, time.monotonic()
    while changes < FEED_CHANGES:
        connection.request(
            "GET", f"/v1/changes?after={after}&limit=1000", headers={name: value, "Accept": "application/x-ndjson"})
        lines = connection.getresponse().read().splitlines()
        cursor = json.loads(lines[-1])
        after, changes = cursor["next_after"], changes + len(lines) - 1
        if after == cursor["head"]:
            break
    return changes, time.monotonic() - started


def write_manifest(key, path):
    with open(path, "w") as manifest:
        process = subprocess.Popen(
            ["curl", "-sS", "--fail", "-H", key, URL + "/v1/exports/cases"], stdout=subprocess.PIPE, text=True)
        for line in process.stdout:
            if line.startswith('{"etag"'):
                held = json.loads(line)
                json.dump({"id": held["case"]["id"], "version": held["case"]["version"], "etag": held["etag"]}, manifest)
                manifest.write("\n")
    if process.wait() != 0:
        raise SystemExit("export failed")


def reconcile(key, manifest):
    started = time.monotonic()
    answer = run("curl", "-sS", "-T", str(manifest), "-X", "POST", "-H", key, "-H", "Content-Type: application/x-ndjson",
                 URL + "/v1/reconciliations")
    if not json.loads(answer)["certificate"]["in_agreement"]:
        raise SystemExit("reconciliation: " + answer[:400])
    return time.monotonic() - started


def measure(program, folder, count):
    database, lines = str(folder / "sync.sqlite"), folder / "cases.ndjson"
    key = make_key(program, database, "BAWASLU")
    write_dataset(lines, count)
    server = Server(program, database, NETRAL_STATISTICS_READ_AHEAD="false")
    figures = {"cases": count, "syncs": disk_syncs_per_second(folder)}
    figures["import"] = send_import(lines, key, folder / "results.ndjson")
    figures["import_mib"] = server.memory_mib()["VmHWM"]
    server.stop()
    server = Server(program, database, NETRAL_STATISTICS_READ_AHEAD="false")
    plain, shell = [], []
    for _ in range(ROUNDS):
        plain.append(export(key))
        shell.append(timed("sqlite3", "-readonly", "-json", database, SAME_ROWS))
    figures["export"] = statistics.median(plain)
    figures["shell"] = statistics.median(shell)
    figures["export_ratio"] = statistics.median(ours / theirs for ours, theirs in zip(plain, shell))
    figures["export_mib"] = server.memory_mib()["VmHWM"]
    figures["gzip"] = export(key, "-H", "Accept-Encoding: gzip")
    changes, seconds = feed(key)
    figures["changes"], figures["feed"] = changes, seconds / changes
    write_manifest(key, folder / "manifest.ndjson")
    figures["reconcile"] = statistics.median(reconcile(key, folder / "manifest.ndjson") for _ in range(ROUNDS))
    server.stop()
    return figures


def main(program, sizes):
    found = []
    for count in sizes:
        with tempfile.TemporaryDirectory() as name:
            found.append(measure(program, pathlib.Path(name), count))
    print(f"{machine()}; median of {ROUNDS} rounds, imports once; everything durable\n")
    print("| cases | import | syncs/s of the disk | export | beside `sqlite3 -json` | with gzip | feed | reconciliation | "
          "peak memory: import, export |")
    print("| --- " * 9 + "|")
    for f in found:
        print(f"| {f['cases']:,} | {f['cases'] / f['import']:,.0f} cases/s | {f['syncs']:,} | {f['export']:.2f} s | "
              f"{f['export_ratio']:.2f} × {f['shell']:.2f} s | {f['gzip']:.2f} s | {1 / f['feed']:,.0f} changes/s | "
              f"{f['reconcile']:.2f} s | {f['import_mib']:.0f} MiB, {f['export_mib']:.0f} MiB |")
    print("\n| microseconds a case | import | export | feed (a change) | reconciliation |\n| --- | --- | --- | --- | --- |")
    for f in found:
        costs = [f["import"] / f["cases"], f["export"] / f["cases"], f["feed"], f["reconcile"] / f["cases"]]
        print(f"| {f['cases']:,} | " + " | ".join(f"{cost * 1e6:.1f}" for cost in costs) + " |")
    print()
