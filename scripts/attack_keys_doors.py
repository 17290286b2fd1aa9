"""Attacks of `scripts/attack --keys` on what stands around the record: items 11 to 13."""
import base64, concurrent.futures, json, os, re, sqlite3, statistics, subprocess, time
from attack_keys_record import ROAD, advance, writes
from attack_keys_world import ABSENT, AGENCIES, NDJSON, Server, World, moment, today

SUBJECT = "CN=attack,O=BKN,C=ID"
# Fields by which a proxy shows itself.
PROXIES = [("Forwarded", "for=10.1.1.1"), ("X-Forwarded-For", "10.1.1.1"), ("Via", "1.1 a"), ("X-Real-IP", "10.1.1.1"),
           ("X-Forwarded-Host", "a"), ("X-Forwarded-Proto", "https"), ("Forwarded", "for=127.0.0.1;by=127.0.0.1")]


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
    claims = [("Netral-Client-Identity", SUBJECT), ("netral-client-identity", f"{SUBJECT} "), ("NETRAL-CLIENT-IDENTITY", SUBJECT),
              ("Netral_Client_Identity", SUBJECT), ("X-Client-Identity", SUBJECT), ("X-SSL-Client-S-DN", SUBJECT)]
    for who, path in (("bound", "/v1/whoami"), ("bound", "/v1/cases?limit=1"), ("bound operator", "/v1/admin/keys"),
                      ("elsewhere", "/v1/whoami")):
        for name, value in claims + PROXIES + [("Accept", "*/*")]:
            attack.refused(world.ask(who, "GET", path, None, {name: value}), (401, 429))
            attack.refused(world.ask(who, "GET", path, None, {name: value, "Netral-Client-Identity": SUBJECT}), (401, 429))
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
    table = [("BKN", ["cases:read"], {}, 365), ("BKN", ["cases:read"], {"expires_at": None}, 365), (None, ["admin"], {}, 90),
             (None, ["admin"], {"expires_at": "never"}, None), (None, ["admin"], {"expires_at": moment(91)}, None),
             ("BKN", ["migration"], {"expires_at": "never"}, None), ("BKN", ["migration"], {"expires_at": moment(31)}, None),
             ("BKN", ["cases:read"], {"expires_at": "Never"}, None), ("BKN", ["cases:read"], {"expires_at": False}, None),
             ("BKN", ["cases:read"], {"expires_at": ""}, None), ("BKN", ["cases:read"], {"expires_at": moment(-1)}, None),
             ("BKN", ["admin"], {}, None)]
    for agency, scopes, end, days in table:
        made = world.key("of an end", agency, scopes, **end)
        if days is None:
            attack.refused(made, 422)
        else:
            end = made.json.get("expires_at") or "9"
            attack.check(made.status == 201 and moment(days - 0.1) < end < moment(days + 0.1), f"not {days} days", made)
    short = world.key("short operator", None, ["admin"], expires_at=moment(2))
    turned = world.post("OPERATOR", f"/v1/admin/keys/{short.json['id']}/rotation", {"overlap_hours": 1})
    attack.check((turned.json.get("expires_at") or "9") < moment(90.1), "rotation makes an operator's key last", turned.status)
    for days, is_told in ((29, True), (31, False)):
        made = world.key("ending", "BKN", ["cases:read"], expires_at=moment(days))
        for path in ("/v1/whoami", "/v1/cases?limit=1", f"/v1/cases/{ABSENT}", "/v1/changes?after=0", "/v1/cases?x=1"):
            told = world.get("ending", path)["Netral-Key-Expires"]
            attack.check(bool(told) == is_told and (not told or told == made.json["expires_at"]),
                         f"the end in {days} days is told wrongly", f"{path} {told}")
    dead = world.key("dead", "BKN", ["cases:read"])
    world.ask("OPERATOR", "DELETE", f"/v1/admin/keys/{dead.json['id']}")
    attack.refused(world.get("dead", "/v1/whoami"), (401, 429))


def by_socket(world, attack):
    """Who reaches the socket is the trusted proxy, and nobody else reaches it."""
    path = os.path.join(world.folder, "http.sock")
    server = Server(world.program, world.folder, "small")
    try:
        server.start("--host", "unix:" + path)
        attack.check(os.stat(path).st_mode & 0o777 == 0o660, "the socket is open to others", oct(os.stat(path).st_mode))
        local = World("unix:" + path, server.keys)
        attack.refused(local.get("OPERATOR", "/v1/admin/keys"), (401, 429))
        attack.refused(local.ask("OPERATOR", "GET", "/v1/admin/keys", None, {"Netral-Client-Identity": SUBJECT}), (401, 429))
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
    manifest = "".join(json.dumps({"id": l["case"]["id"], "version": l["case"]["version"], "etag": l["etag"]}) + "\n"
                       for l in lines if "case" in l)
    for agency in AGENCIES:
        world.ask(agency, "POST", "/v1/reconciliations", manifest, kind=NDJSON)
    counts = {"cases", "missing", "outdated", "unknown", "digest", "replica_digest", "visible", "counts"}
    for query in ("", "?agency=BKN", "?agency=BAWASLU", "?limit=200"):
        for accept in ("application/json", NDJSON, "text/csv"):
            answer = world.get("KEMENDAGRI", "/v1/reconciliations" + query, Accept=accept)
            items = answer.json.get("items", []) if accept == "application/json" else []
            items = [json.loads(l) for l in answer.text.splitlines() if l.startswith("{")] if accept == NDJSON else items
            for item in items:
                told = counts & set(item)
                attack.check(item.get("agency") in ("KEMENDAGRI", None) or not told, "counts of hidden cases are told", item)
            if accept == "text/csv":
                for row in answer.text.splitlines()[1:]:
                    is_own = "KEMENDAGRI" in row
                    attack.check(is_own or not re.search(r"[0-9a-f]{64}", row), "a digest is told", row)


LISTS = ["/v1/cases?limit=1&region=16.71&stage=received,verified&agency_ref=", "/v1/cases?limit=1&sort=received",
         "/v1/clocks?limit=1&institution=16.71", "/v1/reconciliations?limit=1", "/v1/keys?limit=1",
         "/v1/published-figures?limit=1", "/v1/cases?limit=1&institution=16.71&violation=DS-06"]


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
        follow = lambda text, who="BKN", place=path: world.get(who, f"{place}&cursor={text}")
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


def item_13(world, attack):
    absent(world, attack)
    fields(world, attack)
    addresses(world, attack)
    behind_the_back(world, attack)
    related(world, attack)
    clock_behind(world, attack)
    return "absent beside hidden, fields of every answer, persons in addresses, keys, related, a clock behind"


def absent(world, attack):
    """A case that is hidden beside one that does not exist, for everything that can be asked of a case."""
    hidden = world.create("BAWASLU", regional=False)
    advance(world, hidden, ROAD[:3])
    mine = world.create("KEMENDAGRI")
    requests = [("GET", path, None) for path in (
        "", "/history", "/allowed-actions", "/correction-requests", "/links", "/related", "?as_of=2024-12-01",
        f"?as_of={moment(0)}", "?proof=true", "/history?limit=1", "/history?cursor=x", "/nothing")]
    requests += [("HEAD", "", None), ("DELETE", "", None), ("OPTIONS", "", None), ("PUT", "", {})]
    requests += [(method, "/" + path if path else "", body) for method, path, body in writes(hidden, today(), mine.id)]
    requests += [(method, (path or "") + "?dry_run=true", body) for method, path, body in requests if body]
    many = [{}, {"If-Match": '"2-1-0"'}, {"If-Match": "*"}, {"If-None-Match": "*"}, {"Accept": "text/csv"}]
    for method, path, body in requests:
        for more in many:
            fields = {"Idempotency-Key": f"absent-{world.run}", **more}
            one, other = (world.ask("KEMENDAGRI", method, f"/v1/cases/{case}{path}", body, fields)
                          for case in (hidden.id, ABSENT))
            attack.check(one.alike == other.alike, "hidden and absent differ", f"{one} beside {other}")
    for relation in ("same_act", "same_person"):
        one, other = (world.post("KEMENDAGRI", f"/v1/cases/{mine.id}/links", {"case_id": case, "relation": relation})
                      for case in (hidden.id, ABSENT))
        attack.check(one.alike == other.alike, "a link tells of a hidden case", f"{one} beside {other}")
    lines = [json.dumps({"case_id": case, "if_match": '"2-1-0"', "outcome": "confirmed"}) for case in (hidden.id, ABSENT)]
    answers = [world.ask("KEMENDAGRI", "POST", "/v1/confirmations", line + "\n", kind=NDJSON).text for line in lines]
    attack.check(answers[0].replace(hidden.id, "") == answers[1].replace(ABSENT, ""), "confirmations tell", answers)
    manifest = [json.dumps({"id": case, "version": 1, "etag": '"2-1-0"'}) + "\n" for case in (hidden.id, ABSENT)]
    answers = [world.ask("KEMENDAGRI", "POST", "/v1/reconciliations", line, kind=NDJSON).text for line in manifest]
    known = [re.sub(r'"(id|issued_at|digest|seq)":("[^"]*"|\d+)', "", text) for text in answers]
    attack.check(known[0] == known[1], "a manifest tells of a hidden case", [text[-400:] for text in answers])


def fields(world, attack):
    """no-store and nosniff on whatever is answered."""
    case = world.create("BAWASLU")
    open_paths = ("/docs", "/openapi.json", "/livez", "/readyz", "/v1/public", "/metrics")
    paths = ["/", "/livez", "/readyz", "/openapi.json", "/docs", "/docs/cookbook", "/docs/problems", "/docs/style.css",
             "/docs/problems/clock_running", "/metrics", "/nothing", "/v1", "/v1/whoami", "/v1/keys", "/v1/policy", "/v1/cases",
             "/v1/cases?limit=x", f"/v1/cases/{case.id}", f"/v1/cases/{case.id}/history", f"/v1/cases/{case.id}/related",
             f"/v1/cases/{ABSENT}", "/v1/clocks", "/v1/changes?after=0&limit=1", "/v1/exports/cases", "/v1/reconciliations",
             "/v1/statistics/funnel", "/v1/published-figures", "/v1/reference/regions", "/v1/admin/keys",
             "/v1/public/statistics/funnel?election=pilkada-2024", "/v1/figures/none"]
    for who in (None, "BKN", "KEMENDAGRI", "OPERATOR", "nobody"):
        for path in paths:
            for accept in ("application/json", "text/csv", NDJSON, "image/png"):
                answer = world.ask(who, "GET", path, None, {"Accept": accept})
                attack.check(answer["X-Content-Type-Options"] == "nosniff", "no nosniff", answer)
                attack.check(path.startswith(open_paths) or "no-store" in (answer["Cache-Control"] or ""),
                             f"may be stored ({answer['Cache-Control']})", answer)
    whole = world.get("BKN", f"/v1/cases/{case.id}")
    for answer in (world.ask("BKN", "GET", f"/v1/cases/{case.id}", None, {"If-None-Match": whole["ETag"]}), case.answer,
                   world.ask("BKN", "POST", "/v1/case-searches", {"limit": 1}), world.ask("BKN", "POST", "/v1/cases", "{"),
                   world.act("BKN", case.id, "notes", {"occurred_on": today(), "text": "x"}),
                   world.imports("BKN", ["{}"]), world.ask("BKN", "POST", "/v1/reconciliations", "", kind=NDJSON)):
        attack.check(answer["X-Content-Type-Options"] == "nosniff" and "no-store" in (answer["Cache-Control"] or ""),
                     "a personal answer may be stored", answer)


def addresses(world, attack):
    """A person is in no address: GET refuses, and names the search; answers repeat nothing of it."""
    case = world.create("BAWASLU")
    for path in ("/v1/cases", "/v1/clocks", "/v1/statistics/funnel", "/v1/exports/cases", "/v1/changes"):
        for query in (f"nip={case.nip}", f"q={case.name}", f"name={case.name}", "nik=1671012609860001", f"NIP={case.nip}"):
            answer = world.get("BKN", f"{path}?{query}")
            attack.refused(answer, 400)
            attack.check(query.split("=")[1] not in answer.text, "a problem repeats the person", answer)
            attack.check(path != "/v1/cases" or query[0] not in "nq" or "name" in query or "nik" in query
                         or "/v1/case-searches" in answer.text, "GET does not name the search", answer)
    for word in ("nip", "name"):
        value = case.nip if word == "nip" else case.name
        for agency, count in (("BKN", 1), ("BAWASLU", 1), ("PANRB", 0), ("KEMENDAGRI", 0), ("KASN", 0)):
            answer = world.ask(agency, "POST", "/v1/case-searches", {word: value, "count": "exact"})
            attack.check(answer.json.get("count") == count, f"{agency} finds a person by {word}", answer)


def behind_the_back(world, attack):
    """A key that the operator makes for an agency is seen by it, also when it has ended."""
    made = world.key("behind", "PANRB", ["cases:read"])
    turned = world.post("OPERATOR", f"/v1/admin/keys/{made.json['id']}/rotation", {"overlap_hours": 1})
    secrets = [world.keys["behind"], turned.json.get("key", "?")]
    ended = world.key("behind, ended", "PANRB", ["sync"])
    world.ask("OPERATOR", "DELETE", f"/v1/admin/keys/{ended.json['id']}")
    world.key("statistics alone", "PANRB", ["statistics"])
    for who in ("PANRB", "statistics alone"):
        shown = world.get(who, "/v1/keys?limit=200")
        listed = {key["id"]: key for key in shown.json.get("items", [])}
        for key in (made, turned, ended):
            attack.check(listed.get(key.json["id"], {}).get("made_by") not in (None, ""), "a key is not listed", key.json["id"])
        attack.check(all(secret.rsplit("_", 1)[-1] not in shown.text for secret in secrets), "secrets are shown", "")
        attack.check({key["agency"] for key in listed.values()} == {"PANRB"}, "others' keys are shown", "")


def related(world, attack):
    """1,000 cases of one act, asked for their relatives by several clients; another agency goes on."""
    act = {"occurred_on": "2024-10-03", "narrative": "Satu perbuatan."}
    lines = []
    for _ in range(1000):
        draft = world.body("BAWASLU", act=act)
        draft.body["region"] = draft.body["institution"] = "31.71"
        lines.append(world.line(draft))
    found = [line.get("id") for line in world.imports("BAWASLU", lines).lines]
    quiet = timed(world, 200)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(world.get, "PANRB", f"/v1/cases/{case}/related") for case in found[:40]]
        busy = timed(world, 200)
        answers = [future.result() for future in asked]
    attack.check(all(answer.status == 200 for answer in answers), "related is refused", answers[0].status)
    attack.check(busy < max(20 * quiet, 0.05), f"others wait {busy * 1000:.0f} ms, {quiet * 1000:.1f} ms before", "")


def timed(world, count):
    """The 95th percentile of another agency's reads."""
    times = []
    for _ in range(count):
        started = time.monotonic()
        world.get("BKN", "/v1/whoami")
        times.append(time.monotonic() - started)
    return statistics.quantiles(times, n=20)[-1]


def clock_behind(world, attack):
    """A file whose newest event lies ahead of the clock: minutes are waited for, hours end the start with 64."""
    server = Server(world.program, world.folder, "small")
    for minutes, ending in ((60, 64), (5, None)):
        file = sqlite3.connect(server.database)
        with file:
            file.execute("UPDATE event SET recorded_at = ? WHERE seq = (SELECT max(seq) FROM event)",
                         (int((time.time() + 60 * minutes) * 1000),))
        file.close()
        process = subprocess.Popen([world.program, "serve", "--database", server.database, "--port", "0"],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=server.environment)
        attack.more += 1
        try:
            attack.check(process.wait(4) == ending, f"a start {minutes} minutes behind ends with", process.returncode)
        except subprocess.TimeoutExpired:
            attack.check(ending is None, f"a start {minutes} minutes behind goes on", "")
            process.terminate()
            attack.check(process.stdout.read() == b"", f"a start {minutes} minutes behind serves", "")
            process.wait(10)
