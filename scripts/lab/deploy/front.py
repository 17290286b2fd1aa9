"""What nginx refuses, limits and hides, and whom it lets through."""

import contextlib
import json
import os
import re
import socket
import tempfile
import time

from lab.deploy.parts import case, check, is_problem, read, run
from lab.settings import DEPLOY, NDJSON


def verify_tls(front):
    for version in ("1.2", "1.3"):
        check(front.status("/livez", "--tlsv" + version, "--tls-max", version) == 200, f"TLS {version} is accepted")
    address = f"127.0.0.1:{front.port}"
    for what, options in [
        ("TLS 1.0", ["-tls1", "-cipher", "DEFAULT:@SECLEVEL=0"]),
        ("TLS 1.1", ["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"]),
        ("a cipher without forward secrecy", ["-tls1_2", "-cipher", "AES128-GCM-SHA256"]),
        ("a cipher without authenticated encryption", ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"]),
    ]:
        done = run("openssl", "s_client", "-connect", address, *options, status=None)
        alert = re.search("alert (protocol version|handshake failure)", done.stderr)
        check(done.returncode != 0 and alert, what + " is refused by the server", done.stderr)
    status, head, _ = front.curl("/livez")
    check("strict-transport-security: max-age=" in head, "HSTS is told")
    with socket.create_connection(("127.0.0.1", front.port), 10) as plain:
        plain.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        check(b" 400 " in plain.recv(100), "plain HTTP is refused")


def links_of_files(process):
    """What a process has open. A file that it closes meanwhile (a checkpoint) is not there any more."""
    for name in os.listdir(process + "/fd"):
        with contextlib.suppress(FileNotFoundError):
            yield os.readlink(f"{process}/fd/{name}")


def verify_certificates(front, netral, keys):
    name, path = "netral-client-identity: ", "/v1/cases?limit=1"

    def ask(key, *fields, **named):
        return front.status(path, *[word for field in fields for word in ("-H", field)], key=keys[key], **named)

    check(ask("open") == 200, "a key that is bound to no certificate works without one")
    check(ask("open", certificate="kasn") == 200, "and with one")
    check(ask("bound", certificate="bkn") == 200, "a bound key works with its certificate")
    check(ask("bound") == 401, "without a certificate it is a bad key")
    check(ask("bound", certificate="kasn") == 401, "with another agency's certificate it is a bad key")
    check(ask("bound", certificate="foreign") == 400, "another authority's certificate is refused")
    own, others = front.certificates.identity("bkn"), front.certificates.identity("kasn")
    forged = [name + own]
    check(ask("bound", *forged) == 401, "a client cannot name a certificate")
    check(ask("bound", *forged, *forged) == 401, "nor twice")
    check(ask("bound", *forged, certificate="kasn") == 401, "nor beside another one")
    check(ask("bound", name + others, certificate="bkn") == 200, "and what it names does not disturb its own")
    check(ask("bound", "Netral_Client_Identity: " + own) == 401, "an underscore is no hyphen")
    check(ask("bound", *forged, direct=True) == 200, "Netral believes whoever reaches its socket")
    found = os.stat(netral.socket)
    check((oct(found.st_mode), found.st_uid) == ("0o140660", os.getuid()), "which its owner and group alone do", found)
    process = f"/proc/{netral.process.pid}"
    own = {f"socket:[{line.split()[6]}]" for line in read(process + "/net/unix").splitlines() if netral.socket in line}
    opened = {link for link in links_of_files(process) if link.startswith("socket:")}
    check(opened and opened <= own, "and the program has no socket in a network", opened - own)
    _, one, unknown = front.curl(path, key=keys["bound"])
    _, two, refused = front.curl(path, key="ntk_000000000000_" + "A" * 43)

    def operator(name, **named):
        return front.status("/v1/admin/keys", key=keys[name], **named)

    check(operator("operator", certificate="operator") == 200, "an operator's key works with its certificate")
    check(operator("operator") == 401, "and without it is a bad key")
    check(operator("loose", certificate="operator") == 401, "so is one that is bound to none, with a certificate")
    check(operator("loose") == 401 and operator("loose", direct=True) == 401, "and without, and by the socket itself")

    def shape(head, body):
        return re.sub("(date|x-request-id): .*", "", head + re.sub(r'"request_id":"[^"]*"', "", body))

    check(shape(one, unknown) == shape(two, refused), "no word tells a bound key from none that exists", one + two)


def verify_addresses(front, keys):
    path = "/v1/cases?limit=1"

    def ask(*options):
        return front.status(path, *options, key=keys["elsewhere"])

    check(ask("--interface", "127.0.0.2") == 200, "the client's own address reaches the `networks` of a key")
    check(ask() == 401, "from another address the key is a bad key")
    for field in (
        "Forwarded: for=127.0.0.2",
        "Forwarded: for=127.0.0.2, for=127.0.0.2",
        "X-Forwarded-For: 127.0.0.2",
        "X-Real-IP: 127.0.0.2",
        "X-Client-Identity: 127.0.0.2",
    ):
        check(ask("-H", field) == 401, f"a client cannot say `{field}`")


def verify_paths(front, netral):
    for named in ({"direct": True}, {"watching": True}):
        check(front.status("/readyz", **named) == 200, f"this machine itself can ask /readyz: {named}")
    paths = [
        form.format(name)
        for name in ("metrics", "readyz")
        for form in (
            "/{}",
            "/{}/",
            "//{}",
            "/./{}",
            "/v1/../{}",
            "/docs/../{}",
            "/docs/..%2f{}",
            "/{}?x=1",
            "/livez/../{}",
        )
    ]
    paths += ["/%6detrics", "/%72eadyz", "/METRICS", "/index.html", "/v2/cases", "/v1"]
    for path in paths:
        check(front.status(path) == 404, f"{path} does not exist outside")
    for path in ("/", "/?lang=en", "/forms", "/data", "/codes", "/codes/stages", "/favicon.ico", "/docs/cases?lang=id"):
        check(front.status(path) == 200, f"{path} is open to everybody")


def verify_sign_in(front, keys):
    with tempfile.NamedTemporaryFile() as jar:
        answer = front.curl("/app/sign-in", "-c", jar.name, "--data-urlencode", "key=" + keys["open"])
        cookie = next((line for line in answer[1].splitlines() if line.startswith("set-cookie:")), "")
        check(answer[0] == 303 and "__secure-netral_session=" in cookie, "a key signs in", answer)
        words = ("; secure", "; httponly", "; samesite=strict")
        check(all(word in cookie for word in words), "the cookie is bound", cookie)
        status, _, body = front.curl("/app/cases", "-b", jar.name)
        check(status == 200 and "<h1>" in body, "the cookie opens pages", status)
        check(front.curl("/app/cases")[0] == 303, "without it they lead to the sign-in")
        status, _, body = front.curl("/app/data/cases?format=csv&limit=1", "-b", jar.name)
        check(status == 200 and body.lstrip("\ufeff").startswith("id,"), "a page downloads a table", body[:200])


def verify_limits(front, keys):
    post = ["-X", "POST", "-H", "Content-Type: application/json", "-H", "Idempotency-Key: limit", "--data-binary"]
    with tempfile.NamedTemporaryFile("w") as file:
        file.write('{"x":"' + "x" * (2**20 - 8) + '"}')
        file.flush()
        status, _, body = front.curl("/v1/cases", *post, "@" + file.name, key=keys["open"])
        check(status == 422 and '"/x"' in body, "a body of 1 MiB reaches Netral", f"{status} {body}")
        file.write(" ")
        file.flush()
        answer = front.curl("/v1/cases", *post, "@" + file.name, key=keys["open"])
        check(answer[0] == 413 and is_problem(*answer, "content_too_large"), "a longer one is refused", answer)
    answer = front.curl("/v1/cases?number=" + "x" * 9000, key=keys["open"])
    check(answer[0] == 414 and is_problem(*answer, "target_too_long"), "a request line of 9 KiB is refused", answer)
    for code, status, *options in [
        ("not_found", 404),
        ("method_not_allowed", 405, "-X", "TRACE"),
        ("malformed_request", 400, "-H", "Content-Length: x"),
        ("head_too_large", 431, *[w for n in range(6) for w in ("-H", f"X-{n}: " + "x" * 8000)]),
    ]:
        answer = front.curl("/v2", *options)
        check(
            answer[0] == status and is_problem(*answer, code), f"nginx's own {status} is a problem with a code", answer
        )
    answer = front.curl("/livez", certificate="foreign")
    check(answer[0] == 400 and is_problem(*answer, "malformed_request"), "so is that of a bad certificate", answer)
    check(front.status("/netral-errors/head_too_large") == 404, "and none of their places exists outside")


def verify_long_bodies(front, keys):
    """Whoever sends 8 MB learns exactly why they are refused, although the answer comes long before their end."""
    lines = []
    while sum(map(len, lines)) < 8_000_000:
        long = case(len(lines))
        long["act"]["narrative"] = "Uraian. " * 2400
        long["source"]["agency_ref"] = f"L-{len(lines)}"
        lines.append(json.dumps({"case": long, "actions": []}) + "\n")
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("".join(lines))
        file.flush()

        def send(path, key, kind):
            return front.curl(
                path, "-X", "POST", "-H", f"Content-Type: {kind}", "--data-binary", "@" + file.name, key=key
            )

        wrong = "ntk_000000000000_" + "A" * 43
        for path, key, kind, status, code in [
            ("/v1/imports", wrong, NDJSON, 401, "unauthenticated"),
            ("/v1/imports", keys["open"], "text/plain", 415, "unsupported_media_type"),
            ("/v1/imports", keys["reading"], NDJSON, 403, "scope_missing"),
            ("/v1/reconciliations", wrong, NDJSON, 401, "unauthenticated"),
            ("/v1/cases", keys["open"], "application/json", 413, "content_too_large"),
        ]:
            answers = [send(path, key, kind) for _ in range(12)]
            found = sorted({(s, json.loads(b)["code"]) for s, _, b in answers})
            check(found == [(status, code)], f"8 MB to {path} are answered {status} {code} every time", found)
        status, _, body = send("/v1/imports", keys["open"], NDJSON)
        whole = status == 200 and body.count('"created"') == len(lines)
        check(whole, "and 200 where all is well, every line of it", f"{status} {body[-300:]}")


def verify_too_many(front):
    """nginx's own limit of connections answers as Netral's does."""
    limit = "limit_conn netral_addresses 1000;"
    check(limit in front.text, "nginx limits connections")
    front.stop()
    front.start((limit, "limit_conn netral_addresses 1;"))
    with front.connect() as first:
        # A head that is whole, and a body that does not come: this one holds the only place.
        first.sendall(b"POST /v1/imports HTTP/1.1\r\nHost: netral\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n")
        deadline = time.monotonic() + 20
        while (answer := front.curl("/livez"))[0] == 200 and time.monotonic() < deadline:
            pass
    check(answer[0] == 503 and is_problem(*answer, "unreachable"), "one connection too many is told so", answer)
    front.stop()
    front.start()


def verify_optional(front, netral, keys):
    """The other way of deploy/netral.nginx.conf: nobody without a certificate."""
    front.start(("ssl_verify_client optional;", "ssl_verify_client on;"))
    path = "/v1/cases?limit=1"
    check(front.status(path, key=keys["open"]) == 400, "with `on` nobody is served without a certificate")
    check(front.status(path, key=keys["open"], certificate="kasn") == 200, "and who has one is")


def verify_watching(front, netral, keys):
    """As netral-alerts.yml says: with a key of the operator that is bound to what nginx says there, and not without."""
    key, forged = keys["prometheus"], ["-H", "Netral-Client-Identity: metrics@loopback"]
    status, _, text = front.curl("/metrics", key=key, watching=True)
    check(status == 200 and "\nnetral_http_requests_total" in text, "with its key Prometheus reads /metrics", status)
    for name in ("open", "loose", "operator"):
        status = front.status("/metrics", key=keys[name], watching=True)
        check(status in (401, 403), f"with another one nobody does: {name}", status)
    for what, named in [("without a key", {"watching": True}), ("nor by the socket", {"direct": True})]:
        check(front.status("/metrics", *forged, **named) == 401, f"nobody reads it {what}")
    for path in ("/v1/whoami", "/v1/admin/keys", "/metrics/x", "/docs", "/openapi.json", "/openapi-3.0.json"):
        check(front.status(path, key=key, watching=True) == 404, f"nothing else is there: {path}")
    for named in ({}, {"certificate": "operator"}, {"certificate": "bkn"}):
        check(front.status("/v1/whoami", *forged, key=key, **named) == 401, f"from outside the key is none: {named}")
    elsewhere = front.status("/metrics", "--interface", "127.0.0.2", key=key, watching=True)
    check(elsewhere == 403, "and another address is refused there", elsewhere)
    print(run("promtool", "check", "rules", DEPLOY / "netral-alerts.yml").stdout.strip(), flush=True)
    check(True, "promtool takes the alerting rules")
