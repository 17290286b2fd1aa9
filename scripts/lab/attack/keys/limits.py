"""Attacks of `scripts/attack --keys` on the server itself: items 6, 7 and 10."""

import re
import socket
import sqlite3
import time
import urllib.parse

from lab.attack.keys.world import World, small_server, today
from lab.settings import NDJSON

PAGE_BYTES_MAX, GROUP_BYTES_MAX = 4 << 20, 256 << 10
# What may be kept for clients that do not read, of one agency, and what allocators keep beside it.
MEMORY_MIB_MAX = 64 + 96
OTHERS_SECONDS_MAX = 1.0
# A day's bytes of the small server; what the demo has recorded is among them.
DAY_BYTES = 14_000_000


def fat(count, mark):
    """A case of some 180,000 bytes."""
    return {"narrative": "ꦧ" * 20000, "urls": [f"https://contoh.test/{mark}/{n}/" + "x" * 2000 for n in range(count)]}


def fatten(world, count):
    lines = []
    for number in range(count):
        case = world.body("BAWASLU")
        case.body["act"].update(fat(50, number))
        case.body["election"], case.body["region"], case.body["institution"] = "pilkada-2024", "11.01", "11.01"
        lines.append(world.line(case))
    for start in range(0, count, 10):
        world.imports("BAWASLU", lines[start : start + 10])


def pages(world, attack, who, path, is_search=False, accept="application/json"):
    """Goes through a list of fat cases; how many there were."""
    cursor, found = None, []
    for _ in range(30):
        if is_search:
            answer = world.ask(
                who,
                "POST",
                path,
                {"limit": 200, "region": "11.01", **({"cursor": cursor} if cursor else {})},
                {"Accept": accept},
            )
        else:
            more = f"&cursor={cursor}" if cursor else ""
            answer = world.get(who, path + more, Accept=accept)
        attack.check(
            answer.status == 200 and len(answer.body) <= PAGE_BYTES_MAX,
            f"a page of {len(answer.body)} bytes",
            f"{path} {answer.status}",
        )
        body = answer.json if accept == "application/json" else {}
        found += [item["id"] for item in body.get("items", []) if "id" in item]
        cursor = body.get("next_cursor")
        if not cursor:
            break
    attack.check(len(set(found)) == len(found), "a case stands on two pages", path)
    return len(found)


def item_6(world, attack):
    fatten(world, 60)
    lengths = {
        pages(world, attack, "BKN", "/v1/cases?region=11.01&limit=200"),
        pages(world, attack, "BKN", "/v1/case-searches", True),
    }
    attack.check(len(lengths) == 1 and min(lengths) >= 60, "pages miss cases", lengths)
    head = world.head()
    for path in (
        f"/v1/changes?after={head - 60}&limit=1000",
        "/v1/clocks?limit=200",
        "/v1/cases?limit=200&sort=-updated",
    ):
        for accept in ("application/json", NDJSON):
            answer = world.get("BKN", path, Accept=accept)
            attack.check(len(answer.body) <= PAGE_BYTES_MAX, f"a page of {len(answer.body)} bytes", f"{path} {accept}")
    of_one_case(world, attack)
    for agency in ("PANRB", "BAWASLU"):
        for accept in ("application/json", NDJSON, "text/csv"):
            unread(world, attack, agency, accept)
    return "lists, searches, feed, history and requests of fat cases; 30 clients that do not read, in every form"


def of_one_case(world, attack):
    """Histories and requests have no length of their own."""
    case = world.create("BAWASLU")
    for _ in range(40):
        world.post("PANRB", f"/v1/cases/{case.id}/correction-requests", {"patch": {"act": fat(45, 1)}, "reason": "x"})
        world.act("BAWASLU", case.id, "notes", {"occurred_on": today(), "text": "ꦧ" * 5000})
    for path in ("history", "correction-requests", "links"):
        answer = world.get("BAWASLU", f"/v1/cases/{case.id}/{path}")
        attack.check(
            answer.status == 200 and len(answer.body) <= PAGE_BYTES_MAX, f"{len(answer.body)} bytes", f"GET …/{path}"
        )


def unread(world, attack, agency, accept):
    """Clients of one agency that ask for long pages and take nothing; another agency is answered as before."""
    before, clients = world.memory(), []
    head = (
        f"GET /v1/cases?region=11.01&limit=200 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {world.keys[agency]}\r\n"
        f"Accept: {accept}\r\n\r\n"
    )
    address = urllib.parse.urlsplit(world.url)
    if address.scheme != "http":
        return
    try:
        for _ in range(30):
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(10)
            client.connect((address.hostname, address.port))
            client.sendall(head.encode() * 4)
            clients.append(client)
            attack.more += 4
        slowest, grown = 0, 0
        for _ in range(20):
            started = time.monotonic()
            answer = world.get("BKN", "/v1/whoami")
            slowest = max(slowest, time.monotonic() - started)
            attack.check(answer.status == 200, "another agency is refused", answer)
            grown = max(grown, world.memory() - before)
            time.sleep(0.05)
        attack.check(slowest < OTHERS_SECONDS_MAX, f"another agency waits {slowest:.2f} s", f"{agency} {accept}")
        attack.check(grown <= MEMORY_MIB_MAX, f"clients that do not read take {grown} MiB", f"{agency} {accept}")
    finally:
        for client in clients:
            client.close()


def item_7(world, attack):
    """Fat writes until the day's bytes are used up, on a server of its own with small limits."""
    small = small_server(world, BYTES_PER_AGENCY_PER_DAY=DAY_BYTES, COST_PER_AGENCY_PER_HOUR=60)
    try:
        other = World(small.start().url, small.keys)
        counted(other, attack, small)
        filled(other, attack, small)
        costs(other, attack)
        attack.more += other.asked
    finally:
        small.stop()
    groups(world, attack)
    return "the disk filled by cases, notes and imports, and through a restart; groups of fields; costs of dry runs"


def used(world, agency="BAWASLU"):
    return world.get(agency, "/v1/whoami").json["bytes"]


def filled(world, attack, server):
    case, first = world.create("BAWASLU"), used(world)
    drafts = world.body("BAWASLU")
    drafts.body["act"].update(fat(50, 0))
    world.post("BAWASLU", "/v1/cases?dry_run=true", drafts.body)
    attack.check(used(world) == first, "a dry run costs bytes", used(world))
    world.post("BAWASLU", "/v1/cases", drafts.body)
    known = used(world)
    world.imports("BAWASLU", [world.line(drafts)])
    attack.check(used(world) == known, "a duplicate costs bytes", used(world))
    for number in range(60):
        draft = world.body("BAWASLU")
        draft.body["act"].update(fat(50, number))
        last = world.post("BAWASLU", "/v1/cases", draft.body)
        if last.status == 429:
            break
    attack.check(last.status == 429 and last["Retry-After"], "an agency fills the disk", last.status)
    for turn in range(2):
        size = pages_of(server)
        for ask in fat_writes(world, case).values():
            for number in range(6):
                ask(number)
        grown = pages_of(server) - size
        attack.check(grown < 1 << 20, f"{grown:,} bytes are written beyond the day's", "")
        answer = world.act("BKN", case.id, "notes", {"occurred_on": today(), "text": "x"})
        attack.check(answer.status == 201, "others may not write", answer)
        attack.check(used(world)["used"] <= used(world)["max"] + GROUP_BYTES_MAX * 3, "whoami", used(world))
        if turn == 0:
            server.stop()
            world.forget_connections(server.start().url)
    attack.check(used(world)["used"] > DAY_BYTES * 0.9, "a restart forgets what was written", used(world))


def pages_of(server):
    """The bytes of the database, those that still stand in its log among them."""
    file = sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)
    try:
        return file.execute("PRAGMA page_count").fetchone()[0] * file.execute("PRAGMA page_size").fetchone()[0]
    finally:
        file.close()


def fat_writes(world, case):
    """Every way to write much, each taking a number."""
    place, long = f"/v1/cases/{case.id}", "z" * 4000
    return {
        "cases": lambda n: world.post("BAWASLU", "/v1/cases", case_of(world, n).body),
        "imports": lambda n: world.imports("BAWASLU", [world.line(case_of(world, n))]),
        "notes": lambda n: world.act("BAWASLU", case.id, "notes", {"occurred_on": today(), "text": "ꦧ" * 5000}),
        "corrections": lambda n: world.act("BAWASLU", case.id, "", {"act": fat(40, n), "reason": long}, method="PATCH"),
        "correction requests": lambda n: world.post(
            "BAWASLU", place + "/correction-requests", {"patch": {"act": fat(40, n)}, "reason": long}
        ),
        "figures": lambda n: world.get(
            "BAWASLU", f"/v1/statistics/funnel?group_by=institution&as_of=2024-{n % 12 + 1:02}-{n % 27 + 1:02}"
        ),
        "certificates": lambda n: world.ask("BAWASLU", "POST", "/v1/reconciliations", "", kind=NDJSON),
    }


def counted(world, attack, server):
    """What each kind of write adds to the file, beside what is counted of it."""
    case = world.create("PANRB")
    for name, ask in fat_writes(world, case).items():
        size, count = pages_of(server), used(world)["used"]
        for number in range(10):
            ask(number)
        grown, told = pages_of(server) - size, used(world)["used"] - count
        attack.check(grown < 256 << 10 or told > grown / 4, f"{name}: {grown:,} bytes are stored, {told:,} counted", "")


def case_of(world, number):
    case = world.body("BAWASLU")
    case.body["act"].update(fat(50, number))
    return case


def costs(world, attack):
    """4: a dry run of an import costs one unit for 10 lines, an import one for 100; an import itself takes 10."""
    lines = [world.line(world.body("PANRB")) for _ in range(200)]
    answers = [world.imports("PANRB", lines, "?dry_run=true") for _ in range(5)]
    attack.check(
        answers[-1].status == 429 or '"too_many_requests"' in answers[-1].text or "429" in answers[-1].text,
        "1,000 lines of dry runs cost less than 60 units",
        answers[-1],
    )


def groups(world, attack):
    """7: 256 KiB a group, on every way in."""
    act = {
        "urls": [f"https://contoh.test/{n:02}/".ljust(2048, "x") for n in range(50)],
        "witnesses": [{"name": "𝒃" * 200, "contact": "𝒃" * 200} for _ in range(50)],
    }
    act["narrative"] = "𝒂" * 20000
    case, draft = world.create("BAWASLU"), world.body("BAWASLU")
    draft.body["act"].update(act)
    for query in ("?dry_run=true", ""):
        attack.refused(world.post("BAWASLU", "/v1/cases" + query, draft.body), 422)
        attack.refused(world.act("BAWASLU", case.id, "", {"act": act, "reason": "x"}, query, method="PATCH"), 422)
        attack.refused(
            world.post(
                "BKN", f"/v1/cases/{case.id}/correction-requests" + query, {"patch": {"act": act}, "reason": "x"}
            ),
            422,
        )
        answer = world.imports("BAWASLU", [world.line(draft)], query)
        attack.check(answer.lines[0]["status"] == "invalid", "an import is fatter than a group may be", answer)


PUBLIC = [
    f"/v1/public/statistics/funnel?group_by={g}&"
    for g in ("province", "position_level", "category", "institution_kind")
]
PUBLIC += ["/v1/public/statistics/funnel?", "/v1/public/statistics/stages?", "/v1/public/statistics/sanctions?"]


def numbers(value, path=""):
    """Every count of an answer with its place."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("method", "percentages", "percent"):
                yield from numbers(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from numbers(inner, path)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield path, value


def item_10(world, attack):
    """Blanking releases, choosing their moment, and reading small numbers out of them."""
    asked = [
        path + rest
        for path in PUBLIC
        for rest in (
            "election=pilkada-2024",
            "election=pilkada-2020&as_of=2020-10-31",
            "election=pilkada-2020&as_of=2020-09-30",
        )
    ]
    before = {path: public(world, path) for path in asked}
    for path, answer in before.items():
        attack.check(answer.status == 200, "a release is withheld", answer)
        small = [(place, n) for place, n in numbers(answer.json) if n in (1, 2)]
        attack.check(not small, "a release shows 1 or 2", f"{path} {small}")
        wrong = [
            p
            for p in re.findall(r'"percent":(-?[0-9.]+|null)', answer.text)
            if p != "null" and not 0 <= float(p) <= 100
        ]
        attack.check(not wrong, "a percentage that gives away", wrong)
        attack.check(answer["X-Content-Type-Options"] == "nosniff", "no nosniff", answer)
    same_cells(world, attack)
    for agency in ("PANRB", "KEMENDAGRI"):
        world.imports(agency, [world.line(world.body(agency)) for _ in range(96)])
        for path in ("/v1/admin/releases", "/v1/admin/releases?dry_run=true"):
            attack.refused(world.post(agency, path, {"election": "pilkada-2024", "until": "2024-11-30"}), 403)
    for month in (today()[:8] + "01", today(), today(40), "2026-10-31", "9999-12-31", "2019-01-31", "2024-02-30"):
        answer = public(world, f"/v1/public/statistics/funnel?election=pilkada-2024&as_of={month}")
        attack.check(
            answer.status in (400, 404, 422) or answer.code == "release_pending" or "released_at" in answer.text,
            "a question makes a release",
            answer,
        )
    for path, answer in before.items():
        again = public(world, path)
        attack.check(again.body == answer.body, "a release has changed", path)
        attack.check(public(world, path, {"Accept": "text/csv"}).status == 200, "no table", path)
    return "small imports beside releases, questions for months not made, small numbers, equal cells"


def public(world, path, fields=None):
    for _ in range(200):
        answer = world.ask(None, "GET", path, None, fields)
        if answer.code != "too_many_requests":
            return answer
        time.sleep(min(5, float(answer["Retry-After"] or 1)))
    return answer


def same_cells(world, attack):
    """The same cases are the same number wherever they stand, by whichever question."""
    at = "election=pilkada-2020&as_of=2020-10-31"

    def total(path):
        return public(world, path + at).json["total"]

    totals = [total(path)["reported"] for path in PUBLIC[:5]]
    attack.check(len(set(totals)) == 1, "one total has several numbers", totals)
    table = public(world, PUBLIC[0] + at).json["groups"]
    attack.check(len(table) == 39, "rows tell of cases by their presence", len(table))
