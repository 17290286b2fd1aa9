"""Durable creates with and without a backup beside them: the 99th percentile of each, in paired rounds.

Ends with 1 when a backup raises it above RATIO_MAX, in the median of the rounds.
"""
import json
import http.client
import pathlib
import statistics
import tempfile
import threading
import time
import urllib.request

import bench_requests
from benchlib import PORT, URL, Server, disk_syncs_per_second, machine, run

ROUNDS, SECONDS = 5, 8
# Half as long again: what readers of the same disk may cost writers, and nobody notices.
RATIO_MAX = 1.5
BODY = ('{"election":"pilkada-2024","region":"16.71","institution":"16.71","subject":{"name":"Pegawai Contoh",'
        '"identifier_missing":true,"position_level":"pelaksana"},"violation":"DS-06","act":{"occurred_on":"2024-10-02",'
        '"narrative":"Uraian contoh."},"source":{"kind":"laporan","agency_ref":"%s","received_on":"2024-10-06"}}')


def create(key, name, until, times, refused):
    """One client: a create at a time, until the time is over or, where that is nil, until it is told to stop."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    number = 0
    while not until():
        number += 1
        reference = f"{name}-{number}"
        fields = {"Authorization": key, "Content-Type": "application/json", "Idempotency-Key": reference}
        started = time.perf_counter()
        connection.request("POST", "/v1/cases", BODY % reference, fields)
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - started)
        if answer.status != 201:
            # An exception here would end this thread and nothing else.
            return refused.append(answer.status)


def measure(key, name, clients, until):
    """The 99th percentile in milliseconds, and how many creates it is of."""
    times, refused = [[] for _ in range(clients)], []
    threads = [threading.Thread(target=create, args=(key, f"{name}-{index}", until, times[index], refused))
               for index in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if refused:
        raise SystemExit(f"creates were answered {refused}")
    every = sorted(sum(times, []))
    return every[int(len(every) * 0.99)] * 1000, len(every)


def back_up(admin, result):
    request = urllib.request.Request(URL + "/v1/admin/backups", method="POST", headers={"Authorization": admin})
    with urllib.request.urlopen(request, timeout=600) as answer:
        result.append(json.load(answer))


def rounds(keys, clients):
    alone, beside, seconds, counts = [], [], [], []
    for number in range(ROUNDS):
        end = time.monotonic() + SECONDS
        milliseconds, _ = measure(keys["BAWASLU"], f"a{clients}-{number}", clients, lambda: time.monotonic() > end)
        alone.append(milliseconds)
        made = []
        backup = threading.Thread(target=back_up, args=(keys["operator"], made))
        backup.start()
        # Creates only while the backup runs, its proof included.
        milliseconds, count = measure(keys["BAWASLU"], f"b{clients}-{number}", clients, lambda: not backup.is_alive())
        backup.join()
        if not made:
            raise SystemExit("no backup was made")
        beside.append(milliseconds)
        counts.append(count)
        seconds.append(made[0]["duration_ms"] / 1000)
    return alone, beside, seconds, counts


def main(program, count):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        database, keys, _, _ = bench_requests.load(program, folder, count)
        keys["operator"] = "Bearer " + run(
            program, "key", "create", "--database", database, "--operator", "--label", "bench", "--scopes",
            "admin").strip()
        keys["BAWASLU"] = keys["BAWASLU"].removeprefix("Authorization: ")
        server = Server(program, database, NETRAL_BACKUP_FOLDER=str(folder / "backups"), NETRAL_BACKUP_KEEP="1")
        megabytes = pathlib.Path(database).stat().st_size / (1 << 20)
        print(f"{machine()}; {count:,} cases, {megabytes:,.0f} MiB; median of {ROUNDS} paired rounds; "
              f"disk {disk_syncs_per_second(folder)} syncs/s\n")
        print("| clients | p99 of creates alone | beside a backup | ratio | a backup takes | creates meanwhile |")
        print("| --- | --- | --- | --- | --- | --- |")
        faults = []
        for clients in (16, 64):
            alone, beside, seconds, counts = rounds(keys, clients)
            ratio = statistics.median(second / first for first, second in zip(alone, beside))
            median = statistics.median
            print(f"| {clients} | {median(alone):.1f} ms | {median(beside):.1f} ms | {ratio:.2f} | "
                  f"{median(seconds):.1f} s | {median(counts):,.0f} |", flush=True)
            if ratio > RATIO_MAX:
                faults.append(f"{clients} clients: beside a backup the 99th percentile is {ratio:.2f} times as long")
        server.stop()
    if faults:
        raise SystemExit("\n".join([f"at most {RATIO_MAX} is allowed", *faults]))
