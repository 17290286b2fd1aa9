"""Attacks of `scripts/attack --keys` by agencies outside their time: item 2."""

import json

from lab.attack.keys.road import READS, ROAD, advance, looks, reads, writes
from lab.attack.keys.world import today
from lab.settings import NDJSON


def recordings(world, case, agency, on, match='"4-1-0"'):
    """Every way in which an agency could record anything, as answers."""
    tag = world.tag(agency, case.id) or match
    other = case.id
    for query in ("", "?dry_run=true"):
        draft = world.body(agency)
        draft.body["act"]["occurred_on"] = draft.body["source"]["received_on"] = on
        yield world.post(agency, "/v1/cases" + query, draft.body)
        for method, path, body in writes(case, on, other):
            if method == "POST" and path in ("correction-requests", "links"):
                yield world.post(agency, f"/v1/cases/{case.id}/{path}{query}", body)
            else:
                yield world.act(agency, case.id, path, body, query, tag, method)
        yield world.imports(agency, [world.line(draft)], query)
        yield world.post(
            agency, "/v1/confirmations" + query, {"imported_by": "PANRB", "until": today(), "outcome": "confirmed"}
        )
        yield world.ask(
            agency,
            "POST",
            "/v1/confirmations" + query,
            json.dumps({"case_id": case.id, "if_match": tag, "outcome": "confirmed"}) + "\n",
            kind=NDJSON,
        )
        yield world.post(
            agency,
            "/v1/published-figures" + query,
            {
                "election": "pilkada-2020",
                "as_of": "2020-08-19",
                "unit": "person",
                "source": "x",
                "values": {"reported": 400},
            },
        )


def ended(world, attack):
    """2: KASN has ended; it dates back, and records nothing; it reads."""
    case, head = world.create("BAWASLU"), world.head()
    for on in ("2024-08-01", "2024-08-31", today()):
        for answer in recordings(world, case, "KASN", on):
            told = answer.code or (answer.lines[0].get("problem") or {}).get("code") if answer.body else None
            attack.check(told == "agency_ended", "expected agency_ended", answer)
    attack.check(world.head() == head, "an agency that has ended has recorded", "")
    for answer in looks(world, "KASN", case.id):
        attack.check(answer.status == 200, "an agency that has ended must be able to read", answer)
    office = world.get("KASN", "/v1/whoami").json.get("office", {})
    attack.check(office.get("records") is False, "whoami does not say that the agency has ended", office)
    # Nor does it by a key for migrations, for itself or for others.
    world.key("KASN migration", "KASN", ["migration"])
    for owner in ("KASN", "BAWASLU"):
        draft = world.body(owner)
        draft.body["act"]["occurred_on"], draft.body["source"]["received_on"] = "2024-08-01", "2024-08-02"
        attack.refused(world.imports("KASN migration", [world.line(draft)]), 403, "agency_ended")
    # Nor may a successor date its own acts into the other's time, or the dead one be spoken for by a stranger.
    for agency in ("BAWASLU", "PANRB", "KEMENDAGRI"):
        body = {"occurred_on": "2024-08-01", "outcome": "accepted", "on_behalf_of": "KASN"}
        attack.refused(world.act(agency, case.id, "verifications", body), (403, 404, 422))


SCOPES = ["cases:read", "cases:write", "imports", "sync", "statistics"]


def add_agency(world, attack, code, **days):
    row = {"code": code, "name_id": "Lembaga uji", "name_en": "Agency of an attack", **days}
    answer = world.ask("OPERATOR", "PUT", "/v1/admin/reference/agencies", [row])
    made = world.key(code, code, SCOPES)
    return attack.check(answer.status < 300 and made.status == 201, f"{code} cannot be added", f"{answer} {made}")


def not_of_today(world, attack):
    """2: agencies that have not begun, or whose access is over, open nothing."""
    case = world.create("BAWASLU")
    for code, days, problem in [
        ("UJINANTI", {"valid_from": "2099-01-01"}, "agency_not_begun"),
        ("UJITAHUNDEPAN", {"valid_from": f"{int(today()[:4]) + 1}-01-01"}, "agency_not_begun"),
        ("UJILALU", {"valid_until": "2024-12-31", "access_until": "2025-01-31"}, "agency_ended"),
    ]:
        if add_agency(world, attack, code, **days):
            for answer in list(looks(world, code, case.id)) + list(recordings(world, case, code, "2024-12-01")):
                attack.refused(answer, 403, problem)
            for path in ("/v1/keys", "/v1/policy", "/v1/reference/agencies"):
                answer = world.get(code, path)
                attack.check(answer.status in (200, 403) and "zq" not in answer.text, "tells of cases", answer)


def added(world, attack):
    """2: an agency that the table does not name sees its own report whole, and core of others."""
    if not add_agency(world, attack, "UJIBARU"):
        return
    row = {"id": 990, "kind": "report", "agency": "UJIBARU", "scope": "all", "legal_basis": "Uji"}
    answer = world.ask("OPERATOR", "PUT", "/v1/admin/mandates", [row])
    attack.check(answer.status < 300, "the mandate cannot be given", answer)
    own, other = world.create("UJIBARU"), world.create("BAWASLU")
    advance(world, other, ROAD[:4])
    seen = world.get("UJIBARU", f"/v1/cases/{own.id}").json
    attack.check(
        seen.get("redacted") == [] and seen["subject"].get("nip") == own.nip and "reporter" in seen,
        "an added agency does not see its own report whole",
        own.answer,
    )
    for path in reads(world, other) + READS:
        world.get("UJIBARU", path)
    seen = world.get("UJIBARU", f"/v1/cases/{other.id}").json
    attack.check(
        set(seen.get("redacted", [])) == {"subject", "narrative", "evidence", "reporter"},
        "an added agency sees more than core",
        seen,
    )
    for method, path, body in writes(other, today(), own.id):
        world.act("UJIBARU", other.id, path, body, "?dry_run=true", None, method)
        world.act("UJIBARU", other.id, path, body, "", None, method)


def item_2(world, attack):
    ended(world, attack)
    not_of_today(world, attack)
    added(world, attack)
    return "KASN dates back on every recording route; agencies of next year, of the past, and a new one"
