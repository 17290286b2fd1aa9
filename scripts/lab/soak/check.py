"""What is compared when everything is quiet."""

import random
import sqlite3

from lab.soak.loads import reconcile, take_snapshot
from lab.soak.world import version_in

# What must have happened in each minute, on the slowest machine; and what must have befallen the server in all.
LEAST = {
    "creates": 60,
    "acts": 30,
    "reads": 60,
    "polls": 60,
    "imports": 4,
    "exports": 4,
    "reconciliations": 4,
    "backups": 1,
}
LEAST_FAULTS = {"kills": 1, "full disks": 1, "slow clients": 1, "jumps of the clock": 1, "cut connections": 1}


def check(world):
    """Everything is quiet: compares what each agency holds, exports and reads, and what was acknowledged."""
    for agency, replica in world.replicas.items():
        while not replica.poll(world, 0, direct=True):
            pass
        snapshot = take_snapshot(world, agency, direct=True)
        for id in set(replica.cases) | set(snapshot):
            if replica.cases.get(id) != snapshot.get(id):
                world.fail(f"{agency}: {id}: feed {replica.cases.get(id)}, export {snapshot.get(id)}")
        ids = list(snapshot)
        for id in random.sample(ids, min(1000, len(ids))):
            answer = world.ask(agency, "GET", f"/v1/cases/{id}", direct=True)
            if (answer["ETag"], answer.body) != snapshot[id]:
                world.fail(f"{agency}: {id}: export {snapshot[id]}, read {answer}")
        certificate = reconcile(world, agency, direct=True)
        print(
            f"{agency}: {len(snapshot)} cases, sequence {replica.after}, "
            f"in agreement: {bool(certificate and certificate['in_agreement'])}"
        )
        if not certificate or not certificate["in_agreement"]:
            world.fail(f"{agency}: {certificate}")
    everything = world.replicas["BKN"].cases
    lost = [
        id
        for id, version in world.acknowledged.items()
        if id not in everything or version_in(everything[id][0]) < version
    ]
    if lost:
        world.fail(f"lost: {lost[:5]}")
    return f"{len(lost)} of {len(world.acknowledged):,}; feed, export, reads, reconciliation of every agency compared"


def check_file(world):
    file = sqlite3.connect(world.server.database)
    for sql, wanted in [
        ("PRAGMA integrity_check", [("ok",)]),
        ("PRAGMA foreign_key_check", []),
        ("SELECT max(seq) - count(*) FROM event", [(0,)]),
        ("SELECT count(*) FROM event a JOIN event b ON b.seq = a.seq + 1 AND b.recorded_at < a.recorded_at", [(0,)]),
        ("SELECT count(*) - count(DISTINCT agency_ref_folded) FROM case_record", [(0,)]),
    ]:
        found = file.execute(sql).fetchall()
        print(f"{sql}: {found}")
        if found != wanted:
            world.fail(f"{sql}: {found}")


def check_least(world, seconds):
    """A soak in which nothing happened agrees with everything."""
    for what, least in LEAST.items():
        least = max(1, least * seconds // 60)
        if world.counts.get(what, 0) < least:
            world.fail(f"{world.counts.get(what, 0)} {what}; the least is {least}")
    for what, least in LEAST_FAULTS.items():
        can = world.server.clock.library or what != "jumps of the clock"
        if can and world.faults.get(what, 0) < least:
            world.fail(f"{world.faults.get(what, 0)} {what}; the least is {least}")
