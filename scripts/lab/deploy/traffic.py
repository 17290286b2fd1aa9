"""What goes through nginx and comes out as it was sent: imports, exports, waiting, backups; and what logs hold."""

import concurrent.futures
import glob
import hashlib
import json
import os
import tempfile
import time

from lab.deploy.parts import NIP, Unit, case, check, is_problem, read
from lab.settings import NDJSON


def verify_import(front, keys, count=1500):
    """A body that comes in pieces is passed on as it comes, and no result of it is lost."""
    lines = [json.dumps({"case": case(n), "actions": []}).encode() + b"\n" for n in range(count)]
    head = (
        f"POST /v1/imports HTTP/1.1\r\nHost: netral\r\nAuthorization: Bearer {keys['open']}\r\n"
        f"Content-Type: {NDJSON}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    ).encode()

    def chunk(data):
        return b"%x\r\n%s\r\n" % (len(data), data)

    with front.connect() as connection:
        connection.sendall(head + b"".join(map(chunk, lines[:1100])))
        deadline = time.monotonic() + 30
        # Its first cases can be read while its rest is not sent yet.
        while front.curl("/v1/cases?agency_ref=V-900", key=keys["open"])[2].count('"V-900"') == 0:
            check(time.monotonic() < deadline, "lines are stored as they come") if time.monotonic() > deadline else None
        check(True, "lines of an import are stored while its rest is not sent yet")
        connection.sendall(b"".join(map(chunk, lines[1100:])) + b"0\r\n\r\n")
        data = b""
        while piece := connection.recv(65536):
            data += piece
    check(data.count(b'"status":"created"') == count, f"{count} cases were imported through the front", data[-300:])


def verify_evidence(front, keys):
    """A file that is longer than any JSON body comes through both ways, and its query into no log."""
    listed = front.curl("/v1/cases?limit=1", key=keys["open"])[2]
    path = "/v1/cases/" + json.loads(listed)["items"][0]["id"]
    head = front.curl(path, key=keys["open"])[1]
    tag = next(line.split(": ", 1)[1] for line in head.splitlines() if line.lower().startswith("etag: "))
    post = ["-X", "POST", "-H", "Content-Type: text/plain", "-H", f"If-Match: {tag.strip()}", "--data-binary"]
    target = f"{path}/evidence?kind=document&note={NIP}"
    with tempfile.NamedTemporaryFile("w") as file:
        file.truncate((64 << 20) + 1)
        answer = front.curl(target, *post, "@" + file.name, key=keys["open"])
        check(answer[0] == 413 and is_problem(*answer, "content_too_large"), "a file over 64 MiB is refused", answer)
        text = "Berkas contoh.\n" * 200_000
        file.seek(0)
        file.truncate(0)
        file.write(text)
        file.flush()
        status, _, body = front.curl(target, *post, "@" + file.name, key=keys["open"])
        check(status == 201, "one of 3 MB is taken", f"{status} {body[-300:]}")
    address = f"{path}/evidence/{json.loads(body)['evidence'][0]['sha256']}"
    check(front.curl(address, key=keys["open"])[2] == text, "and comes back byte for byte")
    part = front.curl(address, "-r", "1000000-1000009", key=keys["open"])
    check((part[0], part[2]) == (206, text[1_000_000:1_000_010]), "and in ranges", part)


def verify_named_files(front, keys):
    """A file that an import line names follows in two parts, as curl sends them."""
    data = os.urandom(1 << 20).hex().encode() + b"\n"
    sha256 = hashlib.sha256(data).hexdigest()
    named = {"sha256": sha256, "kind": "document", "media_type": "text/plain"}
    line = json.dumps({"case": case("named"), "evidence": [named]})
    post = ["-X", "POST", "-H", f"Content-Type: {NDJSON}", "--data-binary", line]
    body = front.curl("/v1/imports", *post, key=keys["open"])[2]
    check(json.loads(body)["awaited_files"] == [sha256], "a line of an import names a file", body)
    target = f"/v1/evidence-files/{sha256}"
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        first = ["-X", "PUT", "-H", "Content-Type: text/plain", "-H", f"Content-Range: bytes 0-999999/{len(data)}"]
        with tempfile.NamedTemporaryFile() as part:
            part.write(data[:1_000_000])
            part.flush()
            status, _, body = front.curl(target, *first, "--data-binary", "@" + part.name, key=keys["open"])
        check(status == 202 and json.loads(body)["received"] == 1_000_000, "its first part comes through", body)
        status, _, body = front.curl(target, "-T", file.name, "-C", "1000000", key=keys["open"])
        check(status == 201 and json.loads(body)["cases"][0]["status"] == "kept", "and curl goes on from there", body)


def verify_streams(front, netral, keys):
    verify_import(front, keys)
    export = ["-H", f"Accept: {NDJSON}"]
    through, own = (
        front.curl("/v1/exports/cases", *export, key=keys["open"], direct=direct)[2] for direct in (False, True)
    )
    check(through.count("\n") > 1500 and through == own, "an export comes through byte for byte")
    packed = front.curl("/v1/exports/cases", *export, "--compressed", key=keys["open"])
    check("content-encoding: gzip" in packed[1] and packed[2] == own, "and as gzip")
    manifest = "".join(
        json.dumps({"id": c["case"]["id"], "version": c["case"]["version"], "etag": c["etag"]}) + "\n"
        for c in map(json.loads, own.splitlines())
        if "case" in c
    )
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(manifest)
        file.flush()
        upload = ["-X", "POST", "-H", f"Content-Type: {NDJSON}", "-T", file.name]
        status, _, body = front.curl("/v1/reconciliations", *upload, key=keys["open"])
        check(status == 200 and json.loads(body)["certificate"]["in_agreement"], "a reconciliation agrees", body)
    head = json.loads(front.curl("/v1/changes?after=0&limit=1", key=keys["open"])[2])["head"]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = pool.submit(front.curl, f"/v1/changes?after={head}&wait=30", key=keys["open"])
        done, _ = concurrent.futures.wait([waiting], 1)
        check(not done, "a request for changes waits")
        made = front.status(
            "/v1/cases",
            "-X",
            "POST",
            "-H",
            "Content-Type: application/json",
            "-H",
            "Idempotency-Key: v",
            "-d",
            json.dumps(case(0, "V-W")),
            key=keys["open"],
        )
        status, _, body = waiting.result(35)
        check(made == 201 and status == 200 and '"V-W"' in body, "and ends with the change", f"{made} {status} {body}")


def verify_logs(front, netral, keys):
    query = f"/v1/cases?nip={NIP}&limit=1"
    check(
        front.status(query, key=keys["open"]) == 400, "a question about a person is refused where it stands in a query"
    )
    search = ["-X", "POST", "-H", "Content-Type: application/json", "-d", json.dumps({"nip": NIP})]
    check(front.status("/v1/case-searches", *search, key=keys["open"]) == 200, "and answered where it stands in a body")
    for path in (f"/v1/cases/{NIP}", f"/v1/{keys['open']}", f"/v1/{keys['open']}?nip={NIP}", f"/{NIP}?nip={NIP}"):
        check(front.status(path, key=keys["open"]) == 404, "what a client mistakes for a path is not found")
    code = netral.stop()
    check(code == 0, "Netral ends with 0 at SIGTERM", code)
    check(not os.path.exists(netral.socket), "and takes its socket along")
    answer = front.curl(query, key=keys["open"])
    check(answer[0] == 503 and is_problem(*answer, "unreachable"), "without Netral the front answers 503", answer)
    front.stop()
    access = read(os.path.join(front.folder, "netral-access.log"))
    both = " GET /v1/cases 400 400 " in access and " GET /v1/cases 503 502 " in access
    check(both, "the access log has both", access[-500:])
    everything = (
        access
        + read(os.path.join(front.folder, "netral-error.log"))
        + read(netral.log)
        + read(os.path.join(front.folder, "main-error.log"))
    )
    for what in ("?", NIP, "ntk_", "limit=1", *(key.split("_", 2)[2] for key in keys.values())):
        check(what not in everything, f"no log holds {what[:6]}…")
    check(len(access.splitlines()) > 60, "every request has its line")
    rule = "/etc/logrotate.d/nginx"
    check(os.path.exists(rule) and "/var/log/nginx/*.log" in read(rule), "Debian's own rule rotates nginx's logs")


def verify_backups(front, netral, keys):
    """The server, the nightly job and the drill speak of one folder."""
    job, drill = (
        Unit(name, netral.program, netral.state) for name in ("netral-backup.service", "netral-restore-drill.service")
    )
    for name in ("NETRAL_DATABASE", "NETRAL_BACKUP_FOLDER", "NETRAL_MASTER_KEY_FILE", "NETRAL_KEYS_BACKUP_FOLDER"):
        check(job.environment[name] == netral.unit.environment[name], f"server and nightly job agree on {name}")
    folder = netral.unit.environment["NETRAL_BACKUP_FOLDER"]

    def backups():
        return sorted(glob.glob(os.path.join(folder, "netral-*.sqlite")))

    status, _, body = front.curl("/v1/admin/backups", "-X", "POST", key=keys["operator"], certificate="operator")
    check(status == 201 and len(backups()) == 1, "an operator makes a backup through nginx", f"{status} {body}")
    said = drill.run().stdout
    check(os.path.basename(backups()[0]) in said, "the drill restores it", said)
    made = front.status(
        "/v1/cases",
        "-X",
        "POST",
        "-H",
        "Content-Type: application/json",
        "-H",
        "Idempotency-Key: b",
        "-d",
        json.dumps(case(0, "V-B")),
        key=keys["open"],
    )
    job.run()
    check(made == 201 and len(backups()) == 2, "the nightly job makes another beside the running server", backups())
    said = drill.run().stdout
    check(os.path.basename(backups()[-1]) in said, "and the drill takes the newest", said)
