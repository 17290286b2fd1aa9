"""Attacks a server of its own while other clients go on, and says how they fared; or plays a holder of keys."""

import contextlib
import multiprocessing
import os
import pathlib
import re
import resource
import signal
import tempfile
import threading
import time

from lab import dataset, settings
from lab.attack import keys
from lab.attack.attackers import Scale, World, answer, attacks
from lab.server import Server
from lab.table import Table

# 5,000 idle connections take some 10 MiB, 64 bodies of 1 MiB as much as they are; the rest is for what allocators keep.
MEMORY_MIB_MAX = 256
FLOOR_MS = 1
# How much longer one wrong key may take to be refused than another, in the median, before time tells which it was.
GUESS_DIFFERENCE_US_MAX = 5
SCOPES = "cases:read,cases:write,imports,migration,sync"
processes = multiprocessing.get_context("fork")


def others(world, seconds, result):
    """Clients of another agency at a steady pace; sends how long each answer took, or what went wrong."""
    clients, times, faults = [world.connect() for _ in range(8)], [], []
    questions = [world.head("GET", target, "BKN") for target in (world.case, "/v1/whoami", "/v1/cases?limit=5")]
    ending, due, number = time.monotonic() + seconds, time.monotonic(), 0
    while time.monotonic() < ending:
        place, number, due = number % len(clients), number + 1, due + 0.004
        started = time.monotonic()
        try:
            clients[place].sendall(questions[number % len(questions)])
            status, body = answer(clients[place])
            if status != 200:
                faults.append(f"{status} {body[:200]}")
        except OSError as error:
            faults.append(repr(error))
            clients[place] = world.connect()
        times.append(time.monotonic() - started)
        time.sleep(max(0, due - time.monotonic()))
    result.send((times, faults))


def measure(world):
    """The 99th percentile in milliseconds, of how many answers, and what went wrong."""
    seconds = world.scale.seconds
    receiver, sender = processes.Pipe(False)
    process = processes.Process(target=others, args=(world, seconds, sender))
    process.start()
    times, faults = receiver.recv() if receiver.poll(seconds + 60) else ([60.0], ["no answer for a minute"])
    process.kill()
    process.join()
    return sorted(times)[int(len(times) * 0.99)] * 1000, len(times), faults


def most_held(server, before, seconds, result):
    """The most connections the server held at any time: some attacks are cut off all the while and come again."""
    most, ending = 0, time.monotonic() + seconds
    while time.monotonic() < ending and server.is_running:
        most = max(most, server.descriptors() - before)
        time.sleep(0.05)
    result.append(most)


def calm(server):
    """How many descriptors it has when half a second has changed nothing: those who were measured before have gone."""
    count, since = server.descriptors(), time.monotonic()
    while time.monotonic() < since + 0.5:
        time.sleep(0.02)
        now = server.descriptors()
        if now != count:
            count, since = now, time.monotonic()
    return count


def settle(server, before):
    """Waits until the server has given back what attackers held; how many descriptors stay."""
    for _ in range(1500):
        if server.descriptors() <= before:
            break
        time.sleep(0.01)
    return server.descriptors() - before


def begin(attack, world):
    """In a group of its own, which ends as a whole."""
    os.setsid()
    attack(world)


def beside(server, world, attack, before):
    """What others met while it went on, and the most connections that were held for it."""
    attacker = processes.Process(target=begin, args=(attack.attack, world))
    attacker.start()
    warming, most = 0.5 if world.scale.is_small else 3, []
    watch = threading.Thread(target=most_held, args=(server, before, warming + world.scale.seconds, most))
    watch.start()
    time.sleep(warming)
    p99, count, faults = measure(world)
    watch.join()
    if not attacker.is_alive():
        faults.append(f"the attacker has ended by itself: {attacker.exitcode}")
    with contextlib.suppress(ProcessLookupError):
        os.killpg(attacker.pid, signal.SIGKILL)
    attacker.join()
    # Eight of them are the others' own.
    return p99, count, faults, most[0] - 8


def play(server, world, attack, usual, table):
    """One attack; what went wrong."""
    before = calm(server)
    p99, count, faults, held = beside(server, world, attack, before)
    if held < attack.held_least:
        faults.append(f"{held} connections were held; the attack is {attack.held_least}")
    kept, memory = settle(server, before), server.memory_mib()
    if not server.is_running:
        faults.append(f"the server has ended: {server.process.returncode}")
    if kept > 0:
        faults.append(f"{kept} descriptors are not given back")
    if memory > MEMORY_MIB_MAX:
        faults.append(f"{memory:.0f} MiB of memory are kept")
    if attack.keeps_times and not world.scale.is_small and p99 > max(2 * usual, FLOOR_MS):
        faults.append(f"the others' 99th percentile rose from {usual:.2f} to {p99:.2f} ms")
    table.row(attack.name, held, count, f"{p99:.2f} ms", f"{p99 / usual:.1f}", f"{memory:.0f} MiB")
    return [f"{attack.name}: {fault}" for fault in faults[:5]]


def guessing(world):
    """Whether time tells a known key with a wrong secret from an unknown one: medians in microseconds."""
    known = world.keys["KASN"]
    wrong = {"a known key, wrong secret": known[:17] + "A" * 43, "an unknown key": "ntk_000000000000_" + "A" * 43}
    times, client = {name: [] for name in wrong}, world.connect()
    for _ in range(200 if world.scale.is_small else 4000):
        for name, key in wrong.items():
            started = time.perf_counter()
            client.sendall(world.head("GET", "/v1/whoami", None, f"Authorization: Bearer {key}"))
            answer(client)
            times[name].append(time.perf_counter() - started)
    medians = {name: sorted(t)[len(t) // 2] * 1e6 for name, t in times.items()}
    print("\n" + "; ".join(f"{name}: {median:.1f} µs" for name, median in medians.items()))
    one, other = medians.values()
    if not world.scale.is_small and abs(one - other) > GUESS_DIFFERENCE_US_MAX:
        return [f"time tells a known key from an unknown one: {abs(one - other):.1f} µs"]
    return []


def load(world):
    """Imports cases, and asks for one of them from then on."""
    lines = "\n".join(dataset.lines(200 if world.scale.is_small else 5000)).encode()
    with world.connect() as client:
        client.settimeout(120)
        head = world.head(
            "POST",
            "/v1/imports",
            "BAWASLU",
            "Content-Type: " + settings.NDJSON,
            "Connection: close",
            f"Content-Length: {len(lines)}",
        )
        client.sendall(head + lines)
        results = b""
        while more := client.recv(1 << 20):
            results += more
    world.case = "/v1/cases/" + re.search(rb'"created","id":"([^"]+)"', results)[1].decode()


def attack_all(server, scale):
    """One attack after the other; what went wrong."""
    world = World(server, scale)
    load(world)
    usual, count, faults = measure(world)
    table = Table("attack", "connections", "answers to others", "their p99", "times usual", "memory after")
    table.row("none", None, count, f"{usual:.2f} ms", None, f"{server.memory_mib():.0f} MiB")
    for attack in attacks(scale):
        faults += play(server, world, attack, usual, table)
    return faults + guessing(world)


def allow_descriptors(wanted):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise SystemExit(f"{wanted} descriptors are needed: raise ulimit -n (now at most {hard})")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def main(arguments):
    if arguments[:1] == ["--keys"]:
        return keys.main(arguments[1:])
    scale = Scale.small() if arguments == ["small"] else Scale(*map(int, arguments[:1]))
    allow_descriptors(scale.idle + 2048)
    program = settings.program("attack")
    with tempfile.TemporaryDirectory(prefix="netral-attack-") as folder:
        # One address is all attackers and clients here; the other limits are the defaults.
        server = Server(program, pathlib.Path(folder) / "netral.sqlite", CONNECTIONS_PER_ADDRESS_MAX=10_000)
        server.keys = {agency: server.key("--agency", agency, scopes=SCOPES) for agency in settings.AGENCIES}
        with server.start():
            faults = attack_all(server, scale)
            if server.stop() != 0:
                faults.append("the server did not end well")
    print("\n".join(faults) or "the others were served throughout")
    return 1 if faults else 0
