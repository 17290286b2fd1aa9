"""What `scripts/attack --keys` works with: planted texts, and who may see them."""

import datetime
import json
import os
import random
import re
import threading

from lab.client import Client
from lab.server import Server
from lab.settings import AGENCIES, JSON, NDJSON

LIVING = [agency for agency in AGENCIES if agency != "KASN"]
ABSENT = "0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a90"
JAKARTA = datetime.timezone(datetime.timedelta(hours=7))


def today(days=0):
    return (datetime.datetime.now(JAKARTA).date() + datetime.timedelta(days=days)).isoformat()


def moment(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def small_server(world, **settings):
    """A server beside the one that is attacked, over a demo file that those who ask for it share."""
    return Server(world.program, os.path.join(world.folder, "small.sqlite"), **settings).demo()


class Planted:
    """A case with texts that nobody else writes."""

    def __init__(self, owner, regional, mark):
        self.owner, self.regional, self.mark, self.id = owner, regional, mark, None
        self.verified = self.recommended = False

    def sees(self, agency, group):
        """The table of visibility, written again by hand. A group may be that of one agency: `notes BKN`."""
        if group.startswith(("notes ", "wish ")):
            own = agency == self.owner or (self.owner == "KASN" and agency == "BKN")
            return agency == group.split()[1] or (group.startswith("wish") and own)
        if agency == self.owner:
            return True
        if group == "reporter" or (agency == "KEMENDAGRI" and not self.regional):
            return False
        if agency in ("BAWASLU", "BKN"):
            return True
        if agency == "KASN":
            return self.verified
        if agency == "KEMENDAGRI":
            return self.recommended
        return agency == "PANRB" and group == "subject" and self.recommended


class World(Client):
    """A client that looks for planted texts in whatever it is answered, body and fields."""

    def __init__(self, url, keys):
        super().__init__(url, {**keys, "nobody": "ntk_000000000000_" + "A" * 43})
        self.run = f"{random.getrandbits(32):08x}"
        # By planted text: each case that has it, and the group. By key: the agency it belongs to.
        self.texts, self.owners, self.leaks, self.marks = {}, {}, [], 0
        self.lock = threading.Lock()

    def belongs(self, who):
        return self.owners.get(who, who)

    def fresh(self, kind="k"):
        self.marks += 1
        return f"{kind}-{self.run}-{self.marks}"

    def plant(self, case, group, name):
        text = f"zq{case.mark}{name}qz".lower()
        self.texts[text] = [(case, group)]
        return text

    def ask(self, who, method, path, body=None, fields=None, kind=JSON):
        answer = super().ask(who, method, path, body, fields, kind)
        self.look(who, answer, body)
        return answer

    def look(self, who, answer, body):
        text = (answer.text + "\n" + "\n".join(f"{k}: {v}" for k, v in answer.fields)).lower()
        found = set(re.findall(r"zq[0-9a-f]{8}x\d+x[a-z]+qz", text)) | set(re.findall(r"(?<!\d)\d{18}(?!\d)", text))
        sent = (body if isinstance(body, str) else json.dumps(body) if body is not None else "") + answer.request
        for word in found:
            places = self.texts.get(word, [])
            if not places or word in sent.lower() or self.may_see(who, places):
                continue
            for case, _ in places:
                self.refresh(case)
            if not self.may_see(who, places):
                self.leaks.append(f"withheld {places[0][1]} of a case of {places[0][0].owner}: {answer}")

    def may_see(self, who, places):
        return any(case.sees(self.belongs(who), group) for case, group in places)

    def refresh(self, case):
        if case.id is None:
            return
        done = Client.ask(self, "BKN", "GET", f"/v1/cases/{case.id}").json.get("milestones", {})
        case.verified, case.recommended = "verified" in done, "recommended" in done

    # What an honest client does.

    def post(self, who, path, body, fields=None):
        return self.ask(who, "POST", path, body, {"Idempotency-Key": self.fresh(), **(fields or {})})

    def tag(self, who, case_id):
        return self.get(who, f"/v1/cases/{case_id}")["ETag"]

    def act(self, who, case_id, action, body, query="", tag=None, method="POST"):
        tag = tag or self.tag(who, case_id) or '"4-1-0"'
        fields = {"If-Match": tag}
        if action in ("links", "correction-requests"):
            fields["Idempotency-Key"] = self.fresh()
        return self.ask(who, method, f"/v1/cases/{case_id}{action and '/' + action}{query}", body, fields)

    def head(self):
        return Client.ask(self, "BKN", "GET", "/v1/changes?after=0&limit=1").json["head"]

    def body(self, owner, regional=True, nip=None, **more):
        """A case to post, with planted texts in every group."""
        self.marks += 1
        case = Planted(owner, regional, f"{self.run}x{self.marks}x")

        def plant(group, name):
            return self.plant(case, group, name)

        case.nip = nip or (
            f"{random.randint(1960, 1985)}{random.randint(1, 12):02}{random.randint(1, 28):02}"
            f"{random.randint(2006, 2020)}{random.randint(1, 12):02}1{random.randint(1, 999):03}"
        )
        self.texts.setdefault(case.nip, []).append((case, "subject"))
        case.name, case.reference = plant("subject", "name"), f"REF-{self.run}-{self.marks}"
        case.body = {
            "election": "pilkada-2024",
            "region": "16.71",
            "institution": "16.71" if regional else "kemenag",
            "subject": {
                "name": case.name,
                "nip": case.nip,
                "position_level": "pelaksana",
                "position_title": plant("subject", "title"),
            },
            "violation": "DS-06",
            "act": {
                "occurred_on": "2024-10-02",
                "narrative": plant("narrative", "story"),
                "place": plant("narrative", "place"),
                "witnesses": [{"name": plant("narrative", "witness"), "contact": plant("narrative", "wcontact")}],
            },
            "source": {"kind": "laporan", "agency_ref": case.reference, "received_on": "2024-10-06"},
            "reporter": {
                "mode": "named",
                "name": plant("reporter", "reporter"),
                "contact": plant("reporter", "rcontact"),
            },
            **more,
        }
        return case

    def create(self, owner, regional=True, query="", who=None, **more):
        case = self.body(owner, regional, **more)
        case.answer = self.post(who or owner, "/v1/cases" + query, case.body)
        case.id = case.answer.json.get("id")
        return case

    def line(self, case, actions=(), agency=None):
        body = {**case.body, "source": {**case.body["source"], "agency": agency or case.owner}}
        return json.dumps({"case": body, "actions": list(actions)})

    def imports(self, who, lines, query=""):
        return self.ask(who, "POST", "/v1/imports" + query, "\n".join(lines) + "\n", kind=NDJSON)

    def key(self, name, agency, scopes, **more):
        """Makes a key and remembers it under `name`."""
        body = {"agency": agency, "label": "attack", "scopes": scopes, **more}
        if agency is None:
            body = {k: v for k, v in {**body, "operator": True}.items() if k != "agency"}
        answer = self.post("OPERATOR", "/v1/admin/keys", body)
        secret = answer.json.get("key")
        if secret:
            self.keys[name], self.owners[name] = secret, agency or "OPERATOR"
            answer.body = answer.body.replace(secret.encode(), b"...")
        return answer


class Attack:
    """One line of the table: what was tried, how often, and what was found."""

    def __init__(self, world, name):
        self.world, self.name, self.found, self.before, self.leaks = world, name, [], world.asked, len(world.leaks)
        self.more = 0

    def check(self, is_right, what, answer=""):
        if not is_right:
            self.found.append(f"{what}: {answer}")
        return is_right

    def refused(self, answer, status, code=None):
        """A refusal with one of these statuses, and with that code."""
        statuses = status if isinstance(status, tuple) else (status,)
        is_right = answer.status in statuses and (code is None or answer.code == code)
        return self.check(is_right, f"expected {status} {code or ''}", answer)

    def end(self):
        self.found += self.world.leaks[self.leaks :]
        return self.world.asked - self.before + self.more
