"""Attacks of `scripts/attack --keys` at the edges of the record: item 13."""

import concurrent.futures
import json
import re
import sqlite3
import statistics
import subprocess
import time

from lab.attack.keys.road import ROAD, advance, writes
from lab.attack.keys.world import ABSENT, moment, small_server, today
from lab.settings import NDJSON


def item_13(world, attack):
    absent(world, attack)
    fields(world, attack)
    addresses(world, attack)
    behind_the_back(world, attack)
    related(world, attack)
    clock_behind(world, attack)
    return "absent beside hidden, fields of every answer, persons in addresses, keys, related, a clock behind"


def absent(world, attack):
    """A case that is hidden beside one that does not exist, for everything that can be asked of a case."""
    hidden = world.create("BAWASLU", regional=False)
    advance(world, hidden, ROAD[:3])
    mine = world.create("KEMENDAGRI")
    requests = [
        ("GET", path, None)
        for path in (
            "",
            "/history",
            "/allowed-actions",
            "/correction-requests",
            "/links",
            "/related",
            "?as_of=2024-12-01",
            f"?as_of={moment(0)}",
            "?proof=true",
            "/history?limit=1",
            "/history?cursor=x",
            "/nothing",
        )
    ]
    requests += [("HEAD", "", None), ("DELETE", "", None), ("OPTIONS", "", None), ("PUT", "", {})]
    requests += [(method, "/" + path if path else "", body) for method, path, body in writes(hidden, today(), mine.id)]
    requests += [(method, (path or "") + "?dry_run=true", body) for method, path, body in requests if body]
    many = [{}, {"If-Match": '"4-1-0"'}, {"If-Match": "*"}, {"If-None-Match": "*"}, {"Accept": "text/csv"}]
    for method, path, body in requests:
        for more in many:
            fields = {"Idempotency-Key": f"absent-{world.run}", **more}
            one, other = (
                world.ask("KEMENDAGRI", method, f"/v1/cases/{case}{path}", body, fields) for case in (hidden.id, ABSENT)
            )
            attack.check(one.alike == other.alike, "hidden and absent differ", f"{one} beside {other}")
    for relation in ("same_act", "same_person"):
        one, other = (
            world.post("KEMENDAGRI", f"/v1/cases/{mine.id}/links", {"case_id": case, "relation": relation})
            for case in (hidden.id, ABSENT)
        )
        attack.check(one.alike == other.alike, "a link tells of a hidden case", f"{one} beside {other}")
    lines = [
        json.dumps({"case_id": case, "if_match": '"4-1-0"', "outcome": "confirmed"}) for case in (hidden.id, ABSENT)
    ]
    answers = [world.ask("KEMENDAGRI", "POST", "/v1/confirmations", line + "\n", kind=NDJSON).text for line in lines]
    attack.check(answers[0].replace(hidden.id, "") == answers[1].replace(ABSENT, ""), "confirmations tell", answers)
    manifest = [json.dumps({"id": case, "version": 1, "etag": '"4-1-0"'}) + "\n" for case in (hidden.id, ABSENT)]
    answers = [world.ask("KEMENDAGRI", "POST", "/v1/reconciliations", line, kind=NDJSON).text for line in manifest]
    known = [re.sub(r'"(id|issued_at|digest|seq)":("[^"]*"|\d+)', "", text) for text in answers]
    attack.check(known[0] == known[1], "a manifest tells of a hidden case", [text[-400:] for text in answers])


def fields(world, attack):
    """no-store and nosniff on whatever is answered."""
    case = world.create("BAWASLU")
    open_paths = ("/docs", "/openapi", "/livez", "/readyz", "/v1/public", "/metrics")
    paths = [
        "/",
        "/livez",
        "/readyz",
        "/openapi.json",
        "/openapi-3.0.json",
        "/docs",
        "/docs/cases",
        "/docs/cases/shapes",
        "/docs/cookbook",
        "/docs/problems",
        "/docs/style.css",
        "/docs/problems/clock_running",
        "/metrics",
        "/nothing",
        "/v1",
        "/v1/whoami",
        "/v1/keys",
        "/v1/policy",
        "/v1/cases",
        "/v1/cases?limit=x",
        f"/v1/cases/{case.id}",
        f"/v1/cases/{case.id}/history",
        f"/v1/cases/{case.id}/related",
        f"/v1/cases/{ABSENT}",
        "/v1/clocks",
        "/v1/changes?after=0&limit=1",
        "/v1/exports/cases",
        "/v1/reconciliations",
        "/v1/statistics/funnel",
        "/v1/published-figures",
        "/v1/reference/regions",
        "/v1/admin/keys",
        "/v1/public/statistics/funnel?election=pilkada-2024",
        "/v1/figures/none",
    ]
    for who in (None, "BKN", "KEMENDAGRI", "OPERATOR", "nobody"):
        for path in paths:
            for accept in ("application/json", "text/csv", NDJSON, "image/png"):
                answer = world.ask(who, "GET", path, None, {"Accept": accept})
                attack.check(answer["X-Content-Type-Options"] == "nosniff", "no nosniff", answer)
                attack.check(
                    path.startswith(open_paths) or "no-store" in (answer["Cache-Control"] or ""),
                    f"may be stored ({answer['Cache-Control']})",
                    answer,
                )
    personal_answers(world, attack, case)


def personal_answers(world, attack, case):
    """The same on what is no plain reading."""
    whole = world.get("BKN", f"/v1/cases/{case.id}")
    for answer in (
        world.ask("BKN", "GET", f"/v1/cases/{case.id}", None, {"If-None-Match": whole["ETag"]}),
        case.answer,
        world.ask("BKN", "POST", "/v1/case-searches", {"limit": 1}),
        world.ask("BKN", "POST", "/v1/cases", "{"),
        world.act("BKN", case.id, "notes", {"occurred_on": today(), "text": "x"}),
        world.imports("BKN", ["{}"]),
        world.ask("BKN", "POST", "/v1/reconciliations", "", kind=NDJSON),
    ):
        attack.check(
            answer["X-Content-Type-Options"] == "nosniff" and "no-store" in (answer["Cache-Control"] or ""),
            "a personal answer may be stored",
            answer,
        )


def addresses(world, attack):
    """A person is in no address: GET refuses, and names the search; answers repeat nothing of it."""
    case = world.create("BAWASLU")
    for path in ("/v1/cases", "/v1/clocks", "/v1/statistics/funnel", "/v1/exports/cases", "/v1/changes"):
        for query in (
            f"nip={case.nip}",
            f"q={case.name}",
            f"name={case.name}",
            "nik=1671012609860001",
            f"NIP={case.nip}",
        ):
            answer = world.get("BKN", f"{path}?{query}")
            attack.refused(answer, 400)
            attack.check(query.split("=")[1] not in answer.text, "a problem repeats the person", answer)
            attack.check(
                path != "/v1/cases"
                or query[0] not in "nq"
                or "name" in query
                or "nik" in query
                or "/v1/case-searches" in answer.text,
                "GET does not name the search",
                answer,
            )
    for word in ("nip", "name"):
        value = case.nip if word == "nip" else case.name
        for agency, count in (("BKN", 1), ("BAWASLU", 1), ("PANRB", 0), ("KEMENDAGRI", 0), ("KASN", 0)):
            answer = world.ask(agency, "POST", "/v1/case-searches", {word: value, "count": "exact"})
            attack.check(answer.json.get("count") == count, f"{agency} finds a person by {word}", answer)


def behind_the_back(world, attack):
    """A key that the operator makes for an agency is seen by it, also when it has ended."""
    made = world.key("behind", "PANRB", ["cases:read"])
    turned = world.post("OPERATOR", f"/v1/admin/keys/{made.json['id']}/rotation", {"overlap_hours": 1})
    secrets = [world.keys["behind"], turned.json.get("key", "?")]
    ended = world.key("behind, ended", "PANRB", ["sync"])
    world.ask("OPERATOR", "DELETE", f"/v1/admin/keys/{ended.json['id']}")
    world.key("statistics alone", "PANRB", ["statistics"])
    for who in ("PANRB", "statistics alone"):
        shown = world.get(who, "/v1/keys?limit=200")
        listed = {key["id"]: key for key in shown.json.get("items", [])}
        for key in (made, turned, ended):
            attack.check(
                listed.get(key.json["id"], {}).get("made_by") not in (None, ""), "a key is not listed", key.json["id"]
            )
        attack.check(all(secret.rsplit("_", 1)[-1] not in shown.text for secret in secrets), "secrets are shown", "")
        attack.check({key["agency"] for key in listed.values()} == {"PANRB"}, "others' keys are shown", "")


def related(world, attack):
    """1,000 cases of one act, asked for their relatives by several clients; another agency goes on."""
    act = {"occurred_on": "2024-10-03", "narrative": "Satu perbuatan."}
    lines = []
    for _ in range(1000):
        draft = world.body("BAWASLU", act=act)
        draft.body["region"] = draft.body["institution"] = "31.71"
        lines.append(world.line(draft))
    found = [line.get("id") for line in world.imports("BAWASLU", lines).lines]
    quiet = timed(world, 200)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(world.get, "PANRB", f"/v1/cases/{case}/related") for case in found[:40]]
        busy = timed(world, 200)
        answers = [future.result() for future in asked]
    attack.check(all(answer.status == 200 for answer in answers), "related is refused", answers[0].status)
    attack.check(busy < max(20 * quiet, 0.05), f"others wait {busy * 1000:.0f} ms, {quiet * 1000:.1f} ms before", "")


def timed(world, count):
    """The 95th percentile of another agency's reads."""
    times = []
    for _ in range(count):
        started = time.monotonic()
        world.get("BKN", "/v1/whoami")
        times.append(time.monotonic() - started)
    return statistics.quantiles(times, n=20)[-1]


def clock_behind(world, attack):
    """A file whose newest event lies ahead of the clock: minutes are waited for, hours end the start with 64."""
    server = small_server(world)
    for minutes, ending in ((60, 64), (5, None)):
        file = sqlite3.connect(server.database)
        with file:
            file.execute(
                "UPDATE event SET recorded_at = ? WHERE seq = (SELECT max(seq) FROM event)",
                (int((time.time() + 60 * minutes) * 1000),),
            )
        file.close()
        process = server.spawn()
        attack.more += 1
        try:
            attack.check(process.wait(4) == ending, f"a start {minutes} minutes behind ends with", process.returncode)
        except subprocess.TimeoutExpired:
            attack.check(ending is None, f"a start {minutes} minutes behind goes on", "")
            process.terminate()
            attack.check(process.stdout.read() == b"", f"a start {minutes} minutes behind serves", "")
            process.wait(10)
