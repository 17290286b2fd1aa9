"""Statistics over a million cases: uncached, unchanged, and what they do to reads beside them."""

import itertools
import pathlib
import tempfile
import threading
import time

from lab import load
from lab.bench.filled import Filled
from lab.client import Client
from lab.settings import run
from lab.table import Table, median, ratio

RUNS = 21
FRESH = itertools.count()
# Half of the cases are given a record of two and a half years ago, so that "recorded two years ago" counts something.
AGE = "UPDATE {} SET recorded_at = recorded_at - 78894000000 WHERE case_key % 2 = 0;"
# What a team would write: the same funnel by province as one statement of the sqlite3 shell.
SHELL_FUNNEL = """SELECT substr(region, 1, 2), count(*) FILTER (WHERE rejected_on IS NULL),
    count(*) FILTER (WHERE verified_on <= {day}), count(*) FILTER (WHERE recommended_on <= {day}),
    count(*) FILTER (WHERE decided_on <= {day})
  FROM case_record WHERE received_on <= {day} GROUP BY 1"""
QUESTIONS = [
    (f"funnel by {grouping}, {basis}, {label}", f"funnel?group_by={grouping}&basis={basis}", years)
    for grouping in ("province", "position_level")
    for basis in ("effective", "recorded")
    for label, years in (("today", 0), ("two years ago", 2))
] + [
    ("equal treatment, one form", "equal-treatment?violation=DS-06", 0),
    ("funnel by province, persons", "funnel?group_by=province&unit=person", 0),
    ("timeliness by institution", "timeliness?group_by=institution", 0),
]


def timed(act):
    """How many milliseconds it takes."""
    started = time.monotonic()
    act()
    return (time.monotonic() - started) * 1000


def ask(client, question):
    """The milliseconds of an answer, which must be one."""

    def get():
        answer = client.get("BAWASLU", "/v1/statistics/" + question)
        if answer.status != 200:
            raise SystemExit(str(answer))

    return timed(get)


def days(years_ago):
    """Different dates, so that no answer is at hand."""
    today = time.time() - years_ago * 365.25 * 86_400
    return [time.strftime("%Y-%m-%d", time.gmtime(today - number * 86_400)) for number in range(1, RUNS + 1)]


def p99(client, path, seconds=8):
    """Latency of one case over 16 connections."""
    return load.p99_ms(load.wrk(client.url + path, 16, client.keys["BAWASLU"], seconds=seconds, latency=True))


def p99_beside(client, path):
    """The same while questions nobody has asked before are asked one after the other."""
    done = threading.Event()

    def ask_on():
        while not done.is_set():
            number = next(FRESH)
            day = f"20{10 + number // 336 % 10:02}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
            ask(client, f"funnel?group_by=province&occurred_from={day}")

    thread = threading.Thread(target=ask_on)
    thread.start()
    try:
        return p99(client, path)
    finally:
        done.set()
        thread.join()


def print_questions(client, database):
    table = Table("question", "uncached, ms", "nothing changed since, ms")
    for label, question, years in QUESTIONS:
        fresh = median(ask(client, f"{question}&as_of={day}") for day in days(years))
        table.row(label, fresh, median(ask(client, f"{question}&as_of={days(years)[0]}") for _ in range(RUNS)))
    shell = SHELL_FUNNEL.format(day=f"unixepoch('{days(0)[0]}') / 86400")
    table.row(
        "yardstick: funnel by province as SQL in the sqlite3 shell",
        median(timed(lambda: run("sqlite3", "-readonly", database, shell)) for _ in range(3)),
    )


def measure(program, count, folder):
    filled = Filled(program, folder, count, is_full=True, FIGURES_PER_AGENCY_PER_DAY=10_000_000)
    database = filled.server.database
    run("sqlite3", database, "".join(AGE.format(name) for name in ("case_record", "event")))
    events = int(run("sqlite3", database, "SELECT max(seq) FROM event"))
    with filled.server.start() as server:
        client, before = Client(server.url, filled.keys), server.memory_mib()
        first = ask(client, "stages?as_of=" + days(0)[0]) / 1000
        memory = server.memory_mib() - before
        print(
            f"scripts/bench statistics {count}; {load.machine()}; {count:,} cases, {events:,} events; "
            f"median of {RUNS} questions each\n"
        )
        print_questions(client, database)
        path = "/v1/cases/" + filled.identities[0]
        alone, beside = [], []
        for _ in range(load.ROUNDS):
            alone.append(p99(client, path))
            beside.append(p99_beside(client, path))
        print(
            f"\np99 of GET /v1/cases/{{id}} (16 connections): {median(alone):.1f} ms alone, {median(beside):.1f} ms "
            f"beside statistics asked without a pause (ratio {ratio(beside, alone):.1f}). "
            f"First answer after a start: {first:.1f} s; memory for it: {memory:.0f} MiB.\n"
        )
        server.stop_well()


def main(program, sizes):
    for count in sizes:
        with tempfile.TemporaryDirectory() as name:
            measure(program, count, pathlib.Path(name))
