"""Starts the program behind nginx as deploy/ sets them up, on loopback, and checks what they promise together."""

import os
import signal
import sys
import tempfile

from lab import settings
from lab.deploy import front as fronts
from lab.deploy import sandbox, traffic
from lab.deploy.parts import Certificates, Front, Netral

SECONDS_MAX = 240
SCOPES = "cases:read,cases:write,imports,sync"


def make_keys(netral, certificates):
    """Keys of every kind: free, bound to certificates, bound to addresses, of agencies and of operators."""
    agency, operator = ("--agency", "BKN"), "--operator"
    identity = certificates.identity
    return {
        "open": netral.key(*agency, scopes=SCOPES),
        "reading": netral.key(*agency, scopes="cases:read"),
        "operator": netral.key(operator, "--identities", identity("operator"), scopes="admin"),
        "loose": netral.key(operator, scopes="admin"),
        "prometheus": netral.key(
            operator, "--networks", "127.0.0.1/32", "--identities", "metrics@loopback", scopes="admin"
        ),
        "bound": netral.key(*agency, "--identities", "CN=another", identity("bkn"), scopes=SCOPES),
        "elsewhere": netral.key(*agency, "--networks", "127.0.0.2/32", scopes=SCOPES),
    }


def verify(netral, front, keys, folder):
    fronts.verify_optional(front, netral, keys)
    front.stop()
    front.start()
    fronts.verify_tls(front)
    fronts.verify_certificates(front, netral, keys)
    fronts.verify_addresses(front, keys)
    fronts.verify_paths(front, netral)
    fronts.verify_sign_in(front, keys)
    fronts.verify_limits(front, keys)
    fronts.verify_long_bodies(front, keys)
    fronts.verify_too_many(front)
    fronts.verify_watching(front, netral, keys)
    traffic.verify_backups(front, netral, keys)
    traffic.verify_streams(front, netral, keys)
    traffic.verify_evidence(front, keys)
    traffic.verify_named_files(front, keys)
    traffic.verify_logs(front, netral, keys)
    sandbox.verify_units(netral.program, os.path.join(folder, "units"))
    sandbox.verify_sandbox(netral, keys, folder, front)


def main(arguments):
    program = settings.program("test")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("FAILED: it takes too long"))
    signal.alarm(SECONDS_MAX)
    with tempfile.TemporaryDirectory(prefix="netral-deploy-") as folder:
        for name in ("tls", "front", "units"):
            os.mkdir(os.path.join(folder, name), 0o700)
        certificates, netral = Certificates(os.path.join(folder, "tls")), Netral(program, folder)
        keys = make_keys(netral, certificates)
        front = Front(os.path.join(folder, "front"), certificates, netral)
        try:
            verify(netral.start(), front, keys, folder)
        finally:
            front.stop()
            netral.stop()
    print("The deployment keeps what it promises.")
    return 0
