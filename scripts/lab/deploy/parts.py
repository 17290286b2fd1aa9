"""The parts of a deployment on loopback: certificates, units, the program, and nginx before it."""

import json
import os
import re
import shlex
import socket
import ssl
import subprocess
import sys
import time

from lab.cases import case as new_case
from lab.server import Process, Server
from lab.settings import DEPLOY

NIP = "198609262015051001"
# With signs that RFC 2253 escapes.
SUBJECT = r"/C=ID/O=Badan Kepegawaian, Pusat/CN=sinkronisasi é\+1"


def check(truth, what, found=""):
    if not truth:
        sys.exit(f"FAILED: {what} {str(found)[:1500]}")
    print("ok:", what, flush=True)


def run(*words, status=0, **options):
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, **options)
    if status is not None and done.returncode != status:
        sys.exit(f"FAILED: {' '.join(words)}: {done.returncode} {done.stdout[-800:]} {done.stderr[-800:]}")
    return done


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


class Certificates:
    """An authority for the agencies' machines, another one that nobody trusts, and what they certify."""

    def __init__(self, folder):
        self.folder = folder
        self.authority("agencies-ca", "/C=ID/O=Contoh/CN=Netral CA")
        self.authority("other-ca", "/C=ID/O=Contoh/CN=Netral CA")
        self.certify("server", "agencies-ca", "/CN=netral.example.go.id", "subjectAltName=IP:127.0.0.1")
        self.certify("bkn", "agencies-ca", SUBJECT)
        self.certify("kasn", "agencies-ca", "/C=ID/O=KASN/CN=sinkronisasi")
        self.certify("operator", "agencies-ca", "/C=ID/O=Netral/CN=operator")
        self.certify("foreign", "other-ca", SUBJECT)

    def path(self, name):
        return os.path.join(self.folder, name)

    def authority(self, name, subject):
        run(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            subject,
            "-keyout",
            self.path(name + ".key"),
            "-out",
            self.path(name + ".pem"),
        )

    def certify(self, name, authority, subject, extension="extendedKeyUsage=clientAuth"):
        run(
            "openssl",
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-utf8",
            "-subj",
            subject,
            "-keyout",
            self.path(name + ".key"),
            "-out",
            self.path(name + ".csr"),
        )
        extensions = write(self.path(name + ".ext"), extension + "\n")
        run(
            "openssl",
            "x509",
            "-req",
            "-days",
            "2",
            "-in",
            self.path(name + ".csr"),
            "-CA",
            self.path(authority + ".pem"),
            "-CAkey",
            self.path(authority + ".key"),
            "-CAcreateserial",
            "-extfile",
            extensions,
            "-out",
            self.path(name + ".pem"),
        )

    def identity(self, name):
        """What deploy/netral.nginx.conf tells an operator to ask."""
        options = ["-noout", "-subject", "-nameopt", "RFC2253", "-in", self.path(name + ".pem")]
        return run("openssl", "x509", *options).stdout.strip().removeprefix("subject=")


class Unit:
    """Settings and command of a unit of deploy/, with this program, and with folders in the place of those in /var and
    /run."""

    def __init__(self, name, program, state):
        def here(words):
            return [word.replace("/var/lib/netral", state).replace("/run/netral", state + "-run") for word in words]

        text = read(DEPLOY / name)
        self.environment = dict(
            pair.split("=", 1)
            for line in re.findall("^Environment=(.*)$", text, re.M)
            for pair in here(shlex.split(line))
        )
        (command,) = re.findall("^ExecStart=(.*)$", text, re.M)
        check(command.startswith("/usr/local/bin/netral "), f"{name} starts netral")
        self.command = [program, *here(shlex.split(command)[1:])]

    def run(self):
        return run(*self.command, env={"PATH": os.environ["PATH"], **self.environment})


class Netral(Server):
    """The program as netral.service starts it."""

    def __init__(self, program, folder):
        self.state = os.path.join(folder, "state")
        os.mkdir(self.state, 0o700)
        # As RuntimeDirectory= makes it.
        os.mkdir(self.state + "-run", 0o750)
        # As StateDirectory= makes them.
        for name in ("-master", "-keys"):
            os.mkdir(self.state + name, 0o700)
        self.unit = Unit("netral.service", program, self.state)
        super().__init__(program, self.unit.environment["NETRAL_DATABASE"])
        self.log = os.path.join(folder, "netral.log")
        self.socket = self.unit.environment["NETRAL_HOST"].removeprefix("unix:")
        # Many wrong keys are tried here.
        self.environment = {
            "PATH": os.environ["PATH"],
            **self.unit.environment,
            "NETRAL_FAILED_KEYS_PER_MINUTE": "10000",
        }

    def command(self, options):
        return [*self.wrapper, *self.unit.command]

    def start(self, *options):
        super().start()
        check(self.url == "unix:" + self.socket, "the program serves at its socket", self.url)
        return self


class Front(Process):
    """nginx with the configuration of deploy/."""

    port = 0

    def __init__(self, folder, certificates, netral):
        self.folder, self.certificates, self.socket = folder, certificates, netral.socket
        with socket.socket() as one, socket.socket() as other:
            for listener in (one, other):
                listener.bind(("127.0.0.1", 0))
            self.port, self.watch_port = one.getsockname()[1], other.getsockname()[1]
        text = read(DEPLOY / "netral.nginx.conf")
        for old, new in [
            ("listen 443 ", f"listen 127.0.0.1:{self.port} "),
            ("  listen [::]:443 ssl default_server;\n", ""),
            ("listen 127.0.0.1:8081;", f"listen 127.0.0.1:{self.watch_port};"),
            ("unix:/run/netral/http.sock", "unix:" + netral.socket),
            ("/etc/netral/tls/", certificates.folder + "/"),
            ("/var/log/nginx/", folder + "/"),
        ]:
            check(old in text, f"the configuration has {old.strip()!r}, which is replaced here")
            text = text.replace(old, new)
        self.text = text
        temporary = "".join(
            f"  {name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;\n" if os.geteuid() == 0 else ""
        self.main = write(
            os.path.join(folder, "nginx.conf"),
            f"{user}daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/main-error.log notice;\n"
            f"events {{ worker_connections 1024; }}\nhttp {{\n{temporary}  include {folder}/netral.conf;\n}}\n",
        )

    def start(self, change=("", "")):
        write(os.path.join(self.folder, "netral.conf"), self.text.replace(*change) if change[0] else self.text)
        program = next(p for p in ["/usr/sbin/nginx", "nginx"] if "/" not in p or os.path.exists(p))
        errors = os.path.join(self.folder, "main-error.log")
        run(program, "-t", "-q", "-c", self.main, "-e", errors)
        self.process = subprocess.Popen([program, "-c", self.main, "-e", errors], stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 5).close()
                return
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    sys.exit(f"FAILED: nginx does not start: {read(errors)[-1500:]}")
                time.sleep(0.01)

    def curl(self, path, *options, key=None, certificate=None, direct=False, watching=False):
        """Status, head and body: through nginx, what it offers to this machine, or by Netral's own socket."""
        words = ["curl", "-sS", "-m", "40", "--path-as-is", "-D", "-", *options]
        if direct:
            words += ["--unix-socket", self.socket, "http://localhost" + path]
        elif watching:
            words.append(f"http://127.0.0.1:{self.watch_port}{path}")
        else:
            words += ["--cacert", self.certificates.path("agencies-ca.pem"), f"https://127.0.0.1:{self.port}{path}"]
        if certificate:
            words += [
                "--cert",
                self.certificates.path(certificate + ".pem"),
                "--key",
                self.certificates.path(certificate + ".key"),
            ]
        if key:
            words += ["-H", "Authorization: Bearer " + key]
        done = run(*words, status=None)
        head, _, body = done.stdout.partition("\n\n")
        while head.startswith("HTTP/1.1 100"):
            head, _, body = body.partition("\n\n")
        return (int(head.split()[1]) if head else 0), head.lower(), body

    def status(self, path, *options, **named):
        return self.curl(path, *options, **named)[0]

    def connect(self):
        """A bare TLS connection, for what curl cannot do: to read while it still sends."""
        context = ssl.create_default_context(cafile=self.certificates.path("agencies-ca.pem"))
        connection = socket.create_connection(("127.0.0.1", self.port), 30)
        return context.wrap_socket(connection, server_hostname="127.0.0.1")


def is_problem(status, head, body, code):
    """Whether nginx has answered as Netral does: RFC 9457, a code of the closed list, and what every answer has."""
    found = json.loads(body) if "content-type: application/problem+json" in head else {}
    return (
        found.get("code") == code
        and found["type"] == "/docs/problems/" + code
        and found["status"] == status
        and bool(found["title"])
        and bool(found["detail"])
        and "strict-transport-security: max-age=" in head
        and "x-content-type-options: nosniff" in head
        and "cache-control: no-store" in head
        and ("retry-after: 1" in head) == (status == 503)
    )


def case(number, reference=None):
    """A case as an import has it; with a reference of its own, as one that is posted."""
    return new_case(reference or f"V-{number}", None if reference else "BKN", NIP)
