"""Attacks of `scripts/attack --keys` on the record: items 1, 2 and 5."""
import json
from attack_keys_world import AGENCIES, LIVING, NDJSON, Answer, moment, today

ROAD = [
    ("BKN", "verifications", {"occurred_on": "2024-10-09", "outcome": "accepted", "reason": "@reason"}),
    ("BAWASLU", "studies", {"occurred_on": "2024-10-11", "outcome": "violation", "summary": "@summary"}),
    ("BKN", "recommendations", {"occurred_on": "2024-10-20", "outcome": "recommended", "letter_number": "R-1",
                                "proposed_sanction": "BER-1"}),
    ("BKN", "decisions", {"occurred_on": "2024-11-04", "outcome": "sanctioned", "decree_number": "SK-1",
                          "sanction": "SED-1", "deviation_reason": "@deviation"}),
    ("BKN", "appeals", {"occurred_on": "2024-11-06", "route": "bpasn"}),
    ("BKN", "rulings", {"occurred_on": "2024-11-20", "outcome": "annulled"}),
]
REJECT = ("BKN", "verifications", {"occurred_on": "2024-10-09", "outcome": "rejected", "reason": "@reason"})
BLOCK = ("BKN", "blocks", {"occurred_on": "2024-11-20", "letter_number": "B-1"})
CLOSE = ("BKN", "closures", {"occurred_on": "2024-11-20", "idis_reference": "I-1"})
STAGES = {
    "received": [], "verified": ROAD[:1], "rejected": [REJECT], "studied": ROAD[:2], "recommended": ROAD[:3],
    "blocked": ROAD[:3] + [BLOCK], "sanctioned": ROAD[:4], "appealed": ROAD[:5], "exonerated": ROAD[:6],
    "closed": ROAD[:4] + [CLOSE],
}


def acts(on):
    """Every act with a body that is right in itself."""
    return [(name, {"occurred_on": on, **rest}) for name, rest in [
        ("verifications", {"outcome": "accepted"}), ("verifications", {"outcome": "rejected", "reason": "x"}),
        ("studies", {"outcome": "violation", "summary": "x"}),
        ("recommendations", {"outcome": "recommended", "letter_number": "R-1", "proposed_sanction": "BER-1"}),
        ("decisions", {"outcome": "sanctioned", "decree_number": "SK-1", "sanction": "BER-1", "deviation_reason": "x"}),
        ("blocks", {"letter_number": "B-1"}), ("block-releases", {"proof": "SK-1"}), ("appeals", {"route": "objection"}),
        ("rulings", {"outcome": "upheld"}), ("closures", {"idis_reference": "I-1"}), ("cancellations", {"reason": "x"}),
        ("lapses", {"reason": "retired"}), ("escalations", {"letter_number": "E-1", "addressee": "Gubernur"}),
        ("clock-pauses", {"clock": "verification", "until": today(10), "ground": "other", "reason": "x"}),
        ("clock-resumptions", {"clock": "verification", "reason": "x"}), ("notes", {"text": "x"})]]


def writes(case, on, other):
    """Every write on a case: method, path behind its address, body."""
    return [("POST", name, body) for name, body in acts(on)] + [
        ("PATCH", "", {"motives": ["office"], "reason": "x"}),
        ("PATCH", "", {"institution": "16.71", "reason": "x"}),
        ("POST", "correction-requests", {"patch": {"motives": ["office"]}, "reason": "x"}),
        ("POST", "correction-requests/1/acceptance", {"reason": "x"}),
        ("POST", "correction-requests/1/refusal", {"reason": "x"}),
        ("POST", "links", {"case_id": other, "relation": "same_person"}),
        ("POST", "links", {"case_id": other, "relation": "same_act"}),
        ("POST", "confirmations", {"outcome": "disputed", "reason": "x"}),
        ("POST", "confirmations", {"outcome": "confirmed"})]


def advance(world, case, steps):
    for agency, action, body in steps:
        body = {k: world.plant(case, "narrative", v[1:]) if str(v).startswith("@") else v for k, v in body.items()}
        answer = world.act(agency, case.id, action, body)
        if answer.status != 201:
            raise SystemExit(f"the attack cannot begin: {answer}")
        case.verified |= action == "verifications" and body["outcome"] == "accepted"
        case.recommended |= action == "recommendations"


def plant_all(world, owners=LIVING):
    """Cases of every owner, regional and central, at every stage, with a note and a wish of each who may."""
    cases = []
    for owner in owners:
        for regional in (True, False):
            for stage, steps in STAGES.items():
                case = world.create(owner, regional)
                if case.answer.status != 201:
                    raise SystemExit(f"the attack cannot begin: {case.answer}")
                case.stage = stage
                wisher = "BAWASLU" if owner != "BAWASLU" else "BKN"
                world.post(wisher, f"/v1/cases/{case.id}/correction-requests",
                           {"patch": {"act": {"place": world.plant(case, f"wish {wisher}", "wanted")}},
                            "reason": world.plant(case, f"wish {wisher}", "wish")})
                advance(world, case, steps)
                for writer in LIVING if regional else ("BAWASLU", "BKN", "PANRB"):
                    text = world.plant(case, f"notes {writer}", f"note{writer.lower()}")
                    world.act(writer, case.id, "notes", {"occurred_on": today(), "text": text})
                cases.append(case)
    return cases


def reads(world, case):
    """Everything that can be asked of one case."""
    place = f"/v1/cases/{case.id}"
    return [place, place + "/history", place + "/allowed-actions", place + "/correction-requests", place + "/links",
            place + "/related", place + f"?as_of={today()}", place + f"?as_of={moment(0)}"]


def dry_runs(world, attack, cases):
    """1: no dry run shows what is withheld, or leaves a trace."""
    for case in cases:
        for agency in AGENCIES:
            whole = world.get(agency, f"/v1/cases/{case.id}")
            before, tag = whole.json, whole["ETag"]
            head = world.head()
            other = cases[0].id
            for method, path, body in writes(case, today(), other):
                answer = world.act(agency, case.id, path, body, "?dry_run=true", tag or '"2-1-0"', method)
                shown = answer.json
                if answer.status < 300 and shown.get("id") == case.id:
                    attack.check(shown.get("redacted") == before.get("redacted"), "a dry run changes redacted", answer)
                    attack.check(answer["ETag"].rsplit("-", 1)[1] == tag.rsplit("-", 1)[1],
                                 f"a dry run shows more than {tag} in its tag", answer)
                    attack.check(shown["seq"] in (None, before["seq"]), "a dry run gives a new sequence", answer)
                    attack.check(set(shown["subject"]) == set(before["subject"]), "a dry run shows more fields", answer)
                attack.check(answer["Location"] is None, "a dry run gives an address", answer)
                if not tag:
                    attack.check(answer.status in (404, 422) or answer.code == "agency_ended",
                                 "a hidden case is told of", answer)
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
                attack.check(answer.json.get("number") is None and answer.json.get("seq") is None,
                             "a dry run gives number or sequence", answer)
                attack.check(answer["Location"] is None, "a dry run gives an address", answer)
            for line in (world.line(mine), world.line(victim)):
                answer = world.imports(agency, [line], "?dry_run=true")
                attack.check(victim.id not in answer.text or agency == victim.owner, "an import tells of a case", answer)
        for path, body in [
                ("/v1/confirmations", {"imported_by": "PANRB", "until": today(), "outcome": "confirmed"}),
                ("/v1/published-figures", {"election": "pilkada-2020", "as_of": "2020-08-19", "unit": "person",
                                           "source": "x", "values": {"reported": 1}}),
                ("/v1/admin/keys", {"agency": "BKN", "label": "x", "scopes": ["cases:read"]}),
                ("/v1/admin/releases", {"election": "pilkada-2020", "until": "2020-10-31"}), ("/v1/admin/backups", None)]:
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
            for path in ("/v1/cases?limit=200", "/v1/cases", "/v1/clocks?limit=200", "/v1/exports/cases",
                         f"/v1/changes?after={max(0, world.head() - 900)}&limit=1000"):
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


def recordings(world, case, agency, on, match='"2-1-0"'):
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
        yield world.post(agency, "/v1/confirmations" + query,
                         {"imported_by": "PANRB", "until": today(), "outcome": "confirmed"})
        yield world.ask(agency, "POST", "/v1/confirmations" + query, json.dumps(
            {"case_id": case.id, "if_match": tag, "outcome": "confirmed"}) + "\n", kind=NDJSON)
        yield world.post(agency, "/v1/published-figures" + query,
                         {"election": "pilkada-2020", "as_of": "2020-08-19", "unit": "person", "source": "x",
                          "values": {"reported": 400}})


READS = ["/v1/cases?limit=1", "/v1/clocks?limit=1", "/v1/changes?after=0&limit=1", "/v1/exports/cases",
         "/v1/statistics/funnel", "/v1/statistics/timeliness", "/v1/published-figures", "/v1/reconciliations"]


def looks(world, who, case_id):
    """Every kind of reading."""
    for path in READS + [f"/v1/cases/{case_id}", f"/v1/cases/{case_id}/history", f"/v1/cases/{case_id}/related"]:
        yield world.get(who, path)
    yield world.ask(who, "POST", "/v1/case-searches", {"limit": 1})
    yield world.ask(who, "POST", "/v1/reconciliations", "", kind=NDJSON)


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
            ("UJILALU", {"valid_until": "2024-12-31", "access_until": "2025-01-31"}, "agency_ended")]:
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
    attack.check(seen.get("redacted") == [] and seen["subject"].get("nip") == own.nip and "reporter" in seen,
                 "an added agency does not see its own report whole", own.answer)
    for path in reads(world, other) + READS:
        world.get("UJIBARU", path)
    seen = world.get("UJIBARU", f"/v1/cases/{other.id}").json
    attack.check(set(seen.get("redacted", [])) == {"subject", "narrative", "evidence", "reporter"},
                 "an added agency sees more than core", seen)
    for method, path, body in writes(other, today(), own.id):
        world.act("UJIBARU", other.id, path, body, "?dry_run=true", None, method)
        world.act("UJIBARU", other.id, path, body, "", None, method)


def item_2(world, attack):
    ended(world, attack)
    not_of_today(world, attack)
    added(world, attack)
    return "KASN dates back on every recording route; agencies of next year, of the past, and a new one"


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
                short(attack, world.ask(name, method, f"/v1/cases/{case.id}{path and '/' + path}{query}", body,
                                        {"If-Match": tag, "Idempotency-Key": world.fresh()}))
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
    opens = {"cases:read": ["/v1/cases", "/v1/clocks"], "imports": [], "sync": ["/v1/changes", "/v1/exports"],
             "statistics": ["/v1/statistics", "/v1/published"], "migration": []}
    for scope, places in opens.items():
        world.key("narrow " + scope, "BKN", [scope])
        for path in READS[:-1] + [f"/v1/cases/{case.id}", f"/v1/cases/{case.id}/history"]:
            answer = world.get("narrow " + scope, path)
            if not any(path.startswith(place) for place in places):
                attack.refused(answer, 403, "scope_missing")
