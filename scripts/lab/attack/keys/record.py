"""Attacks of `scripts/attack --keys` on the record: items 1 and 5."""

from lab.attack.keys.road import READS, ROAD, STAGES, acts, advance, looks, plant_all, reads, writes
from lab.attack.keys.world import LIVING, today
from lab.client import Answer
from lab.settings import AGENCIES


def dry_runs(world, attack, cases):
    """1: no dry run shows what is withheld, or leaves a trace."""
    for case in cases:
        for agency in AGENCIES:
            whole = world.get(agency, f"/v1/cases/{case.id}")
            before, tag = whole.json, whole["ETag"]
            head = world.head()
            other = cases[0].id
            for method, path, body in writes(case, today(), other):
                answer = world.act(agency, case.id, path, body, "?dry_run=true", tag or '"4-1-0"', method)
                shown = answer.json
                if answer.status < 300 and shown.get("id") == case.id:
                    attack.check(shown.get("redacted") == before.get("redacted"), "a dry run changes redacted", answer)
                    attack.check(
                        answer["ETag"].rsplit("-", 1)[1] == tag.rsplit("-", 1)[1],
                        f"a dry run shows more than {tag} in its tag",
                        answer,
                    )
                    attack.check(shown["seq"] in (None, before["seq"]), "a dry run gives a new sequence", answer)
                    attack.check(set(shown["subject"]) == set(before["subject"]), "a dry run shows more fields", answer)
                attack.check(answer["Location"] is None, "a dry run gives an address", answer)
                if not tag:
                    attack.check(
                        answer.status in (404, 422) or answer.code == "agency_ended", "a hidden case is told of", answer
                    )
            attack.check(world.head() == head, f"dry runs by {agency} have moved the feed", case.id)
            for path in reads(world, case):
                world.get(agency, path)


def dry_creates(world, attack, cases):
    """1: creating, importing, and what is no case at all."""
    head = world.head()
    for agency in LIVING:
        for victim in cases[::7]:
            mine = world.body(agency, victim.regional, nip=victim.nip)
            answer = world.post(agency, "/v1/cases?dry_run=true", mine.body)
            if attack.check(answer.status == 201, "a dry run of creating is refused", answer):
                attack.check(
                    answer.json.get("number") is None and answer.json.get("seq") is None,
                    "a dry run gives number or sequence",
                    answer,
                )
                attack.check(answer["Location"] is None, "a dry run gives an address", answer)
            for line in (world.line(mine), world.line(victim)):
                answer = world.imports(agency, [line], "?dry_run=true")
                attack.check(
                    victim.id not in answer.text or agency == victim.owner, "an import tells of a case", answer
                )
        for path, body in [
            ("/v1/confirmations", {"imported_by": "PANRB", "until": today(), "outcome": "confirmed"}),
            (
                "/v1/published-figures",
                {
                    "election": "pilkada-2020",
                    "as_of": "2020-08-19",
                    "unit": "person",
                    "source": "x",
                    "values": {"reported": 1},
                },
            ),
            ("/v1/admin/keys", {"agency": "BKN", "label": "x", "scopes": ["cases:read"]}),
            ("/v1/admin/releases", {"election": "pilkada-2020", "until": "2020-10-31"}),
            ("/v1/admin/backups", None),
        ]:
            answer = world.post(agency, path + "?dry_run=true", body)
            attack.check("/admin/" not in path or answer.status == 403, "an agency's key administers", answer)
    attack.check(world.head() == head, "dry runs have moved the feed", "")


def real_writes(world, attack):
    """1: a write answers no more than what it has recorded opens; whoever may not see the person acts in every way."""
    for agency in ("PANRB", "KEMENDAGRI"):
        for stage in STAGES:
            case = world.create("BAWASLU")
            advance(world, case, STAGES[stage])
            twin = world.create("BAWASLU")
            for method, path, body in writes(case, today(), twin.id):
                answer = world.act(agency, case.id, path, body, "", None, method)
                if answer.status < 300 and path in dict(acts(today())):
                    seen = world.get(agency, f"/v1/cases/{case.id}")
                    attack.check(answer.json == seen.json, "an act answers another case than a read shows", answer)
                    attack.check(answer["ETag"] == seen["ETag"], "an act answers another tag than a read", answer)


def lists(world, cases):
    """Every list, in every form; the planted texts are looked for on the way."""
    for agency in AGENCIES:
        for accept in ("application/json", "application/x-ndjson", "text/csv"):
            for path in (
                "/v1/cases?limit=200",
                "/v1/cases",
                "/v1/clocks?limit=200",
                "/v1/exports/cases",
                f"/v1/changes?after={max(0, world.head() - 900)}&limit=1000",
            ):
                world.get(agency, path, Accept=accept)
            for word in (cases[0].name, cases[-1].name):
                world.ask(agency, "POST", "/v1/case-searches", {"name": word}, {"Accept": accept})


def is_found(world, case):
    """Whether a planted text is found where it must not stand: else nothing that follows says anything."""
    for fields, body in ([("X-Test", case.name)], b""), ([], case.name.upper().encode()), ([], case.nip.encode()):
        count = len(world.leaks)
        world.look("PANRB", Answer("a test", 200, fields, body), None)
        if len(world.leaks) == count:
            return False
        world.leaks.pop()
    return True


def item_1(world, attack):
    cases = plant_all(world)
    attack.check(is_found(world, cases[0]), "planted texts are not found", "")
    dry_runs(world, attack, cases)
    dry_creates(world, attack, cases)
    lists(world, cases)
    real_writes(world, attack)
    return f"{len(cases)} cases × {len(AGENCIES)} agencies × every write, dry and done; texts planted in every group"


def item_5(world, attack):
    case = world.create("BAWASLU")
    advance(world, case, ROAD[:3])
    first = world.body("BKN")
    replayed = world.fresh()
    world.ask("BKN", "POST", "/v1/cases", first.body, {"Idempotency-Key": replayed})
    for agency in LIVING:
        name = agency + " writer"
        world.key(name, agency, ["cases:write"])
        for query in ("?dry_run=true", ""):
            for method, path, body in writes(case, today(), case.id):
                tag = world.tag(agency, case.id)
                short(
                    attack,
                    world.ask(
                        name,
                        method,
                        f"/v1/cases/{case.id}{path and '/' + path}{query}",
                        body,
                        {"If-Match": tag, "Idempotency-Key": world.fresh()},
                    ),
                )
            short(attack, world.create(agency, query=query, who=name).answer)
        for answer in looks(world, name, case.id):
            attack.refused(answer, 403) if "/reconciliations by" not in answer.request else None
    short(attack, world.ask("BKN writer", "POST", "/v1/cases", first.body, {"Idempotency-Key": replayed}))
    narrow_keys(world, attack, case)
    return "a key with cases:write alone, on every write, dry and done, and in the place of one that may read"


def short(attack, answer):
    """What a key that may not read is told of a case."""
    allowed = {"id", "version", "stage", "etag", "number", "status", "reason", "requested_at"}
    shown = answer.json if isinstance(answer.json, dict) else {}
    told = {"subject", "act", "reporter", "source", "institution", "redacted", "clocks"} & set(shown)
    told |= {"patch"} & set(shown) if "/acceptance" in answer.request or "/refusal" in answer.request else set()
    attack.check(answer.status >= 400 or not told, "a key that may not read is told of a case", answer)
    if answer.status < 300 and "stage" in shown:
        attack.check(set(shown) <= allowed, f"a key that may not read is told {sorted(set(shown) - allowed)}", answer)


def narrow_keys(world, attack, case):
    """Keys with one scope each open what that scope says, and no more."""
    opens = {
        "cases:read": ["/v1/cases", "/v1/clocks"],
        "imports": [],
        "sync": ["/v1/changes", "/v1/exports"],
        "statistics": ["/v1/statistics", "/v1/published"],
        "migration": [],
    }
    for scope, places in opens.items():
        world.key("narrow " + scope, "BKN", [scope])
        for path in READS[:-1] + [f"/v1/cases/{case.id}", f"/v1/cases/{case.id}/history"]:
            answer = world.get("narrow " + scope, path)
            if not any(path.startswith(place) for place in places):
                attack.refused(answer, 403, "scope_missing")
