"""Requests beside a Go server and nginx, in turns: durable creates, one case, any case, lists; memory and start."""

import json
import pathlib
import tempfile

from lab import load
from lab.bench.filled import Filled
from lab.bench.peer import BODY as PEER_BODY
from lab.bench.peer import KEY as PEER_KEY
from lab.bench.peer import Peer, build
from lab.client import Client
from lab.table import Table, median, ratio

LONE_CREATES = 100
STARTS = 5
BODY = {
    "election": "pilkada-2020",
    "region": "16.71",
    "institution": "16.71",
    "subject": {
        "name": "Budi Santoso",
        "nip": "1986092620150510NN",
        "employment": "pns",
        "position_level": "pelaksana",
    },
    "violation": {"code": "KE-04"},
    "act": {"occurred_on": "2020-08-01", "narrative": "Uraian kejadian " * 30, "channel": "social_media"},
    "source": {"kind": "laporan", "agency": "BAWASLU", "agency_ref": "REFERENCE", "received_on": "2020-08-03"},
}


class Side:
    """One of the servers: where it is asked, with which key and which body."""

    def __init__(self, server, folder, name, key, body, page):
        self.server, self.key, self.page, self.text = server, key, page, json.dumps(body)
        self.body, self.identities = folder / f"{name}.json", folder / f"{name}.ids"
        self.body.write_text(self.text)
        self.one = server.url + "/v1/cases/" + server.identities[0]
        self.identities.write_text("\n".join(server.identities))
        self.client, self.created = Client(server.url, {"key": key}), 0

    def create(self, connections):
        return load.measure(self.server, self.server.url, connections, self.key, "create.lua", [self.body])

    def any_case(self):
        return load.measure(self.server, self.server.url, key=self.key, script="any.lua", arguments=[self.identities])

    def one_case(self):
        return load.measure(self.server, self.one, key=self.key)

    def list(self):
        return load.measure(self.server, self.server.url + self.page, key=self.key)

    def lone_create(self):
        self.created += 1
        reference = f"lone-{self.created}"
        body = self.text.replace("NN", str(10 + self.created % 89)).replace("REFERENCE", reference)
        answer = self.client.ask("key", "POST", "/v1/cases", body, {"Idempotency-Key": reference})
        if answer.status != 201:
            raise SystemExit(str(answer))

    def pages(self):
        """Pages that one create writes into the log when it is alone."""
        self.lone_create()
        return load.Log(self.server.database).pages(self.lone_create, LONE_CREATES)


# What is measured, reads first: creates make the files longer.
MEASURES = [
    ("GET of one hot case, c=32", Side.one_case),
    ("GET of any case, c=32", Side.any_case),
    ("list of 50, c=32", Side.list),
    ("durable creates, c=1", lambda side: side.create(1)),
    ("durable creates, c=64", lambda side: side.create(64)),
]


def compare(sides):
    """Each measure in paired rounds, in turns, and who begins changes; lists of rate and processor time."""
    found = {name: [[] for _ in sides] for name, _ in MEASURES}
    for name, measure in MEASURES:
        for number in range(load.ROUNDS):
            places = range(len(sides))
            for place in places if number % 2 == 0 else reversed(places):
                found[name][place].append(measure(sides[place]))
    return found


def print_comparison(found, has_peer, pages):
    columns = ["what", "Netral, requests/s"]
    if has_peer:
        columns += ["Go, requests/s", "ratio"]
    columns += ["Netral, CPU µs a request"] + (["Go, CPU µs a request"] if has_peer else [])
    table = Table(*columns)
    for name, rounds in found.items():
        rates = [[rate for rate, _ in one] for one in rounds]
        costs = [median(cost for _, cost in one) for one in rounds]
        both = [ratio(*rates)] if has_peer else []
        table.row(name, *map(median, rates), *both, *costs)
    both = [pages[0] / pages[1]] if has_peer else []
    table.row("pages a lone create writes into the log", *pages, *both)


def start_sides(filled, folder):
    """The program, and the Go server where it can be had."""
    server = filled.server.start()
    if not load.wait_until_calm(server):
        print("The server has not come to rest after its start: the figures hold its own work, too.\n")
    server.identities = filled.identities
    sides = [Side(server, folder, "netral", filled.keys["BAWASLU"], BODY, "/v1/cases?limit=50")]
    path, why = build()
    if path is None:
        print(f"No ratios: {why}\n")
    else:
        peer = Peer(path, folder, filled.count).start()
        sides.append(Side(peer, folder, "peer", PEER_KEY, PEER_BODY, "/v1/cases?stage=RECEIVED&after=&limit=50"))
    return sides


def print_rest(filled, sides, folder):
    """What has no yardstick: memory, starts, imports, and what group commit is worth."""
    side, server = sides[0], filled.server
    table = Table("what", "figure")
    table.row(f"import of {filled.count:,} histories, cases/s", filled.count / filled.import_seconds)
    memory, peak = server.memory_mib(), server.memory_mib("VmHWM")
    table.row("memory afterwards", f"{memory:.0f} MiB, peak {peak:.0f} MiB")
    count, (_, creates) = load.syncs(
        server, lambda: load.requests(load.wrk(server.url, 64, side.key, "create.lua", [side.body], seconds=2))
    )
    table.row("syncs under 64 clients", f"{count:,} for {creates:,} creates, {creates / max(1, count):.1f} each")
    server.stop_well()
    starts = []
    for _ in range(STARTS):
        starts.append(server.start().startup_ms)
        server.stop_well()
    table.row("start to ready, ms", float(median(starts)))


def measure(program, count, folder):
    filled, sides = Filled(program, folder, count), []
    try:
        sides = start_sides(filled, folder)
        hot = sides[0].client.get("key", "/v1/cases/" + filled.identities[0]).text
        with load.Ceiling(folder, hot) as ceiling:
            rates = [ceiling.rate(sides[0].key) for _ in range(load.ROUNDS)]
        found = compare(sides)
        pages = [side.pages() for side in sides]
        print(
            f"scripts/bench requests {count}; {load.machine()}; {count:,} cases; wrk -d{load.SECONDS}s, median of "
            f"{load.ROUNDS} rounds in turns; disk {load.disk_syncs_per_second(folder):,} syncs/s\n"
        )
        print_comparison(found, len(sides) > 1, pages)
        fixed = f"{median(rates):,.0f} requests/s" if ceiling.program else "not measured: nginx is not installed"
        print(f"\nnginx, a fixed answer of {len(hot)} bytes, c=32: {fixed}\n")
        for side in sides[1:]:
            side.server.stop()
        print_rest(filled, sides, folder)
        print()
    finally:
        for side in sides:
            side.server.stop()


def main(program, sizes):
    for count in sizes:
        with tempfile.TemporaryDirectory() as name:
            measure(program, count, pathlib.Path(name))
