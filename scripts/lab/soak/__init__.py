"""Mixed load with faults for a given time; at the end everything is compared."""

import os
import random
import signal
import sys
import tempfile
import threading
import time
import traceback

from lab import settings
from lab.soak.check import check, check_file, check_least
from lab.soak.faults import FAULTS
from lab.soak.loads import LOADS
from lab.soak.server import SoakServer
from lab.soak.watch import Watch
from lab.soak.world import World
from lab.table import Table

# The least time in which all of it can happen.
SECONDS_MIN = 45


def work(world, load):
    while not world.ending.is_set():
        try:
            load(world)
        except Exception:
            world.fail(f"{load.__name__}: {traceback.format_exc()}")
            return


def print_table(world, rows):
    print()
    table = Table("what", "figure")
    for row in rows:
        table.row(*row)
    print(f"\n{'all agree' if not world.failures else 'FAILED'}")


def listed(counts):
    return ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items())) or "none"


def load_with_faults(world, watch, seconds):
    server = world.server
    threads = [threading.Thread(target=work, args=(world, load), daemon=True) for load in LOADS]
    for thread in threads:
        thread.start()
    end, next_fault = time.monotonic() + seconds, time.monotonic() + 5
    calm = end - seconds / 4
    queue = []
    while time.monotonic() < end and not world.failures:
        time.sleep(0.5)
        watch.look()
        if time.monotonic() >= calm and not watch.calm:
            server.clock.set(0)
            watch.begin_calm()
        elif next_fault < time.monotonic() < calm:
            # Each kind as often as the others.
            queue = queue or random.sample(FAULTS, len(FAULTS))
            queue.pop()(world)
            # Soon, until each has happened.
            has_all = len(world.faults) >= len(FAULTS) - (not server.clock.library)
            next_fault = time.monotonic() + (random.uniform(2, 10) if has_all else random.uniform(1, 3))
    world.ending.set()
    for thread in threads + world.slow:
        thread.join(60)


def finish(world, watch, rows):
    """Compares everything, ends the server, and looks at its file."""
    server = world.server
    try:
        rows += [("cases lost, of those acknowledged", check(world)), *watch.judge(world)]
    finally:
        code = server.stop()
    if code != 0:
        world.fail(f"the server ended with {code}")
    check_file(world)
    rows.append(("file", f"{os.path.getsize(server.database) / 2**20:.0f} MiB, integrity checked"))


def soak(program, folder, seconds, seed):
    server = SoakServer(program, folder)
    try:
        server.start()
        world, watch = World(server), Watch(server)
        clock = "jumps" if server.clock.library else "stays, because libfaketime is not installed"
        print(f"soak: seed {seed}, {seconds} s, {len(LOADS)} clients")
        print(f"full disk: {server.disk.kind}; clock: {clock}", flush=True)
        load_with_faults(world, watch, seconds)
        world.fault("cut connections", world.proxy.cuts)
        check_least(world, seconds)
        rows = [
            ("time; clients; seed", f"{seconds} s; {len(LOADS)}; {seed}"),
            ("acknowledged", listed(world.counts)),
            ("acts refused", listed(world.refusals)),
            ("faults", listed(world.faults)),
        ]
        finish(world, watch, rows)
        print_table(world, rows)
        return 1 if world.failures else 0
    finally:
        server.close()


def main(arguments):
    seconds, seed = int(arguments[0]) if arguments else 60, settings.seed()
    if seconds < SECONDS_MIN:
        raise SystemExit(f"at least {SECONDS_MIN} seconds are needed for all that is to happen")

    def give_up(*_):
        sys.exit("the soak has taken too long, or was asked to end")

    program = settings.program("soak")
    signal.signal(signal.SIGALRM, give_up)
    signal.signal(signal.SIGTERM, give_up)
    # Comparing what was loaded in half an hour takes ten minutes, and more on a slower machine.
    signal.alarm(2 * seconds + 600)
    random.seed(seed)
    with tempfile.TemporaryDirectory(prefix="netral-soak-") as folder:
        return soak(program, folder, seconds, seed)
