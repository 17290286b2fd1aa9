"""What `scripts/attack --keys` works with: a client, planted texts, and who may see them."""
import datetime, http.client, json, os, random, re, subprocess, tempfile, threading, urllib.parse

AGENCIES = ["BAWASLU", "BKN", "KASN", "KEMENDAGRI", "PANRB"]
LIVING = [agency for agency in AGENCIES if agency != "KASN"]
JSON, NDJSON = "application/json", "application/x-ndjson"
ABSENT = "0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a90"
JAKARTA = datetime.timezone(datetime.timedelta(hours=7))


def today(days=0):
    return (datetime.datetime.now(JAKARTA).date() + datetime.timedelta(days=days)).isoformat()


def moment(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Answer:
    def __init__(self, request, status, fields, body):
        self.request, self.status, self.fields, self.body = request, status, fields, body

    def __getitem__(self, name):
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return {}

    @property
    def lines(self):
        return [json.loads(line) for line in self.text.splitlines() if line.strip()]

    @property
    def code(self):
        value = self.json
        return value.get("code") if isinstance(value, dict) else None

    @property
    def alike(self):
        """What must be the same for a case that is absent and one that is hidden."""
        fields = sorted((k.lower(), v) for k, v in self.fields if k.lower() not in ("x-request-id", "date"))
        return self.status, fields, re.sub(r'"request_id":"[^"]*"', "", self.text)

    def __str__(self):
        return f"{self.request} -> {self.status} {self.text[:300]!r}"


class LocalConnection(http.client.HTTPConnection):
    """HTTP by a socket in the file system."""

    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        import socket
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(self.path)


class Client:
    """One kept connection for each thread; keys are named, so that no secret stands in what is printed."""

    def __init__(self, url, keys):
        self.url, self.keys, self.local, self.asked = urllib.parse.urlsplit(url), keys, threading.local(), 0

    def connection(self):
        if getattr(self.local, "connection", None) is None:
            kind = http.client.HTTPSConnection if self.url.scheme == "https" else http.client.HTTPConnection
            self.local.connection = (LocalConnection(self.url.path) if self.url.scheme == "unix"
                                     else kind(self.url.hostname, self.url.port, timeout=120))
        return self.local.connection

    def ask(self, who, method, path, body=None, fields=None, kind=JSON):
        """`who` is an agency, the name of another key, or None."""
        fields = dict(fields or {})
        if who:
            fields["Authorization"] = "Bearer " + self.keys[who]
        if body is not None:
            body = body if isinstance(body, (str, bytes)) else json.dumps(body)
            body = body.encode() if isinstance(body, str) else body
            fields.setdefault("Content-Type", kind)
        self.asked += 1
        for attempt in (1, 2):
            connection = self.connection()
            try:
                connection.request(method, path, body, fields)
                response = connection.getresponse()
                data = response.read()
                break
            except (ConnectionError, http.client.HTTPException):
                connection.close()
                self.local.connection = None
                if attempt == 2:
                    raise
        if response.will_close:
            connection.close()
        said = f"{method} {path} by {who or 'nobody'}" + (f" {body[:300].decode('utf-8', 'replace')}" if body else "")
        return Answer(said, response.status, response.getheaders(), data)


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
        self.run = "%08x" % random.getrandbits(32)
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

    def get(self, who, path, **fields):
        return self.ask(who, "GET", path, None, {k.replace("_", "-"): v for k, v in fields.items()})

    def post(self, who, path, body, fields=None):
        return self.ask(who, "POST", path, body, {"Idempotency-Key": self.fresh(), **(fields or {})})

    def tag(self, who, case_id):
        return self.get(who, f"/v1/cases/{case_id}")["ETag"]

    def act(self, who, case_id, action, body, query="", tag=None, method="POST"):
        tag = tag or self.tag(who, case_id) or '"2-1-0"'
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
        plant = lambda group, name: self.plant(case, group, name)
        case.nip = nip or (f"{random.randint(1960, 1985)}{random.randint(1, 12):02}{random.randint(1, 28):02}"
                           f"{random.randint(2006, 2020)}{random.randint(1, 12):02}1{random.randint(1, 999):03}")
        self.texts.setdefault(case.nip, []).append((case, "subject"))
        case.name, case.reference = plant("subject", "name"), f"REF-{self.run}-{self.marks}"
        case.body = {
            "election": "pilkada-2024", "region": "16.71", "institution": "16.71" if regional else "kemenag",
            "subject": {"name": case.name, "nip": case.nip, "position_level": "pelaksana",
                        "position_title": plant("subject", "title")},
            "violation": "DS-06",
            "act": {"occurred_on": "2024-10-02", "narrative": plant("narrative", "story"), "place": plant("narrative", "place"),
                    "witnesses": [{"name": plant("narrative", "witness"), "contact": plant("narrative", "wcontact")}]},
            "source": {"kind": "laporan", "agency_ref": case.reference, "received_on": "2024-10-06"},
            "reporter": {"mode": "named", "name": plant("reporter", "reporter"), "contact": plant("reporter", "rcontact")},
            **more}
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
        self.found += self.world.leaks[self.leaks:]
        return self.world.asked - self.before + self.more


class Server:
    """The program over a demo database of its own."""

    def __init__(self, program, folder, name="netral", **settings):
        self.program, self.folder, self.process = program, folder, None
        self.database, self.log = os.path.join(folder, name + ".sqlite"), os.path.join(folder, name + ".log")
        self.environment = {"PATH": os.environ["PATH"], "NETRAL_LOG_LEVEL": "error", **settings}
        if not os.path.exists(self.database):
            text = subprocess.check_output([program, "demo", "--database", self.database], text=True)
            with open(os.open(self.database + ".env", os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write(text)
        self.keys = read_keys(self.database + ".env")

    def start(self, *options):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--database", self.database, *(options or ("--port", "0"))],
                stdout=subprocess.PIPE, stderr=log, env=self.environment)
        line = self.process.stdout.readline().decode().strip()
        if not line:
            raise RuntimeError(f"the server does not start: {open(self.log).read()[-1000:]}")
        self.url = line.rsplit(" ", 1)[1]
        return self

    def memory(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) >> 10

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def read_keys(path):
    with open(path) as file:
        return dict(re.findall(r"""^(?:export )?([A-Z_]+)=["']?(ntk_[A-Za-z0-9_-]+)""", file.read(), re.M))
