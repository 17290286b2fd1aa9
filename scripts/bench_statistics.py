"""Statistics over a million cases: uncached, unchanged, and what they do to reads beside them."""
import itertools
import pathlib
import re
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.request

from benchlib import URL, Server, machine, make_key, run, send_import, write_dataset

RUNS = 21
FRESH = itertools.count()
# Half of the cases are given a record of two and a half years ago, so that "recorded two years ago" counts something.
AGE = "UPDATE {table} SET recorded_at = recorded_at - 78894000000 WHERE case_key % 2 = 0;"
# What a team would write: the same funnel by province as one statement of the sqlite3 shell.
SHELL_FUNNEL = """SELECT substr(region, 1, 2), count(*) FILTER (WHERE rejected_on IS NULL),
    count(*) FILTER (WHERE verified_on <= '{day}'), count(*) FILTER (WHERE recommended_on <= '{day}'),
    count(*) FILTER (WHERE decided_on <= '{day}')
  FROM case_record WHERE received_on <= '{day}' GROUP BY 1"""


def get(path, key):
    name, value = key.split(": ", 1)
    started = time.monotonic()
    with urllib.request.urlopen(urllib.request.Request(URL + path, headers={name: value})) as answer:
        answer.read()
    return (time.monotonic() - started) * 1000


def days(years_ago):
    """Different dates, so that no answer is at hand."""
    today = time.time() - years_ago * 365.25 * 86_400
    return [time.strftime("%Y-%m-%d", time.gmtime(today - number * 86_400)) for number in range(1, RUNS + 1)]


def p99(path, key, seconds=8):
    """Latency of one case over 16 connections."""
    output = run("wrk", "-t1", "-c16", f"-d{seconds}s", "--latency", "-H", key, URL + path)
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", output).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def p99_beside(path, key, busy):
    """The same while questions nobody has asked before are asked one after the other."""
    done = threading.Event()

    def ask():
        while not done.is_set():
            number = next(FRESH)
            get(f"/v1/statistics/{busy}&occurred_from=20{10 + number // 336 % 10:02}-{number // 28 % 12 + 1:02}-"
                f"{number % 28 + 1:02}", key)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        return p99(path, key)
    finally:
        done.set()
        thread.join()


def main(program, count):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        database, lines = str(folder / "statistics.sqlite"), folder / "cases.ndjson"
        key = make_key(program, database, "BAWASLU")
        write_dataset(lines, count, "full")
        server = Server(program, database)
        send_import(lines, key, folder / "results.ndjson")
        server.stop()
        subprocess.run(["sqlite3", database, AGE.format(table="case_version") + AGE.format(table="case_record")
                        + AGE.format(table="event")], check=True)
        events = int(run("sqlite3", database, "SELECT max(seq) FROM event"))
        server = Server(program, database)
        before = server.memory_mib()["VmRSS"]
        load = get("/v1/statistics/stages?as_of=" + days(0)[0], key) / 1000
        memory = server.memory_mib()["VmRSS"] - before
        questions = [
            (f"funnel by {grouping}, {basis}, {label}",
             f"funnel?group_by={grouping}&basis={basis}", years)
            for grouping in ("province", "position_level") for basis in ("effective", "recorded")
            for label, years in (("today", 0), ("two years ago", 2))
        ] + [("equal treatment, one form", "equal-treatment?violation=DS-06", 0),
             ("funnel by province, persons", "funnel?group_by=province&unit=person", 0),
             ("timeliness by institution", "timeliness?group_by=institution", 0)]
        print(f"{machine()}; {count:,} cases, {events:,} events; median of {RUNS} questions each\n")
        print("| question | uncached | nothing changed since |\n| --- | --- | --- |")
        for label, path, years in questions:
            fresh = statistics.median(get(f"/v1/statistics/{path}&as_of={day}", key) for day in days(years))
            again = statistics.median(get(f"/v1/statistics/{path}&as_of={days(years)[0]}", key) for _ in range(RUNS))
            print(f"| {label} | {fresh:.0f} ms | {again:.1f} ms |")
        shell = []
        for _ in range(3):
            started = time.monotonic()
            run("sqlite3", "-readonly", database, SHELL_FUNNEL.format(day=days(0)[0]))
            shell.append((time.monotonic() - started) * 1000)
        print(f"| yardstick: funnel by province as SQL in the sqlite3 shell | {statistics.median(shell):.0f} ms | |")
        listed = run("curl", "-sS", "-H", key, URL + "/v1/cases?limit=1")
        path = "/v1/cases/" + re.search(r'"id":"([^"]+)"', listed)[1]
        alone, beside = [], []
        for _ in range(3):
            alone.append(p99(path, key))
            beside.append(p99_beside(path, key, "funnel?group_by=province"))
        print(f"\np99 of GET /v1/cases/{{id}} (16 connections): {statistics.median(alone):.1f} ms alone, "
              f"{statistics.median(beside):.1f} ms beside statistics asked without a pause "
              f"(ratio {statistics.median(b / a for a, b in zip(alone, beside)):.1f}). "
              f"First answer after a start: {load:.1f} s; memory for it: {memory:.0f} MiB.\n")
        server.stop()
