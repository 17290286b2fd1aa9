"""A service that lies: it hands on what a true one answers, and alters some of it.

  liar.py PORT ACCESS-KEY KIND [CASE]

Prints the port it listens at, and ends by itself after five minutes. KIND is what it lies about:

  honest     nothing
  alter      the name of the person in each case
  decision   the stage of CASE, in snapshots and the feed
  hide       CASE is not there, and what the certificate says is made to agree
  relabel    the leaves of CASE are said to be certificates
  cut        the last leaf of CASE is not listed
  borrow     CASE comes with the proof of another one
  clock      the day on which a clock's stop was recorded, in each case
  redact     the person in each case is withheld
  far        CASE has a leaf that the record does not reach
  below      CASE has a leaf below the first one
  rollback   CASE comes once more in the feed, as it was when the liar began
  withdraw   CASE is withdrawn in the feed, and what the certificate says is made to agree
  freeze     the feed ends where it is asked for
  past-SEQ   nothing, but a snapshot is one of SEQ, as if it had been begun then
"""

import base64
import hashlib
import http.client
import http.server
import json
import re
import sys
import threading

PORT, KEY, KIND = int(sys.argv[1]), sys.argv[2], sys.argv[3]
CASE = sys.argv[4] if len(sys.argv) > 4 else None


def ask(method, target, body=None, fields=None):
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    connection.request(method, target, body=body, headers=fields or {"Authorization": f"Bearer {KEY}"})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer, data


def leaves_of_case():
    events = json.loads(ask("GET", f"/v1/cases/{CASE}/history?proof=true")[1])["items"]
    return [event["proof"]["leaf"] for event in events]


def line_of_case():
    lines = ask("GET", "/v1/exports/cases?proof=true")[1].splitlines()
    return next(line for line in map(json.loads, lines) if (line.get("case") or {}).get("id") == CASE)


# Fetched before anything is altered.
LEAVES = leaves_of_case() if CASE else []
FORMER = line_of_case() if CASE else None


def text(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def alter_case(line, others):
    case = line.get("case")
    if not case:
        return line
    if KIND == "alter":
        case["subject"]["name"] = "Orang Lain"
    if KIND == "decision" and case["id"] == CASE:
        case["stage"] = "cancelled"
    if KIND == "borrow" and case["id"] == CASE and others:
        line["proof"] = others[0]["proof"]
    if KIND == "clock":
        case["clocks"][0]["recorded_on"] = "1999-01-01"
    if KIND == "redact":
        case["redacted"] = ["subject", *case["redacted"]]
        for name in ("name", "nip", "nik", "position_title"):
            case["subject"][name] = None
        texts = line["proof"]["disclosures"]
        line["proof"]["disclosures"] = [text for text in texts if ',"subject",{' not in opened(text)]
    if KIND in ("far", "below") and case["id"] == CASE:
        line["proof"]["leaf"] = 9_000_000_000_000_000 if KIND == "far" else -5
    return line


def opened(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


def is_of_case(line):
    return line.get("case_id") == CASE or (line.get("case") or {}).get("id") == CASE


def alter_cases(lines):
    others = [line for line in lines if line.get("proof") and not is_of_case(line)]
    if KIND != "hide":
        return [alter_case(line, others) for line in lines]
    kept = [line for line in lines if not is_of_case(line)]
    hidden = len(lines) - len(kept)
    for line in kept:
        for name, member in (("snapshot", "count"), ("end", "cases")):
            if name in line:
                line[name][member] -= hidden
    return kept


def alter_feed(lines, after):
    changes, last = alter_cases(lines[:-1]), lines[-1]
    if KIND == "rollback":
        changes.append({"seq": last["head"], "type": "updated", "case_id": CASE, **FORMER})
    if KIND == "withdraw":
        changes.append({"seq": last["head"], "type": "withdrawn", "case_id": CASE})
    if KIND == "freeze":
        changes, last["next_after"], last["head"] = [], after, after
    return [*changes, last]


def alter_leaves(leaves):
    for leaf in leaves:
        if KIND == "relabel" and leaf["index"] in LEAVES:
            leaf["kind"], leaf["seq"] = "certificate", None
        if KIND == "hide" and leaf["index"] in LEAVES and "proof" in leaf:
            leaf["proof"]["disclosures"] = []
    return [leaf for leaf in leaves if not (KIND == "cut" and leaf["index"] == max(LEAVES))]


def alter_certificate(lines, manifest):
    """What is missing is not said, and the digest is that of what the replica holds."""
    if KIND not in ("hide", "withdraw"):
        return lines
    digest = hashlib.sha256("".join(f"{entry['id']} {entry['etag']}\n" for entry in manifest).encode()).hexdigest()
    kept = [line for line in lines if "certificate" in line]
    for line in kept:
        line["certificate"].update(cases=len(manifest), in_agreement=True, digest=digest)
    return kept


class Liar(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        data = b""
        while size := int(self.rfile.readline(), 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data

    def serve(self):
        body = self.body()
        hidden = {"host", "accept-encoding", "connection", "transfer-encoding", "content-length", "expect"}
        fields = {name: value for name, value in self.headers.items() if name.lower() not in hidden}
        path = self.path.split("?")[0]
        past = "&seq=" + KIND.removeprefix("past-") if KIND.startswith("past-") and path == "/v1/exports/cases" else ""
        answer, data = ask(self.command, self.path + past, body, fields)
        if answer.status < 300 and path in (
            "/v1/exports/cases",
            "/v1/changes",
            "/v1/reconciliations",
            "/v1/record/leaves",
        ):
            data = self.alter(path, data, body)
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"connection", "transfer-encoding", "content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def alter(self, path, data, body):
        lines = [json.loads(line) for line in data.splitlines() if line.strip()]
        if path == "/v1/record/leaves":
            lines = alter_leaves(lines)
        elif path == "/v1/reconciliations":
            lines = alter_certificate(lines, [json.loads(line) for line in body.splitlines()])
        elif path == "/v1/changes":
            lines = alter_feed(lines, int(re.search(r"after=(\d+)", self.path)[1]))
        else:
            lines = alter_cases(lines)
        return "".join(text(line) + "\n" for line in lines).encode()

    do_GET = do_POST = do_PUT = serve


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar)
print(server.server_address[1], flush=True)
threading.Timer(300, server.shutdown).start()
server.serve_forever()
