"""Attacks of `scripts/attack --keys` with false claims: in others' names (3), of days (8), of pauses (9)."""

import json

from lab.attack.keys.road import ROAD, advance, reads
from lab.attack.keys.world import LIVING, moment, today
from lab.settings import AGENCIES, NDJSON

STEPS = [{"action": action, "agency": agency, **body} for agency, action, body in ROAD[:3]]
# Who may speak for whom besides itself.
SUCCEEDED = {"BKN": ["KASN"]}


def names(world, attack):
    """An `imports` key names other agencies as reporter, as actor, as the one it acts for."""
    for agency in LIVING:
        for other in AGENCIES:
            if other == agency or other in SUCCEEDED.get(agency, []):
                continue
            step = {"action": "verifications", "agency": other, "occurred_on": "2024-10-09", "outcome": "accepted"}
            behalf = {**step, "agency": agency, "on_behalf_of": other}
            lines = [
                world.line(world.body(agency), actions, agency=named)
                for actions, named in [
                    ([], other),
                    ([step], None),
                    ([behalf], None),
                    ([{**step, "action": "notes", "text": "x"}], None),
                    ([step, behalf], other),
                ]
            ]
            for query in ("?dry_run=true", ""):
                for line in lines:
                    answer = world.imports(agency, [line], query)
                    result = answer.lines[0] if answer.status == 200 else {}
                    attack.check(
                        result.get("status") == "invalid" and not result.get("id"),
                        f"{agency} speaks for {other}",
                        answer,
                    )
            draft = world.body(agency)
            draft.body["source"]["agency"] = other
            attack.refused(world.post(agency, "/v1/cases", draft.body), (403, 422))


def migration_keys(world, attack):
    """Every way to a migration key that lives longer, or is seen by fewer."""
    for scopes in (["migration"], ["migration", "imports"], ["cases:read", "migration"]):
        for end in ("never", moment(30.1), moment(31), moment(400)):
            attack.refused(world.key("none", "PANRB", scopes, expires_at=end), 422)
        made = world.key("PANRB migration", "PANRB", scopes)
        attack.check(made.status == 201 and made.json["expires_at"] <= moment(30.001), "it lives too long", made)
        turned = world.post("OPERATOR", f"/v1/admin/keys/{made.json['id']}/rotation", {"overlap_hours": 24})
        secret = turned.json.get("key", "?")
        turned.body = turned.body.replace(secret.encode(), b"...")
        attack.check(turned.json.get("expires_at", "9") <= moment(30.001), "rotation prolongs it", turned)
        for agency in AGENCIES:
            shown = [key["id"] for key in world.get(agency, "/v1/whoami").json.get("migrations", []) if "id" in key]
            told = world.get(agency, "/v1/whoami").text
            attack.check(made.json["id"] in shown or made.json["id"] in told, f"{agency} is not shown it", told)
    for agency in LIVING:
        attack.refused(
            world.post(agency, "/v1/admin/keys", {"agency": agency, "label": "x", "scopes": ["migration"]}), 403
        )
    made = world.key("PANRB whole", "PANRB", ["migration", "cases:read"])
    attack.check(made.status == 201, "no migration key", made)


def forged(world, attack, owner, steps=STEPS, regional=True):
    """PANRB records in others' names; what it says must be marked."""
    case = world.body(owner, regional)
    steps = [
        {k: world.plant(case, "narrative", v[1:]) if str(v).startswith("@") else v for k, v in s.items()} for s in steps
    ]
    answer = world.imports("PANRB whole", [world.line(case, steps)])
    if attack.check(answer.status == 200 and answer.lines[0].get("id"), "the import has failed", answer):
        case.id = answer.lines[0]["id"]
        world.refresh(case)
    return case


def marked(world, attack):
    case = forged(world, attack, "BAWASLU")
    shown = world.get("KASN", f"/v1/cases/{case.id}").json
    attack.check(
        shown["imported_by"] == "PANRB" and set(shown["unconfirmed"]) == {"BAWASLU", "BKN"},
        "an import is not marked",
        shown,
    )
    for agency, query in (
        ("KEMENDAGRI", "imported_by=PANRB"),
        ("BKN", "unconfirmed=true"),
        ("BAWASLU", "unconfirmed=true"),
    ):
        listed = world.get(agency, f"/v1/cases?{query}&agency_ref={case.reference}&count=exact")
        attack.check(listed.json.get("count") == 1, "the lists do not find it", listed)
    table = world.get("KASN", f"/v1/cases?agency_ref={case.reference}", Accept="text/csv")
    attack.check("imported_by" in table.text and "PANRB" in table.text, "the table does not say it", table)
    # Only who is named answers, each for itself, and not the importer for another.
    for agency in ("PANRB", "KEMENDAGRI", "KASN"):
        for body in ({"outcome": "confirmed"}, {"outcome": "disputed", "reason": "x"}):
            attack.refused(world.act(agency, case.id, "confirmations", body), 403)
            line = {"case_id": case.id, "if_match": world.tag(agency, case.id), **body}
            answer = world.ask(agency, "POST", "/v1/confirmations", json.dumps(line) + "\n", kind=NDJSON)
            attack.check(answer.status == 403 or '"code"' in answer.text, "answers for another", answer)
    question = f"/v1/statistics/funnel?election=pilkada-2024&region=16.71&as_of={today()}"
    total = world.get("BKN", question).json["total"]
    attack.check("of_which_recorded_by_others" in json.dumps(total), "figures do not say who recorded", total)
    return case


def seen_by(world, case):
    """Which agencies can find a case in any way."""
    found = {}
    for agency in AGENCIES:
        ways = {
            "read": world.get(agency, f"/v1/cases/{case.id}").status == 200,
            "history": world.get(agency, f"/v1/cases/{case.id}/history").status == 200,
            "list": case.id in world.get(agency, f"/v1/cases?agency_ref={case.reference}").text,
            "search": case.id in world.ask(agency, "POST", "/v1/case-searches", {"agency_ref": case.reference}).text,
            "clocks": case.id in world.get(agency, "/v1/clocks?institution=16.71&limit=200").text,
            "export": case.id in world.get(agency, "/v1/exports/cases").text,
        }
        found[agency] = sorted(way for way, is_seen in ways.items() if is_seen)
    return found


def disputed(world, attack):
    """What is disputed is void, gone for strangers, and frees its number."""
    case = marked(world, attack)
    after = world.head()
    answer = world.act("BKN", case.id, "confirmations", {"outcome": "disputed", "reason": "Bukan kami."})
    attack.check(answer.json.get("stage") == "received", "a disputed act is not void", answer)
    world.refresh(case)
    for agency in AGENCIES:
        for path in reads(world, case):
            world.get(agency, path)
    feed = world.get("KASN", f"/v1/changes?after={after}&limit=100").json["changes"]
    attack.check(
        [c["type"] for c in feed if c["case_id"] == case.id] == ["withdrawn"],
        "the feed does not withdraw what was opened",
        feed,
    )
    answer = world.act("BAWASLU", case.id, "confirmations", {"outcome": "disputed", "reason": "Bukan laporan kami."})
    attack.check(answer.json.get("disputed") is True, "a report is not disputed", answer)
    for agency, ways in seen_by(world, case).items():
        is_party = agency in ("BAWASLU", "BKN", "PANRB")
        attack.check(bool(ways) == is_party or not is_party and not ways, f"{agency} finds a disputed case", ways)
        attack.check(is_party or world.get(agency, f"/v1/cases/{case.id}").code == "not_found", "it is no 404", agency)
    case.body["source"].pop("agency", None)
    answer = world.post("BAWASLU", "/v1/cases", case.body)
    attack.check(answer.status == 201, "the true report is refused", answer)
    # Nor can the importer take the number again, or dispute what the agency has done itself.
    again = world.imports("PANRB whole", [world.line(case)])
    attack.check(again.lines[0]["status"] in ("duplicate", "differs", "invalid"), "the number is taken again", again)
    answer = world.act("BAWASLU", answer.json["id"], "confirmations", {"outcome": "disputed", "reason": "x"})
    attack.refused(answer, (403, 409, 422))


def followed(world, attack):
    """An act on which others have built is not undone; a report that is none is, whoever has acted on it."""
    case = forged(world, attack, "BAWASLU", STEPS[:2])
    advance(world, case, ROAD[2:3])
    dispute = {"outcome": "disputed", "reason": "x"}
    attack.refused(world.act("BKN", case.id, "confirmations", dispute), 409)
    answer = world.act("BAWASLU", case.id, "confirmations", dispute)
    attack.check(answer.status == 201, "a false report keeps its number", answer)


def pinned(world, attack):
    """Who imports in others' names acts itself, and so has others' acts stand for ever."""
    for owner in ("PANRB", "BAWASLU"):
        case = forged(world, attack, owner, regional=False)
        body = {"occurred_on": today(), "outcome": "sanctioned", "decree_number": "SK-1", "sanction": "BER-1"}
        answer = world.act("PANRB", case.id, "decisions", body)
        attack.check(answer.status in (201, 403, 409), "the attack has failed", answer)
        answer = world.act("BKN", case.id, "confirmations", {"outcome": "disputed", "reason": "Bukan kami."})
        attack.check(answer.status == 201, "the importer's own act keeps BKN from disputing what it never did", answer)


def of_the_dead(world, attack):
    """Reports and acts in the name of KASN; their withheld texts."""
    step = {"action": "verifications", "agency": "KASN", "occurred_on": "2024-08-20", "outcome": "accepted"}
    for regional in (True, False):
        for steps in ([], [step]):
            case = world.body("KASN", regional)
            case.body["act"]["occurred_on"], case.body["source"]["received_on"] = "2024-08-10", "2024-08-15"
            answer = world.imports("PANRB whole", [world.line(case, steps)])
            if not attack.check(answer.lines[0].get("id"), "the import has failed", answer):
                continue
            case.id = answer.lines[0]["id"]
            world.refresh(case)
            for agency in AGENCIES:
                for path in reads(world, case):
                    world.get(agency, path)
                for outcome in ({"outcome": "confirmed"}, {"outcome": "disputed", "reason": "x"}):
                    answer = world.act(agency, case.id, "confirmations", outcome, "?dry_run=true")
                    attack.check((answer.status < 300) == (agency == "BKN"), f"{agency} answers for KASN", answer)


def item_3(world, attack):
    names(world, attack)
    migration_keys(world, attack)
    disputed(world, attack)
    followed(world, attack)
    pinned(world, attack)
    of_the_dead(world, attack)
    return "imports in others' names as reporter, actor and successor; migration keys; confirming for others"


def clock_of(case, kind):
    return next((clock for clock in case["clocks"] if clock["kind"] == kind), {})


def late(world, attack):
    """8: acts of today with days in time, by every way, and every way to move the day of receipt."""
    step = {"action": "verifications", "agency": "BAWASLU", "occurred_on": "2024-10-09", "outcome": "accepted"}
    imported = world.body("BAWASLU")
    answer = world.imports("BAWASLU", [world.line(imported, [step])])
    imported.id = answer.lines[0].get("id")
    acted = world.create("BAWASLU")
    advance(world, acted, ROAD[:1])
    migrated = forged(world, attack, "BAWASLU", STEPS[:1])
    for case in (imported, acted, migrated):
        shown = world.get("BKN", f"/v1/cases/{case.id}").json
        clock = clock_of(shown, "verification")
        attack.check(
            clock.get("state") == "met" and clock.get("recorded_late") is True and clock.get("recorded_on") == today(),
            "a late recording looks timely",
            clock,
        )
        listed = world.get("BKN", f"/v1/cases?recorded_late=true&agency_ref={case.reference}&count=exact").json
        attack.check(listed.get("count") == 1, "the list does not find a late recording", listed)
    timely = world.get("BKN", "/v1/statistics/timeliness?election=pilkada-2024")
    attack.check("recorded_late" in timely.text, "timeliness does not count it apart", timely)
    return acted


def receipt(world, attack, acted):
    overdue, fresh = world.create("BAWASLU"), world.body("BAWASLU")
    fresh.body["source"]["received_on"], fresh.body["act"]["occurred_on"] = today(), today(-1)
    fresh.id = world.post("BAWASLU", "/v1/cases", fresh.body).json["id"]
    for case in (acted, overdue):
        for agency in ("BAWASLU", "BKN"):
            for query in ("?dry_run=true", ""):
                for facts in ({"received_on": today()}, {"received_on": "2024-10-07", "channel": "letter"}):
                    answer = world.act(agency, case.id, "", {"source": facts, "reason": "x"}, query, method="PATCH")
                    attack.refused(answer, 409, "receipt_settled")
        requested(world, attack, case)
        line = world.body("BAWASLU", nip=case.nip)
        line.body = json.loads(json.dumps(case.body))
        line.body["source"]["received_on"] = today()
        answer = world.imports("BAWASLU", [world.line(line)])
        attack.check(answer.lines[0]["status"] in ("differs", "invalid", "duplicate"), "an import moves it", answer)
    answer = world.act("BAWASLU", fresh.id, "", {"source": {"received_on": today(1)}, "reason": "x"}, method="PATCH")
    attack.refused(answer, 422)


def requested(world, attack, case):
    """The way that is left: a request that carries nothing else, and is decided by another agency."""
    place = f"/v1/cases/{case.id}/correction-requests"
    patch = {"source": {"received_on": "2024-10-07"}}
    attack.refused(world.post("BAWASLU", place, {"patch": {**patch, "motives": ["office"]}, "reason": "x"}), 422)
    for asker, deciders in (("BAWASLU", ("BAWASLU", "PANRB", "KEMENDAGRI")), ("PANRB", ("PANRB", "KEMENDAGRI"))):
        made = world.post(asker, place, {"patch": patch, "reason": "x"})
        if attack.check(made.status == 201, "no request is possible", made):
            for agency in deciders:
                for query in ("?dry_run=true", ""):
                    answer = world.act(
                        agency, case.id, f"correction-requests/{made.json['number']}/acceptance", {"reason": "x"}, query
                    )
                    attack.refused(answer, (403, 404, 409))


def before_and_after(world, attack):
    """A request that was made before the day was settled, and carries more, is accepted afterwards."""
    case = world.body("BAWASLU")
    case.body["source"]["received_on"], case.body["act"]["occurred_on"] = today(-2), today(-3)
    case.id = world.post("BAWASLU", "/v1/cases", case.body).json["id"]
    patch = {"source": {"received_on": today(-1)}, "motives": ["office"]}
    made = world.post("PANRB", f"/v1/cases/{case.id}/correction-requests", {"patch": patch, "reason": "x"})
    world.act("BKN", case.id, "verifications", {"occurred_on": today(), "outcome": "accepted"})
    for agency in ("BAWASLU", "PANRB"):
        answer = world.act(agency, case.id, f"correction-requests/{made.json['number']}/acceptance", {"reason": "x"})
        attack.refused(answer, (403, 409))


def grown(world, attack):
    """A history of one's own case, sent again with acts and pauses that cure what is overdue."""
    for action in (
        {"action": "verifications", "outcome": "accepted"},
        {"action": "clock-pauses", "clock": "verification", "until": today(15), "ground": "other", "reason": "x"},
    ):
        case = world.body("BAWASLU")
        case.body["source"]["received_on"], case.body["act"]["occurred_on"] = today(-10), today(-11)
        case.id = world.post("BAWASLU", "/v1/cases", case.body).json["id"]
        before = world.get("BKN", f"/v1/cases/{case.id}").json["clocks"]
        world.imports("BAWASLU", [world.line(case, [{**action, "agency": "BAWASLU", "occurred_on": today(-9)}])])
        after = world.get("BKN", f"/v1/cases/{case.id}").json["clocks"]
        attack.check(before == after or after[0]["recorded_late"], "an import cures what is overdue", after)


def unblocked(world, attack):
    """A decision that arrives later with an earlier day takes no block away."""
    case = world.create("BAWASLU")
    advance(world, case, ROAD[:3] + [("BKN", "blocks", {"occurred_on": "2024-11-20", "letter_number": "B-1"})])
    body = {"occurred_on": "2024-10-28", "outcome": "sanctioned", "decree_number": "SK-1", "sanction": "BER-1"}
    answer = world.act("KEMENDAGRI", case.id, "decisions", body)
    block = world.get("BKN", f"/v1/cases/{case.id}").json.get("block") or {}
    attack.check(block and not block.get("released_on"), "a late decision undoes a block", f"{block} {answer}")


def item_8(world, attack):
    receipt(world, attack, late(world, attack))
    unblocked(world, attack)
    before_and_after(world, attack)
    grown(world, attack)
    return "verifications of today with days of years ago; PATCH, import and request of received_on"


def item_9(world, attack):
    """Pauses that never end, are too long in all, or cure what is overdue."""
    fresh = world.body("BAWASLU")
    fresh.body["source"]["received_on"], fresh.body["act"]["occurred_on"] = today(), today(-1)
    fresh.id = world.post("BAWASLU", "/v1/cases", fresh.body).json["id"]
    old = world.create("BAWASLU")
    pause = {"occurred_on": today(), "clock": "verification", "ground": "other", "reason": "x"}
    for query in ("?dry_run=true", ""):
        for until in (None, today(31), today(400), "9999-12-31", today(), today(-1), "never", ""):
            body = {**pause, **({"until": until} if until is not None else {})}
            attack.refused(world.act("BKN", fresh.id, "clock-pauses", body, query), 422)
        attack.refused(
            world.act("BKN", fresh.id, "clock-pauses", {**pause, "until": today(5), "ground": "because"}, query), 422
        )
        for on in (today(), "2024-10-08"):
            answer = world.act(
                "BKN",
                old.id,
                "clock-pauses",
                {**pause, "occurred_on": on, "until": today(5) if on == today() else "2024-10-20"},
                query,
            )
            attack.refused(answer, 409)
        for agency in ("KASN", "PANRB"):
            answer = world.act(agency, fresh.id, "clock-pauses", {**pause, "until": today(5)}, "?dry_run=true")
            attack.check(answer.status == 403 or agency == "PANRB", "a stranger pauses", answer)
    for days, status in ((30, 201), (29, 409)):
        answer = world.act("BKN", fresh.id, "clock-pauses", {**pause, "until": today(days)})
        attack.check(answer.status in (status, 422) if status == 409 else answer.status == status, "pauses", answer)
    for agency in AGENCIES:
        listed = world.get(agency, "/v1/clocks?paused=true&limit=200")
        attack.check(fresh.id in listed.text, f"{agency} is not shown the pause", listed)
    shown = world.get("KASN", f"/v1/cases/{fresh.id}")
    attack.check('"ground":"other"' in shown.text, "the ground of a pause is not core", shown)
    imports_of_pauses(world, attack, pause)
    return "pauses without an end, beyond 30 days and 60 in all, dated back, by acts and imports"


def imports_of_pauses(world, attack, pause):
    """Three pauses that follow each other make more than 60 days; open ones and long ones come by import, too."""
    start = {"received": "2024-10-06"}
    days = [("2024-10-07", "2024-11-06"), ("2024-11-06", "2024-12-06"), ("2024-12-06", "2024-12-07")]

    def steps(spans):
        common = {"action": "clock-pauses", "agency": "BAWASLU", **pause}
        return [{**common, "occurred_on": one, "until": end} for one, end in spans]

    for spans in (days, [("2024-10-07", "2024-11-07")], [("2024-10-07", "2099-01-01")]):
        for query in ("?dry_run=true", ""):
            answer = world.imports("BAWASLU", [world.line(world.body("BAWASLU"), steps(spans))], query)
            attack.check(answer.lines[0]["status"] == "invalid", f"pauses of {start} come in by import", answer)
    endless = steps(days[:1])
    del endless[0]["until"]
    answer = world.imports("BAWASLU", [world.line(world.body("BAWASLU"), endless)])
    attack.check(answer.lines[0]["status"] == "invalid", "an endless pause comes in by import", answer)
