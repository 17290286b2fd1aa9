"""The loads: each is called again and again until the end.

A further load is a function here and an entry of LOADS, and what is least of it stands in LEAST.
"""

import gzip
import hashlib
import json
import random
import time
import zlib

from lab.cases import case as new_case
from lab.settings import AGENCIES, NDJSON
from lab.soak.world import split, version_in


def body(number, regional, agency=None):
    return new_case(f"S-{number}", agency, "198609262015051001", regional, "Uraian contoh " * 20)


def create(world):
    number = world.next()
    agency = random.choice(["BAWASLU", "BKN", "KEMENDAGRI", "PANRB"])
    sent = body(number, random.random() < 0.6)
    while not world.ending.is_set():
        answer = world.ask(agency, "POST", "/v1/cases", sent, {"Idempotency-Key": f"soak-{number}"})
        if answer.status == 201:
            world.acknowledge(answer.json["id"], answer.json["version"])
            world.count("creates")
            return
        if answer.status not in (None, 429, 503):
            world.fail(f"create: {answer}")
            return
        time.sleep(0.02)


def act(world):
    id = world.some_case()
    if not id:
        time.sleep(0.1)
        return
    agency = random.choice(["BKN", "BKN", "BAWASLU"])
    found = world.ask(agency, "GET", f"/v1/cases/{id}")
    if found.status != 200:
        return
    case = found.json
    steps = {
        "received": ("verifications", {"outcome": "accepted"}),
        "verified": ("studies", {"outcome": "violation"}),
        "studied": ("recommendations", {"outcome": "recommended", "letter_number": "R-1"}),
        "recommended": ("decisions", {"outcome": "sanctioned", "decree_number": "SK", "sanction": "BER-1"}),
    }
    action, content = steps.get(case["stage"], ("notes", {"text": "Catatan"}))
    match = {"If-Match": found["ETag"]}
    if random.random() < 0.3:
        other = "kemenag" if case["institution"]["kind"] == "regional" else "16.71"
        answer = world.ask("BKN", "PATCH", f"/v1/cases/{id}", {"institution": other, "reason": "uji"}, match)
    else:
        act = {"occurred_on": "2024-10-15", **content}
        answer = world.ask(agency, "POST", f"/v1/cases/{id}/{action}", act, match)
    if answer.status in (200, 201):
        world.acknowledge(id, answer.json["version"])
        world.count("acts")
    else:
        world.refuse(f"an act at the stage {case['stage']}", answer)


def read(world):
    agency = random.choice(AGENCIES)
    id = world.some_case()
    target = f"/v1/cases/{id}" if id and random.random() < 0.8 else "/v1/cases?limit=50"
    if world.ask(agency, "GET", target).status == 200:
        world.count("reads")


def bring(world):
    lines = []
    for _ in range(random.choice([5, 60, 200])):
        case = body(world.next(), random.random() < 0.5, "BKN")
        lines.append(json.dumps({"case": case, "actions": []}))
    text, seen = "\n".join(lines), {}
    while not world.ending.is_set():
        answer = world.ask("BKN", "POST", "/v1/imports", text, {"Content-Type": NDJSON})
        whole = answer.body.split(b"\n")[:-1] if answer.status in (None, 200) else []
        results = [json.loads(line) for line in whole]
        # An import whose body was cut ends with why, and without the proper end of an answer.
        if answer.status is None and results and "problem" in results[-1]:
            results.pop()
        for result in results:
            number, id = result["line"], result.get("id")
            if (
                result["status"] == "invalid"
                or seen.get(number, id) != id
                or number in seen
                and result["status"] != "duplicate"
            ):
                world.fail(f"import: {result}, before {seen.get(number)}")
            seen[number] = id
            world.acknowledge(id, 1)
        if answer.status == 200 and len(results) == len(lines):
            world.count("imports")
            time.sleep(random.uniform(0, 1))
            return
        time.sleep(0.05)


def follow(agency):
    def follow(world):
        # Now and then the client sleeps, and sometimes it waits for long.
        world.replicas[agency].poll(world, random.choice([0, 1, 5]), random.choice([1, 50, 1000]))
        world.count("polls")
        if random.random() < 0.05:
            time.sleep(random.uniform(0, 2))

    return follow


def take_snapshot(world, agency, direct=False):
    """The cases of a snapshot, however often it breaks off."""
    cases, seq, last, whole = {}, None, None, False
    while not whole and (direct or not world.ending.is_set()):
        target = "/v1/exports/cases" + (f"?seq={seq}" if seq is not None else "") + (f"&after={last}" if last else "")
        packed = random.random() < 0.4
        answer = world.ask(agency, "GET", target, fields={"Accept-Encoding": "gzip"} if packed else {}, direct=direct)
        if answer.status not in (None, 200):
            time.sleep(0.05)
            continue
        data = answer.body
        if answer["Content-Encoding"] == "gzip":
            data = zlib.decompressobj(31).decompress(data)
        elif packed:
            continue  # The head was broken off: what came is of no known coding.
        for line in data.split(b"\n")[:-1]:
            head, case = split(line)
            if "snapshot" in head:
                if seq is not None and head["snapshot"]["seq"] != seq:
                    world.fail(f"{agency}: another snapshot: {head} instead of {seq}")
                seq = head["snapshot"]["seq"]
            elif case is None:
                whole = True
            else:
                id = json.loads(case)["id"]
                if last and id <= last:
                    world.fail(f"{agency}: {id} after {last} in a snapshot")
                cases[id], last = (head["etag"], case), id
    return cases


def export(world):
    take_snapshot(world, random.choice(AGENCIES))
    world.count("exports")
    time.sleep(random.uniform(0, 1))


def reconcile(world, agency=None, direct=False):
    agency = agency or random.choice(AGENCIES)
    held = sorted((id, etag) for id, (etag, _) in list(world.replicas[agency].cases.items()))
    text = "".join(json.dumps({"id": id, "version": version_in(etag), "etag": etag}) + "\n" for id, etag in held)
    packed = random.random() < 0.5
    fields = {"Content-Type": NDJSON, **({"Content-Encoding": "gzip"} if packed else {})}
    answer = world.ask(
        agency, "POST", "/v1/reconciliations", gzip.compress(text.encode()) if packed else text, fields, direct
    )
    if answer.status == 200:
        world.count("reconciliations")
        certificate = answer.json["certificate"]
        digest = hashlib.sha256("".join(f"{id} {etag}\n" for id, etag in held).encode()).hexdigest()
        if certificate["in_agreement"] and certificate["digest"] != digest:
            world.fail(f"{agency}: agreement on another digest: {certificate}")
        return certificate
    time.sleep(0.2)
    return None


def back_up(world):
    """A backup while everything else goes on."""
    answer = world.ask("OPERATOR", "POST", "/v1/admin/backups")
    if answer.status == 201:
        world.count("backups")
    elif answer.status not in (None, 429, 503) and answer.code != "backup_running":
        world.fail(f"backup: {answer}")
    time.sleep(random.uniform(1, 10))


LOADS = [create] * 3 + [act] * 3 + [read] * 2 + [bring, export, reconcile, back_up] + [follow(a) for a in AGENCIES]
