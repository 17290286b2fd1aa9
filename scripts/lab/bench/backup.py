"""Durable creates with and without a backup beside them: the 99th percentile of each, in paired rounds.

Ends with 1 when a backup raises it above RATIO_MAX, in the median of the rounds.
"""

import pathlib
import tempfile
import threading
import time

from lab import load
from lab.bench.filled import Filled
from lab.cases import case
from lab.client import Client
from lab.table import Table, median, ratio

ROUNDS, SECONDS = 5, 8
# Half as long again: what readers of the same disk may cost writers, and nobody notices.
RATIO_MAX = 1.5


def create(client, name, is_over, times, refused):
    """One client: a create at a time, until it is over."""
    number = 0
    while not is_over():
        number += 1
        reference = f"{name}-{number}"
        started = time.perf_counter()
        answer = client.ask("BAWASLU", "POST", "/v1/cases", case(reference), {"Idempotency-Key": reference})
        times.append(time.perf_counter() - started)
        if answer.status != 201:
            # An exception here would end this thread and nothing else.
            refused.append(str(answer))
            return


def creates(client, name, clients, is_over):
    """The 99th percentile in milliseconds, and how many creates it is of."""
    times, refused = [[] for _ in range(clients)], []
    threads = [
        threading.Thread(target=create, args=(client, f"{name}-{index}", is_over, times[index], refused))
        for index in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if refused:
        raise SystemExit(f"creates were refused: {refused}")
    every = sorted(sum(times, []))
    return every[int(len(every) * 0.99)] * 1000, len(every)


def back_up(client, made):
    made.append(Client(client.url, client.keys).ask("OPERATOR", "POST", "/v1/admin/backups"))


def rounds(client, clients):
    alone, beside, seconds, counts = [], [], [], []
    for number in range(ROUNDS):
        end = time.monotonic() + SECONDS
        alone.append(creates(client, f"a{clients}-{number}", clients, lambda end=end: time.monotonic() > end)[0])
        made = []
        backup = threading.Thread(target=back_up, args=(client, made))
        backup.start()
        # Creates only while the backup runs, its proof included.
        milliseconds, count = creates(
            client, f"b{clients}-{number}", clients, lambda backup=backup: not backup.is_alive()
        )
        backup.join()
        if not made or made[0].status != 201:
            raise SystemExit(f"no backup was made: {made and made[0]}")
        beside.append(milliseconds)
        counts.append(count)
        seconds.append(made[0].json["duration_ms"] / 1000)
    return alone, beside, seconds, counts


def measure(program, count, folder):
    filled = Filled(program, folder, count, BACKUP_FOLDER=folder / "backups", BACKUP_KEEP=1)
    faults = []
    with filled.server.start() as server:
        client = Client(server.url, filled.keys)
        mebibytes = pathlib.Path(server.database).stat().st_size / (1 << 20)
        print(
            f"scripts/bench backup {count}; {load.machine()}; {count:,} cases, {mebibytes:,.0f} MiB; "
            f"median of {ROUNDS} paired rounds; disk {load.disk_syncs_per_second(folder):,} syncs/s\n"
        )
        table = Table(
            "clients",
            "p99 of creates alone, ms",
            "beside a backup, ms",
            "ratio",
            "a backup takes, s",
            "creates meanwhile",
        )
        for clients in (16, 64):
            alone, beside, seconds, counts = rounds(client, clients)
            times = ratio(beside, alone)
            table.row(clients, median(alone), median(beside), times, median(seconds), int(median(counts)))
            if times > RATIO_MAX:
                faults.append(f"{clients} clients: beside a backup the 99th percentile is {times:.2f} times as long")
        server.stop_well()
    print()
    if faults:
        raise SystemExit("\n".join([f"at most {RATIO_MAX} is allowed", *faults]))


def main(program, sizes):
    for count in sizes:
        with tempfile.TemporaryDirectory() as name:
            measure(program, count, pathlib.Path(name))
