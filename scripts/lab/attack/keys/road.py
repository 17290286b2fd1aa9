"""The road of a case from report to closure, and everything that can be asked and written of it."""

from lab.attack.keys.world import LIVING, moment, today
from lab.settings import NDJSON

ROAD = [
    ("BKN", "verifications", {"occurred_on": "2024-10-09", "outcome": "accepted", "reason": "@reason"}),
    ("BAWASLU", "studies", {"occurred_on": "2024-10-11", "outcome": "violation", "summary": "@summary"}),
    (
        "BKN",
        "recommendations",
        {"occurred_on": "2024-10-20", "outcome": "recommended", "letter_number": "R-1", "proposed_sanction": "BER-1"},
    ),
    (
        "BKN",
        "decisions",
        {
            "occurred_on": "2024-11-04",
            "outcome": "sanctioned",
            "decree_number": "SK-1",
            "sanction": "SED-1",
            "deviation_reason": "@deviation",
        },
    ),
    ("BKN", "appeals", {"occurred_on": "2024-11-06", "route": "bpasn"}),
    ("BKN", "rulings", {"occurred_on": "2024-11-20", "outcome": "annulled"}),
]
REJECT = ("BKN", "verifications", {"occurred_on": "2024-10-09", "outcome": "rejected", "reason": "@reason"})
BLOCK = ("BKN", "blocks", {"occurred_on": "2024-11-20", "letter_number": "B-1"})
CLOSE = ("BKN", "closures", {"occurred_on": "2024-11-20", "idis_reference": "I-1"})
STAGES = {
    "received": [],
    "verified": ROAD[:1],
    "rejected": [REJECT],
    "studied": ROAD[:2],
    "recommended": ROAD[:3],
    "blocked": ROAD[:3] + [BLOCK],
    "sanctioned": ROAD[:4],
    "appealed": ROAD[:5],
    "exonerated": ROAD[:6],
    "closed": ROAD[:4] + [CLOSE],
}


def acts(on):
    """Every act with a body that is right in itself."""
    return [
        (name, {"occurred_on": on, **rest})
        for name, rest in [
            ("verifications", {"outcome": "accepted"}),
            ("verifications", {"outcome": "rejected", "reason": "x"}),
            ("studies", {"outcome": "violation", "summary": "x"}),
            ("recommendations", {"outcome": "recommended", "letter_number": "R-1", "proposed_sanction": "BER-1"}),
            (
                "decisions",
                {"outcome": "sanctioned", "decree_number": "SK-1", "sanction": "BER-1", "deviation_reason": "x"},
            ),
            ("blocks", {"letter_number": "B-1"}),
            ("block-releases", {"proof": "SK-1"}),
            ("appeals", {"route": "objection"}),
            ("rulings", {"outcome": "upheld"}),
            ("closures", {"idis_reference": "I-1"}),
            ("cancellations", {"reason": "x"}),
            ("lapses", {"reason": "retired"}),
            ("escalations", {"letter_number": "E-1", "addressee": "Gubernur"}),
            ("clock-pauses", {"clock": "verification", "until": today(10), "ground": "other", "reason": "x"}),
            ("clock-resumptions", {"clock": "verification", "reason": "x"}),
            ("notes", {"text": "x"}),
        ]
    ]


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
        ("POST", "confirmations", {"outcome": "confirmed"}),
    ]


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
                world.post(
                    wisher,
                    f"/v1/cases/{case.id}/correction-requests",
                    {
                        "patch": {"act": {"place": world.plant(case, f"wish {wisher}", "wanted")}},
                        "reason": world.plant(case, f"wish {wisher}", "wish"),
                    },
                )
                advance(world, case, steps)
                for writer in LIVING if regional else ("BAWASLU", "BKN", "PANRB"):
                    text = world.plant(case, f"notes {writer}", f"note{writer.lower()}")
                    world.act(writer, case.id, "notes", {"occurred_on": today(), "text": text})
                cases.append(case)
    return cases


def reads(world, case):
    """Everything that can be asked of one case."""
    place = f"/v1/cases/{case.id}"
    return [
        place,
        place + "/history",
        place + "/allowed-actions",
        place + "/correction-requests",
        place + "/links",
        place + "/related",
        place + f"?as_of={today()}",
        place + f"?as_of={moment(0)}",
    ]


READS = [
    "/v1/cases?limit=1",
    "/v1/clocks?limit=1",
    "/v1/changes?after=0&limit=1",
    "/v1/exports/cases",
    "/v1/statistics/funnel",
    "/v1/statistics/timeliness",
    "/v1/published-figures",
    "/v1/reconciliations",
]


def looks(world, who, case_id):
    """Every kind of reading."""
    for path in READS + [f"/v1/cases/{case_id}", f"/v1/cases/{case_id}/history", f"/v1/cases/{case_id}/related"]:
        yield world.get(who, path)
    yield world.ask(who, "POST", "/v1/case-searches", {"limit": 1})
    yield world.ask(who, "POST", "/v1/reconciliations", "", kind=NDJSON)
