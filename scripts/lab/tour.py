"""A case from report to closure. Every step is checked; the first one that is not as promised ends the tour."""

import copy
import json
import os
import time

from lab.client import Client
from lab.server import read_keys
from lab.settings import NDJSON, ROOT

NAME = "Pegawai Contoh"
DECISION = {"occurred_on": "2024-10-28", "outcome": "sanctioned", "decree_number": "SK-1", "sanction": "BER-1"}


class Tour:
    """A client that says what it asks, and stops at the first answer that is not the promised one."""

    def __init__(self, url, keys):
        self.client, self.run = Client(url, keys), f"tour-{int(time.time())}-{os.getpid()}"
        self.answer, self.id = None, ""

    def say(self, text):
        print(f"\n== {text}", flush=True)

    def fail(self, text):
        raise SystemExit(f"\nTHE TOUR ENDS HERE: {text}\n{self.answer}\n{self.answer.fields}")

    def call(self, who, status, method, path, body=None, fields=None, kind="application/json"):
        """One request; its status must be this one."""
        print(method, path)
        self.answer = self.client.ask(who, method, path, body, fields, kind)
        print("->", self.answer.status, flush=True)
        if self.answer.status != status:
            self.fail(f"expected {status}, got {self.answer.status}")
        return self.answer.json

    def expect(self, truth, what):
        if not truth:
            self.fail(what)
        print("ok:", what, flush=True)

    def act(self, who, action, body, status=201, case=None, tag=None):
        """An act on the case, with the tag that the caller sees now."""
        path = f"/v1/cases/{case or self.id}"
        if tag is None:
            self.call(who, 200, "GET", path)
            tag = self.answer["ETag"]
        return self.call(who, status, "POST", f"{path}/{action}", body, {"If-Match": tag})

    def post(self, who, path, body, key, status=201):
        return self.call(who, status, "POST", path, body, {"Idempotency-Key": key})

    def get(self, who, path, status=200):
        return self.call(who, status, "GET", path)

    def send(self, who, case, actions=()):
        """One line of an import; its result."""
        line = json.dumps({"case": case, "actions": list(actions)}) + "\n"
        return self.call(who, 200, "POST", "/v1/imports", line, kind=NDJSON)

    def body(self, reference):
        return {
            "election": "pilkada-2024",
            "region": "16.71",
            "institution": "16.71",
            "subject": {
                "name": NAME,
                "identifier_missing": True,
                "position_level": "pelaksana",
                "position_title": "Analis",
            },
            "violation": "DS-06",
            "act": {
                "occurred_on": "2024-10-02",
                "channel": "social_media",
                "narrative": "Uraian contoh (sintetis).",
                "supports": "candidate",
            },
            "source": {"kind": "laporan", "agency_ref": reference, "received_on": "2024-10-06"},
        }

    def line(self, reference, **act):
        return {
            "election": "pilkada-2024",
            "region": "16.71",
            "institution": "16.71",
            "subject": {"name": NAME, "identifier_missing": True, "position_level": "pelaksana"},
            "violation": "DS-06",
            "act": {"occurred_on": "2024-10-02", "narrative": "Uraian contoh (sintetis).", **act},
            "source": {"kind": "temuan", "agency": "BAWASLU", "agency_ref": reference, "received_on": "2024-10-06"},
        }


def report(tour):
    tour.say("BAWASLU posts a case")
    body = tour.body(tour.run)
    made = tour.post("BAWASLU", "/v1/cases", body, tour.run)
    tour.id = made["id"]
    tour.expect(made["stage"] == "received" and made["subject"]["name"] == NAME, "BAWASLU sees its own case whole")

    tour.say("The same request again creates nothing")
    again = tour.post("BAWASLU", "/v1/cases", body, tour.run)
    tour.expect(again["id"] == tour.id, "a retried POST gives the first answer")
    tour.expect(tour.answer["Idempotency-Replayed"] == "true", "the answer says that it is a replay")

    tour.say("PANRB sees it without the person's name")
    seen = tour.get("PANRB", f"/v1/cases/{tour.id}")
    is_withheld = "name" not in seen["subject"] and "subject" in seen["redacted"]
    tour.expect(is_withheld, "the name is withheld, and redacted says so")

    tour.say("An operator key sees no case")
    tour.get("OPERATOR", f"/v1/cases/{tour.id}", 403)


def recommend(tour):
    """The way to the recommendation; the tag that is stale afterwards."""
    tour.say("BKN verifies, BAWASLU studies")
    tour.act("BKN", "verifications", {"occurred_on": "2024-10-09", "outcome": "accepted"})
    stale = tour.answer["ETag"]
    study = {"occurred_on": "2024-10-11", "outcome": "violation", "summary": "Kajian contoh."}
    tour.act("BAWASLU", "studies", study)
    seen = tour.get("KEMENDAGRI", f"/v1/cases/{tour.id}")
    tour.expect("name" not in seen["subject"], "KEMENDAGRI does not see the name yet")

    tour.say("BKN recommends: from now on KEMENDAGRI sees the name, as the institution is regional")
    letter = {"letter_number": "R-1/" + tour.run, "proposed_sanction": "BER-1"}
    tour.act("BKN", "recommendations", {"occurred_on": "2024-10-20", "outcome": "recommended", **letter})
    seen = tour.get("KEMENDAGRI", f"/v1/cases/{tour.id}")
    tour.expect(seen["subject"].get("name") == NAME, "KEMENDAGRI sees the name")
    due = [clock["due_on"] for clock in seen["clocks"] if clock["kind"] == "ppk_follow_up"]
    tour.expect(due == ["2024-11-07"], "the PPK has until 7 November")
    return stale


def block(tour):
    tour.say("A block is refused while the clock runs")
    told = tour.act("BKN", "blocks", {"occurred_on": "2024-11-07", "letter_number": "B-1"}, 409)
    tour.expect(told["code"] == "clock_running", "the problem is clock_running")

    tour.say("The PPKs whose time is over are the candidates for a block")
    listed = tour.get("BKN", "/v1/clocks?kind=ppk_follow_up&overdue=true&institution=16.71&limit=200")
    mine = [item for item in listed["items"] if item["case_id"] == tour.id]
    tour.expect(mine and mine[0]["block_candidate"]["from"] == "2024-11-08", "from 8 November")
    tour.expect(mine[0]["escalate_to"]["agency"] == "KEMENDAGRI", "KEMENDAGRI escalates")


def decide(tour, stale):
    tour.say("A stale If-Match is refused")
    told = tour.act("BKN", "decisions", DECISION, 412, tag=stale)
    tour.expect(told["code"] == "version_mismatch" and "current_etag" in told, "the problem names the current tag")

    tour.say("A person is looked for in a body, never in an address")
    question = {"name": "CONTOH pegawai", "stage": ["recommended"], "limit": 200}
    found = tour.call("BKN", 200, "POST", "/v1/case-searches", question)
    tour.expect(tour.id in [item["id"] for item in found["items"]], "found by the words of the name")
    told = tour.get("BKN", "/v1/cases?q=contoh", 400)
    tour.expect("/v1/case-searches" in told["detail"], "GET names the search")

    tour.say("The decision is recorded, and the case closed")
    tour.act("KEMENDAGRI", "decisions", DECISION)
    closed = tour.act("BKN", "closures", {"occurred_on": "2024-11-20", "idis_reference": "IDIS-1"})
    tour.expect(closed["stage"] == "closed" and closed["final"], "the case is closed")


def bring(tour):
    tour.say("A key imports for its own agency, and not in the name of another")
    line = tour.line(tour.run + "-i")
    told = tour.send("PANRB", line)
    is_refused = told["status"] == "invalid" and told["problem"]["code"] == "import_not_yours"
    tour.expect(is_refused, "PANRB cannot report for BAWASLU")
    tour.expect(tour.send("BAWASLU", line)["status"] == "created", "BAWASLU imports its own report")

    tour.say("A line that is sent again is known, what follows is taken, and what differs is told where")
    spelled = copy.deepcopy(line)
    spelled["subject"]["name"] = " PEGAWAI  contoh "
    known = tour.send("BAWASLU", spelled)["status"]
    tour.expect(known == "duplicate", "the same report in another spelling is a duplicate")
    own = {"action": "verifications", "agency": "BAWASLU", "occurred_on": "2024-10-09", "outcome": "accepted"}
    tour.expect(tour.send("BAWASLU", line, [own])["status"] == "extended", "its verification is taken")
    told = tour.send("BAWASLU", tour.line(tour.run + "-i", narrative="Uraian lain (sintetis)."))
    where = told["status"] == "differs" and told["problem"]["errors"][0]["pointer"]
    tour.expect(where == "/case/act/narrative", "another narrative differs")

    tour.say("A table is whole, a page is a page, and either way it says what it is")
    tour.get("BAWASLU", "/v1/cases?format=csv")
    tour.expect(len(tour.answer.text.splitlines()) > 50, "the table has every case")
    tour.get("BAWASLU", "/v1/cases/", 308)


def migrate(tour):
    tour.say(
        "With scope migration any agency may be named, in sight of all, and what is recorded so waits for its word"
    )
    wish = {"agency": "PANRB", "label": "tur", "scopes": ["migration"]}
    tour.client.keys["migration"] = tour.post("OPERATOR", "/v1/admin/keys", wish, tour.run + "-m")["key"]
    shown = tour.get("KASN", "/v1/whoami")["migrations"]
    is_shown = any(key["agency"] == "PANRB" and key["label"] == "tur" for key in shown)
    tour.expect(is_shown, "every agency is shown the key")
    verified = {"action": "verifications", "agency": "BKN", "occurred_on": "2024-10-09", "outcome": "accepted"}
    imported = tour.send("migration", tour.line(tour.run + "-m"), [verified])["id"]
    seen = tour.get("BKN", f"/v1/cases/{imported}")
    is_waiting = seen["imported_by"] == "PANRB" and seen["unconfirmed"] == ["BAWASLU", "BKN"]
    tour.expect(is_waiting, "BAWASLU and BKN have something to confirm")
    answer = {"outcome": "disputed", "reason": "BKN tidak memverifikasi."}
    void = tour.act("BKN", "confirmations", answer, case=imported)
    tour.expect(void["stage"] == "received", "the act that BKN disputes is void")
    answer = {"outcome": "disputed", "reason": "Bukan laporan BAWASLU."}
    none = tour.act("BAWASLU", "confirmations", answer, case=imported)
    tour.expect(none["disputed"], "the report that BAWASLU disputes is none")
    tour.get("KASN", f"/v1/cases/{imported}", 404)
    true = tour.post("BAWASLU", "/v1/cases", tour.body(tour.run + "-m"), tour.run + "-t")
    tour.expect(true["imported_by"] is None, "the true report has the number")


def look_back(tour):
    tour.say("Its history names every step")
    items = tour.get("PANRB", f"/v1/cases/{tour.id}/history")["items"]
    steps = ["created", "verifications", "studies", "recommendations", "decisions", "closures"]
    is_whole = [item["what"] for item in items] == steps
    tour.expect(is_whole, "created, verified, studied, recommended, decided, closed")
    for item in items:
        print(item["seq"], item["occurred_on"], item["agency"], item["what"], "->", item["stage"], sep="\t")

    tour.say("Figures of the past come out as they were published, by name, and the same for all who see the same")
    question = "/v1/statistics/funnel?election=pilkada-2020&unit=person&as_of=2020-09-30"
    one, other = tour.get("BKN", question), tour.get("BAWASLU", question)
    counts = [one["total"][name] for name in ("reported", "recommended", "followed_up")]
    tour.expect(counts == [694, 492, 256], "694 persons, 492 recommended, 256 followed up")
    tour.expect(one["figure_id"] == other["figure_id"], "BAWASLU is given the same figure")
    figure = tour.get("BKN", f"/v1/figures/{one['figure_id']}")
    is_same = figure["today"]["same"] and figure["figure"]["total"]["reported"] == 694
    tour.expect(is_same, "it is the same today")
    items = tour.get("KASN", "/v1/published-figures?election=pilkada-2020")["items"]
    # The demo's history ends in 2020; what was published later stands beside it, and differs.
    differences = [item["effective"]["reported"]["difference"] for item in items if item["as_of"] < "2021"]
    tour.expect(differences and not any(differences), "what was published agrees with the record")

    tour.say("Nobody needs a key for what is public; each number is perturbed by itself")
    question = "election=pilkada-2020&as_of=2020-10-31&group_by=province"
    public = tour.get(None, "/v1/public/statistics/funnel?" + question)
    small = [group for group in public["groups"] if group["reported"] in (1, 2)]
    tour.expect(public["total"]["reported"] > 0 and not small, "no count of one or two")
    is_named = len(public["groups"]) == 39 and public["method"]["name"] == "cell_key"
    tour.expect(is_named, "every province has a row, and the method is named")


def main(arguments):
    url = arguments[0] if arguments else "http://localhost:8080"
    tour = Tour(url.rstrip("/"), read_keys(arguments[1] if len(arguments) > 1 else ROOT / "demo" / "keys.env"))
    report(tour)
    stale = recommend(tour)
    block(tour)
    decide(tour, stale)
    bring(tour)
    migrate(tour)
    look_back(tour)
    print("\nThe tour is complete.")
    return 0
