"""Attacks every operation of the OpenAPI document with schemathesis, with keys of agencies, the operator's and none.

It is configured as deploy/schemathesis has it for whoever uses the interface.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

from lab import clients, settings
from lab.client import Client
from lab.server import Server

CALLERS = ["BKN", "BAWASLU", "OPERATOR", "nobody"]
TOOLS = settings.ROOT / ".build-schemathesis" / "bin"
# What is to be reached is what lies behind the limits on time.
LIMITS = {
    "PUBLIC_REQUESTS_PER_MINUTE": 1_000_000,
    "FIGURES_PER_AGENCY_PER_DAY": 1_000_000,
    "FAILED_KEYS_PER_MINUTE": 1_000_000,
    "COST_PER_AGENCY_PER_HOUR": 100_000_000,
}


def attack(server, document, caller, examples, seed):
    """Whether schemathesis finds nothing; its summary is printed, or its end where it found something."""
    key = [] if caller == "nobody" else ["-H", f"Authorization: Bearer {server.keys[caller]}"]
    done = subprocess.run(
        [
            TOOLS / "schemathesis",
            "run",
            document,
            "--url",
            server.url,
            *key,
            "--max-examples",
            str(examples),
            "--seed",
            str(seed),
            "--no-color",
        ],
        cwd=settings.DEPLOY / "schemathesis",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode == 0:
        counts = [line.strip() for line in done.stdout.splitlines() if re.search(r"\d+ generated", line)]
        print(f"{caller}: {' '.join(counts)}", flush=True)
        return True
    # The keys of this server end with it; and yet a key is shown to nobody.
    print("\n".join(re.sub(r"ntk_[0-9A-Za-z_-]*", "ntk_***", done.stdout).splitlines()[-200:]), flush=True)
    print(f"{caller}: FAILED", file=sys.stderr)
    return False


def main(arguments):
    if arguments[:1] == ["--clients"]:
        return clients.main(arguments[1:])
    examples, callers = int(arguments[0]) if arguments else 10, arguments[1:] or CALLERS
    if unknown := set(callers) - set(CALLERS):
        raise SystemExit(f"{', '.join(unknown)}: {', '.join(CALLERS)} are possible")
    settings.prepare("contract")
    program = settings.program()
    with tempfile.TemporaryDirectory(prefix="netral-contract-") as name:
        folder = pathlib.Path(name)
        server = Server(program, folder / "demo.sqlite", BACKUP_FOLDER=folder / "backups", **LIMITS).demo()
        document, earlier = folder / "openapi.json", folder / "openapi-3.0.json"
        with server.start():
            for file in (document, earlier):
                file.write_bytes(Client(server.url).get(None, f"/{file.name}").body)
                print(settings.run(TOOLS / "python", "-m", "openapi_spec_validator", file).strip(), flush=True)
            # Each caller is tried, also when one before it has found something.
            found = [attack(server, document, caller, examples, settings.seed(1)) for caller in callers]
        failed = [line for line in pathlib.Path(server.log).read_text().splitlines() if "request failed" in line]
    print("\n".join(failed[:10]))
    return 0 if all(found) and not failed else 1
