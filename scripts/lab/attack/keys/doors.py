"""Attacks of `scripts/attack --keys` on what stands around the record: items 11 and 12."""

import base64
import json
import os
import re

from lab.attack.keys.world import ABSENT, World, moment, small_server
from lab.settings import AGENCIES, NDJSON

SUBJECT = "CN=attack,O=BKN,C=ID"
# Fields by which a proxy shows itself.
PROXIES = [
    ("Forwarded", "for=10.1.1.1"),
    ("X-Forwarded-For", "10.1.1.1"),
    ("Via", "1.1 a"),
    ("X-Real-IP", "10.1.1.1"),
    ("X-Forwarded-Host", "a"),
    ("X-Forwarded-Proto", "https"),
    ("Forwarded", "for=127.0.0.1;by=127.0.0.1"),
]


def item_11(world, attack):
    identities(world, attack)
    ends(world, attack)
    by_socket(world, attack)
    return "identities, addresses and proxies claimed over TCP; keys without end; a socket in the file system"


def identities(world, attack):
    """Nobody names an identity or an address over TCP; an operator's key that comes by a proxy needs one."""
    world.key("bound", "BKN", ["cases:read"], identities=[SUBJECT])
    world.key("bound operator", None, ["admin"], identities=[SUBJECT])
    world.key("elsewhere", "BKN", ["cases:read"], networks=["10.0.0.0/8"])
    claims = [
        ("Netral-Client-Identity", SUBJECT),
        ("netral-client-identity", f"{SUBJECT} "),
        ("NETRAL-CLIENT-IDENTITY", SUBJECT),
        ("Netral_Client_Identity", SUBJECT),
        ("X-Client-Identity", SUBJECT),
        ("X-SSL-Client-S-DN", SUBJECT),
    ]
    for who, path in (
        ("bound", "/v1/whoami"),
        ("bound", "/v1/cases?limit=1"),
        ("bound operator", "/v1/admin/keys"),
        ("elsewhere", "/v1/whoami"),
    ):
        for name, value in claims + PROXIES + [("Accept", "*/*")]:
            attack.refused(world.ask(who, "GET", path, None, {name: value}), (401, 429))
            attack.refused(
                world.ask(who, "GET", path, None, {name: value, "Netral-Client-Identity": SUBJECT}), (401, 429)
            )
    for name, value in PROXIES:
        for path in ("/v1/admin/keys", "/v1/admin/backups", "/metrics", "/v1/admin/mandates"):
            attack.refused(world.ask("OPERATOR", "GET", path, None, {name: value}), (401, 429))
            answer = world.ask("OPERATOR", "GET", path, None, {name: value, "Netral-Client-Identity": SUBJECT})
            attack.refused(answer, (401, 429))
        attack.check(world.ask(None, "GET", "/metrics", None, {name: value}).status in (401, 403, 429), "metrics", name)
    attack.check(world.get("OPERATOR", "/v1/admin/keys").status == 200, "the operator is refused on loopback", "")
    # What is refused says no more than what a key says that does not exist.
    one, other = world.get("bound", "/v1/whoami"), world.get("nobody", "/v1/whoami")
    attack.check(one.alike == other.alike, "a bound key is told from one that does not exist", f"{one} {other}")


def ends(world, attack):
    """Keys end unless that is written out, and say so."""
    table = [
        ("BKN", ["cases:read"], {}, 365),
        ("BKN", ["cases:read"], {"expires_at": None}, 365),
        (None, ["admin"], {}, 90),
        (None, ["admin"], {"expires_at": "never"}, None),
        (None, ["admin"], {"expires_at": moment(91)}, None),
        ("BKN", ["migration"], {"expires_at": "never"}, None),
        ("BKN", ["migration"], {"expires_at": moment(31)}, None),
        ("BKN", ["cases:read"], {"expires_at": "Never"}, None),
        ("BKN", ["cases:read"], {"expires_at": False}, None),
        ("BKN", ["cases:read"], {"expires_at": ""}, None),
        ("BKN", ["cases:read"], {"expires_at": moment(-1)}, None),
        ("BKN", ["admin"], {}, None),
    ]
    for agency, scopes, end, days in table:
        made = world.key("of an end", agency, scopes, **end)
        if days is None:
            attack.refused(made, 422)
        else:
            end = made.json.get("expires_at") or "9"
            attack.check(made.status == 201 and moment(days - 0.1) < end < moment(days + 0.1), f"not {days} days", made)
    short = world.key("short operator", None, ["admin"], expires_at=moment(2))
    turned = world.post("OPERATOR", f"/v1/admin/keys/{short.json['id']}/rotation", {"overlap_hours": 1})
    attack.check(
        (turned.json.get("expires_at") or "9") < moment(90.1), "rotation makes an operator's key last", turned.status
    )
    for days, is_told in ((29, True), (31, False)):
        made = world.key("ending", "BKN", ["cases:read"], expires_at=moment(days))
        for path in ("/v1/whoami", "/v1/cases?limit=1", f"/v1/cases/{ABSENT}", "/v1/changes?after=0", "/v1/cases?x=1"):
            told = world.get("ending", path)["Netral-Key-Expires"]
            attack.check(
                bool(told) == is_told and (not told or told == made.json["expires_at"]),
                f"the end in {days} days is told wrongly",
                f"{path} {told}",
            )
    dead = world.key("dead", "BKN", ["cases:read"])
    world.ask("OPERATOR", "DELETE", f"/v1/admin/keys/{dead.json['id']}")
    attack.refused(world.get("dead", "/v1/whoami"), (401, 429))


def by_socket(world, attack):
    """Who reaches the socket is the trusted proxy, and nobody else reaches it."""
    path = os.path.join(world.folder, "http.sock")
    server = small_server(world)
    try:
        server.start("--host", "unix:" + path)
        attack.check(os.stat(path).st_mode & 0o777 == 0o660, "the socket is open to others", oct(os.stat(path).st_mode))
        local = World("unix:" + path, server.keys)
        attack.refused(local.get("OPERATOR", "/v1/admin/keys"), (401, 429))
        attack.refused(
            local.ask("OPERATOR", "GET", "/v1/admin/keys", None, {"Netral-Client-Identity": SUBJECT}), (401, 429)
        )
        attack.refused(local.ask(None, "GET", "/metrics"), (401, 403))
        attack.check(local.get("BKN", "/v1/whoami").status == 200, "the socket does not serve", "")
        attack.more += local.asked
    finally:
        server.stop()


def item_12(world, attack):
    certificates(world, attack)
    cursors(world, attack)
    return "certificates of others; cursors opened, compared, changed in every byte, and used by others"


def certificates(world, attack):
    lines = world.get("KEMENDAGRI", "/v1/exports/cases").lines[1:3]
    manifest = "".join(
        json.dumps({"id": line["case"]["id"], "version": line["case"]["version"], "etag": line["etag"]}) + "\n"
        for line in lines
        if "case" in line
    )
    for agency in AGENCIES:
        world.ask(agency, "POST", "/v1/reconciliations", manifest, kind=NDJSON)
    counts = {"cases", "missing", "outdated", "unknown", "digest", "replica_digest", "visible", "counts"}
    for query in ("", "?agency=BKN", "?agency=BAWASLU", "?limit=200"):
        for accept in ("application/json", NDJSON, "text/csv"):
            answer = world.get("KEMENDAGRI", "/v1/reconciliations" + query, Accept=accept)
            items = answer.json.get("items", []) if accept == "application/json" else []
            items = (
                [json.loads(line) for line in answer.text.splitlines() if line.startswith("{")]
                if accept == NDJSON
                else items
            )
            for item in items:
                told = counts & set(item)
                attack.check(
                    item.get("agency") in ("KEMENDAGRI", None) or not told, "counts of hidden cases are told", item
                )
            if accept == "text/csv":
                for row in answer.text.splitlines()[1:]:
                    is_own = "KEMENDAGRI" in row
                    attack.check(is_own or not re.search(r"[0-9a-f]{64}", row), "a digest is told", row)


LISTS = [
    "/v1/cases?limit=1&region=16.71&stage=received,verified&agency_ref=",
    "/v1/cases?limit=1&sort=received",
    "/v1/clocks?limit=1&institution=16.71",
    "/v1/reconciliations?limit=1",
    "/v1/keys?limit=1",
    "/v1/published-figures?limit=1",
    "/v1/cases?limit=1&institution=16.71&violation=DS-06",
]


def cursors(world, attack):
    world.create("BAWASLU"), world.create("BAWASLU")
    world.key("second", "BKN", ["cases:read"]), world.key("third", "BKN", ["cases:read"])
    for path in LISTS:
        path = path.replace("&agency_ref=", "")
        cursor, twin = (world.get("BKN", path).json.get("next_cursor") for _ in range(2))
        if not cursor:
            attack.check("published" in path or "reconciliations" in path, "no second page", path)
            continue
        opaque(attack, cursor, twin, path)

        def follow(text, who="BKN", place=path):
            return world.get(who, f"{place}&cursor={text}")

        attack.check(follow(cursor).status == 200, "a cursor is not taken", follow(cursor))
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        for place in range(len(raw)):
            for bit in (0, 7):
                changed = bytearray(raw)
                changed[place] ^= 1 << bit
                attack.refused(follow(base64.urlsafe_b64encode(changed).decode().rstrip("=")), 400)
        for other in ("PANRB", "KEMENDAGRI", "BAWASLU", "KASN"):
            attack.refused(follow(cursor, other), 400)
        for other in LISTS:
            if other.split("?")[0] != path.split("?")[0]:
                attack.refused(follow(cursor, place=other.replace("&agency_ref=", "")), 400)
        for text in (cursor[:-2], cursor + "AA", "", "AAAA", raw.hex()):
            attack.refused(follow(text), 400)
    searched(world, attack)


def opaque(attack, cursor, twin, path):
    """It holds no words of the question, and is another one each time."""
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    words = re.findall(rb"[A-Za-z0-9._-]{4,}", raw)
    attack.check(not any(word in path.encode() for word in words), "a cursor holds the filter", f"{path} {words}")
    attack.check(cursor != twin, "two cursors of one place are the same", path)


def searched(world, attack):
    """The cursor of a search for a person holds neither name nor number."""
    name = "Zqvwxjk Uji"
    for _ in range(2):
        draft = world.body("BAWASLU")
        draft.body["subject"]["name"] = name
        world.post("BAWASLU", "/v1/cases", draft.body)
    answer = world.ask("BKN", "POST", "/v1/case-searches", {"name": name, "limit": 1})
    cursor = answer.json.get("next_cursor")
    if attack.check(cursor, "no second page of a search", answer):
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).lower()
        attack.check(b"zqvwxjk" not in raw and b"uji" not in raw, "a cursor holds a name", cursor)
        attack.check("zqvwxjk" not in str(answer["Link"]).lower(), "a link holds a name", answer["Link"])
        body = {"name": name, "limit": 1, "cursor": cursor}
        attack.check(world.ask("BKN", "POST", "/v1/case-searches", body).status == 200, "it is not taken", cursor)
        attack.refused(world.ask("PANRB", "POST", "/v1/case-searches", body), 400)
        attack.refused(world.get("BKN", f"/v1/cases?limit=1&cursor={cursor}"), 400)
