"""Attacks of `scripts/attack --keys` that guess what is withheld (4), or ask for a past in which it was open (1, 3)."""

import re
import time

from lab.attack.keys.claims import STEPS, forged
from lab.attack.keys.road import ROAD, advance, looks
from lab.attack.keys.world import moment, today


def mask(answer):
    """An answer without what is new in every one."""
    status, fields, text = answer.alike
    text = re.sub(
        r'REF-[0-9a-f]+-\d+|zq[0-9a-f]+x\d+x[a-z]+qz|(?<!\d)\d{18}(?!\d)|"appointment_year":\d+|'
        r'"(created_at|updated_at|requested_at|linked_at|id|seq|number)":("[^"]*"|\d+)',
        "",
        text,
    )
    return status, [f for f in fields if f[0] not in ("content-length", "ratelimit", "location", "etag")], text


def compare(attack, hits, misses):
    for one, other in zip(hits, misses, strict=True):
        attack.check(
            mask(one) == mask(other), "a guess that hits is told from one that does not", f"{one} beside {other}"
        )


def drafts(world, agency, victim, guess, is_hit):
    """Imports, reports and searches with the number and name of somebody else's case, or of nobody."""
    draft = world.body(agency, victim.regional, nip=victim.nip if is_hit else None)
    draft.body["subject"]["name"] = victim.body["subject"]["name"] if is_hit else draft.name
    if guess == "theirs" and is_hit:
        draft.body["source"]["agency_ref"] = victim.reference

    def search(**words):
        return world.ask(agency, "POST", "/v1/case-searches", {**words, "count": "exact"})

    return [
        world.imports(agency, [world.line(draft)], "?dry_run=true"),
        world.imports(agency, [world.line(draft, agency="BAWASLU")], "?dry_run=true"),
        world.imports(agency, [world.line(draft, agency="BAWASLU")]),
        world.post(agency, "/v1/cases?dry_run=true", draft.body),
        search(nip=draft.nip),
        search(name=draft.body["subject"]["name"]),
        search(nip=draft.nip, agency_ref=victim.reference),
    ]


def wishes(world, agency, victim, value, place):
    """Requests that a withheld value become what it is, or another."""
    path = f"/v1/cases/{victim.id}/correction-requests"
    patches = [{"subject": {"nip": value}}, {"act": {"place": place}}, {"act": {"narrative": place}}]
    return [
        world.post(agency, path + query, {"patch": patch, "reason": "x"})
        for patch in patches
        for query in ("?dry_run=true", "")
    ]


def relatives(world, attack, agency, victim):
    """A case of one's own about the same person, and one about nobody: links, candidates, figures by person."""

    def persons():
        return world.get(agency, "/v1/statistics/funnel?unit=person&election=pilkada-2024").json["total"]["reported"]

    cases, counts = [], [persons()]
    for nip in (victim.nip, None):
        case = world.body(agency, victim.regional, nip=nip)
        case.id = world.post(agency, "/v1/cases", case.body).json["id"]
        cases.append(case)
        counts.append(persons())
    attack.check(counts[1] - counts[0] == counts[2] - counts[1], "persons are counted across what is withheld", counts)
    for relation in ("same_person", "same_act"):
        for query in ("?dry_run=true", ""):
            for ends in (lambda own: (own, victim), lambda own: (victim, own)):
                answers = [
                    world.post(
                        agency,
                        f"/v1/cases/{ends(own)[0].id}/links{query}",
                        {"case_id": ends(own)[1].id, "relation": relation},
                    )
                    for own in cases
                ]
                attack.check(
                    answers[0].status == answers[1].status,
                    "a link tells of a person",
                    f"{answers[0]} beside {answers[1]}",
                )
    found = [
        [
            {k: v for k, v in item.items() if k != "score"}
            for item in world.get(agency, f"/v1/cases/{own.id}/related").json["items"]
            if item["case_id"] == victim.id
        ]
        for own in cases
    ]
    attack.check(found[0] == found[1], "candidates tell of a person", found)


def item_4(world, attack):
    victims = [world.create("BAWASLU"), world.create("BAWASLU", regional=False), world.create("BKN")]
    for agency in ("PANRB", "KEMENDAGRI"):
        for victim in victims:
            for guess in ("own", "theirs"):
                compare(attack, *(drafts(world, agency, victim, guess, is_hit) for is_hit in (True, False)))
            nobody = world.body("BAWASLU")
            compare(
                attack,
                wishes(world, agency, victim, victim.nip, victim.body["act"]["place"]),
                wishes(world, agency, victim, nobody.nip, "Lain"),
            )
            if agency == "PANRB" or victim.regional:
                relatives(world, attack, agency, victim)
    migrations(world, attack)
    return "numbers, names and texts of others, guessed by imports, drafts, searches, wishes, links and figures"


def migrations(world, attack):
    """A dry run with scope migration does not look at others' reports, and a duplicate has no identity."""
    world.key("PANRB migration", "PANRB", ["migration"])
    victim = world.create("BAWASLU")
    known = world.imports("PANRB migration", [world.line(victim)], "?dry_run=true")
    fresh = world.imports("PANRB migration", [world.line(world.body("BAWASLU"))], "?dry_run=true")
    compare(attack, [known], [fresh])
    for changed in (False, True):
        if changed:
            victim.body["act"]["occurred_on"] = "2024-10-03"
        result = world.imports("PANRB migration", [world.line(victim)]).lines[0]
        attack.check(
            result["status"] == "duplicate" and result.get("id") is None and not result.get("problem"),
            "a report of others is told of",
            result,
        )
    # Nor does a migration go on with what the agencies have reported themselves.
    for owner in ("BAWASLU", "PANRB"):
        case = world.create(owner)
        world.imports("PANRB migration", [world.line(case, STEPS)])
        version = world.get("BKN", f"/v1/cases/{case.id}").json["version"]
        attack.check(version == 1, f"a migration acts on a case of {owner}", version)


def past(world, attack):
    """What was open and is withheld again: reads, snapshots and replays of then, and the feed since then."""
    world.key("PANRB whole", "PANRB", ["migration", "cases:read"])
    void, moved = forged(world, attack, "BAWASLU"), world.create("BAWASLU")
    advance(world, moved, ROAD[:3])
    time.sleep(1.1)
    seq, then, notes = world.head(), moment(0), {}
    for case in (void, moved):
        notes[case.id] = ({"occurred_on": today(), "text": "x"}, world.fresh())
        world.ask(
            "KEMENDAGRI",
            "POST",
            f"/v1/cases/{case.id}/notes",
            notes[case.id][0],
            {"If-Match": world.tag("KEMENDAGRI", case.id), "Idempotency-Key": notes[case.id][1]},
        )
    time.sleep(1.1)
    world.act("BKN", void.id, "confirmations", {"outcome": "disputed", "reason": "x"})
    world.act("BAWASLU", moved.id, "", {"institution": "kemenag", "reason": "x"}, method="PATCH")
    world.refresh(void)
    moved.regional = False
    attack.check(not void.verified, "a disputed act is not void", void.id)
    for agency in ("KEMENDAGRI", "KASN", "PANRB"):
        for case in (void, moved):
            for path in ("", f"?as_of={then}", "?as_of=2024-11-30", "/history", "/related", "/correction-requests"):
                world.get(agency, f"/v1/cases/{case.id}{path}")
            body, key = notes[case.id]
            world.ask(
                agency, "POST", f"/v1/cases/{case.id}/notes", body, {"If-Match": '"4-1-0"', "Idempotency-Key": key}
            )
        for path in (f"/v1/exports/cases?seq={seq}", f"/v1/changes?after={seq - 20}&limit=200"):
            answer = world.get(agency, path)
            attack.check(
                agency != "KEMENDAGRI" or f'"id":"{moved.id}"' not in answer.text, "a case is shown that is gone", path
            )


def operator(world, attack):
    """An operator sees no case."""
    case = world.create("BAWASLU")
    for answer in looks(world, "OPERATOR", case.id):
        attack.check(
            answer.status == 403 or "/reconciliations by" in answer.request and case.id not in answer.text,
            "an operator reads",
            answer,
        )
