"""What `scripts/attack --keys` runs: a dishonest holder of agencies' keys against a running server.

    scripts/attack --keys [URL KEYS_FILE]    without them against a server of its own, over a demo database that is
                                             thrown away

KEYS_FILE has a line `AGENCY=key` for each agency and one for OPERATOR, as `netral demo` prints them. The server that is
named must be one that may be filled: cases, keys and agencies are left in it. What needs limits or a clock of its own
(the bytes of a day, costs, the socket, a start under a clock behind) is played against servers that are started here.
Texts are planted in every group of every case, and looked for in every answer to whoever may not see them.

Prints a line for each attack, and ends with 1 when anything was found.
"""

import os
import tempfile
import traceback

from lab import settings
from lab.attack.keys import claims, doors, edges, guesses, limits, office, record
from lab.attack.keys.world import Attack, World
from lab.server import Server, read_keys
from lab.table import Table

# Limits in time would only hide what is behind them; what is refused by them is tried in `item_7`.
SETTINGS = {
    "FAILED_KEYS_PER_MINUTE": "1000000",
    "PUBLIC_REQUESTS_PER_MINUTE": "1000000",
    "COST_PER_AGENCY_PER_HOUR": "1000000",
    "FIGURES_PER_AGENCY_PER_DAY": "100000",
}


def past_and_operator(world, attack):
    guesses.past(world, attack)
    guesses.operator(world, attack)
    return "what was open and is withheld again, as of then, in snapshots and replays; an operator's key"


# A further attack is a line here: what it is about, and what plays it.
ATTACKS = [
    ("1 dry runs and answers of writes", record.item_1),
    ("1 the past, and the operator", past_and_operator),
    ("2 agencies outside their time", office.item_2),
    ("3 others' names", claims.item_3),
    ("4 guesses", guesses.item_4),
    ("5 keys of one scope", record.item_5),
    ("6 fat pages", limits.item_6),
    ("7 the disk", limits.item_7),
    ("8 days dated back", claims.item_8),
    ("9 pauses", claims.item_9),
    ("10 public releases", limits.item_10),
    ("11 proxies and ends of keys", doors.item_11),
    ("12 certificates and cursors", doors.item_12),
    ("13 absence, fields, addresses, keys, related, clock", edges.item_13),
]
SHOWN = 5


def play(world, name, attack, table):
    """One attack; what was found."""
    line = Attack(world, name)
    try:
        tried = attack(world, line)
    except Exception as error:
        # A server that is gone, or an answer of another form, is a finding, too.
        where = traceback.extract_tb(error.__traceback__)[-1]
        tried = "broke off"
        line.found.append(f"{type(error).__name__} {error} at {os.path.basename(where.filename)}:{where.lineno}")
    count = line.end()
    table.row(name, tried, count, len(line.found) or "nothing")
    return [f"{name}: {fault}" for fault in line.found]


def attack_all(world):
    table = Table("attack", "what was tried", "requests", "found")
    return [fault for name, attack in ATTACKS for fault in play(world, name, attack, table)]


def report(faults):
    """The first of each kind, and how many there are."""
    kinds = {}
    for fault in faults:
        kinds.setdefault(fault[:60], []).append(fault)
    for alike in kinds.values():
        print()
        print("\n".join(fault[:1200] for fault in alike[:SHOWN]))
        if len(alike) > SHOWN:
            print(f"… and {len(alike) - SHOWN} more like these")
    print("" if faults else "\nnothing was found")


def main(arguments):
    if len(arguments) not in (0, 2):
        raise SystemExit("usage: scripts/attack --keys [URL KEYS_FILE]")
    program = settings.program()
    with tempfile.TemporaryDirectory(prefix="netral-keys-") as folder:
        server = None
        try:
            if arguments:
                world = World(arguments[0].rstrip("/"), read_keys(arguments[1]))
                world.memory = lambda: 0
            else:
                server = Server(program, os.path.join(folder, "netral.sqlite"), **SETTINGS).demo().start()
                world = World(server.url, server.keys)
                world.memory = server.memory_mib
            world.program, world.folder = program, folder
            faults = attack_all(world)
            if server and server.process.poll() is not None:
                faults.append(f"the server has ended: {server.process.returncode}")
        finally:
            if server:
                server.stop()
    report(faults)
    return 1 if faults else 0
