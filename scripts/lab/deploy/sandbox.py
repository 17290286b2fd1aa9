"""Units as systemd reads them, and the program within what they allow."""

import glob
import json
import os
import re
import time

from lab.deploy.parts import case, check, read, run, write
from lab.settings import DEPLOY

EXPOSURE_MAX = 2.0


def verify_units(program, folder):
    for path in sorted(glob.glob(os.path.join(DEPLOY, "*.service")) + glob.glob(os.path.join(DEPLOY, "*.timer"))):
        # The program is not where it will be installed; nothing else is replaced.
        write(os.path.join(folder, os.path.basename(path)), read(path).replace("/usr/local/bin/netral", program))
    for path in sorted(glob.glob(os.path.join(folder, "*.service")) + glob.glob(os.path.join(folder, "*.timer"))):
        done = run("systemd-analyze", "verify", "--man=no", path, status=None)
        said = [line for line in done.stderr.splitlines() if folder in line or os.path.basename(path) in line]
        check(done.returncode == 0 and not said, f"systemd takes {os.path.basename(path)}", done.stderr)
        if path.endswith(".service"):
            said = run("systemd-analyze", "security", "--offline=true", path, status=None).stdout
            found = re.search(r"exposure level for \S+: ([0-9.]+)", said)
            check(found and float(found[1]) <= EXPOSURE_MAX, f"its exposure is {found and found[1]}", said[-300:])


def allowed_calls(unit):
    """The system calls that the lines SystemCallFilter= of a unit leave, as this systemd knows the sets."""
    sets, name = {}, None
    for line in run("systemd-analyze", "syscall-filter", "--no-pager").stdout.splitlines():
        if line.startswith("@"):
            name = line.strip()
            sets[name] = set()
        elif name and line.strip() and not line.strip().startswith("#"):
            sets[name].add(line.strip())

    def expand(item):
        return set().union(*map(expand, sets[item])) if item.startswith("@") else {item}

    allowed = set()
    for value in re.findall(r"^SystemCallFilter=(.*)$", read(unit), re.M):
        calls = set().union(*map(expand, value.lstrip("~").split()))
        allowed = allowed - calls if value.startswith("~") else allowed | calls
    return allowed


def verify_sandbox(netral, keys, folder, front):
    """What the program does from start to end stays within what netral.service allows."""
    trace = os.path.join(folder, "strace")
    tried = run("strace", "-f", "-o", os.devnull, "true", status=None)
    if tried.returncode != 0:
        # As in a container that may not trace; whatever else is wrong with strace is a failure.
        forbidden = re.search("(?i)ptrace.*(Operation not permitted|Function not implemented)", tried.stderr)
        check(forbidden, "strace works, or is forbidden here", tried.stderr)
        return print("NOT CHECKED: system calls, because this machine forbids to trace:", tried.stderr.strip())
    netral.wrapper = ("strace", "-D", "-f", "-q", "-s", "0", "-e", "signal=none", "-o", trace)
    netral.start()
    for path in ("/v1/cases?limit=5", "/v1/exports/cases", "/v1/changes?after=0", "/readyz"):
        check(front.status(path, key=keys["open"], direct=True) == 200, f"{path} under strace")
    front.status(
        "/v1/cases",
        "-X",
        "POST",
        "-H",
        "Content-Type: application/json",
        "-H",
        "Idempotency-Key: s",
        "-d",
        json.dumps(case(9999)),
        key=keys["open"],
        direct=True,
    )
    check(netral.stop() == 0, "and it ends")
    # The tracer stands aside and may still be writing.
    deadline = time.monotonic() + 20
    while "+++ exited with 0 +++" not in (text := read(trace)) and time.monotonic() < deadline:
        time.sleep(0.05)
    unit = os.path.join(DEPLOY, "netral.service")
    calls = set(re.findall(r"^\d+ +([a-z0-9_]+)\(", text, re.M))
    if os.geteuid() == 0:
        calls.discard("fchown")  # SQLite gives its files to the database's owner, and does so as root alone.
    check("epoll_wait" in calls or "epoll_pwait" in calls, "the trace is whole")
    check(calls <= allowed_calls(unit), "SystemCallFilter= allows every call", calls - allowed_calls(unit))
    families = set(re.findall(r"\bsocket\((AF_\w+)", text))
    wanted = set(re.search(r"^RestrictAddressFamilies=(.*)$", read(unit), re.M)[1].split())
    check(families and families <= wanted, "RestrictAddressFamilies= allows every socket", families)
    writable = re.findall(r"(?:mprotect|pkey_mprotect)\([^)]*PROT_EXEC|mmap\([^)]*PROT_WRITE\|PROT_EXEC", text)
    check(not writable, "MemoryDenyWriteExecute= forbids nothing that it does", writable)
    return None
