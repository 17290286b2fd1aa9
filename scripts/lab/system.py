"""Debian systems of one's own, made by mmdebstrap from this machine's package sources."""

import os
import re
import subprocess
import time

from lab.settings import ROOT, run

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Steps:
    """Says what is done, and how long it has taken until then."""

    def __init__(self):
        self.began = time.monotonic()

    def say(self, text):
        print(f"== {text} (after {time.monotonic() - self.began:.0f} s)", flush=True)


def need_root(name):
    if os.geteuid() != 0:
        raise SystemExit(f"{name} makes a system with other users: run it as root")


def suite():
    """The Debian that the Dockerfile runs on."""
    found = re.search(r"^FROM debian:(\S+)-slim$", (ROOT / "Dockerfile").read_text(), re.M)
    if not found:
        raise SystemExit("the Dockerfile names another system than can be made here")
    return found[1]


def make(target, folder, *options):
    """Fills a folder or an archive with the smallest system, and what options add."""
    run("apt-get", "update", "-qq")
    targets = run(
        "apt-get",
        "indextargets",
        "--format",
        "deb $(SITE) $(RELEASE) $(COMPONENT)",
        "Created-By: Packages",
        "Origin: Debian",
    )
    sources = [line for line in targets.splitlines() if f" {suite()}" in line]
    if not sources:
        raise SystemExit(f"this machine has no package sources of Debian {suite()}")
    wanted = [
        line for line in run("apt-config", "dump").splitlines() if re.match(r"Acquire::(Check-|Retries|https?:)", line)
    ]
    (folder / "apt.conf").write_text("\n".join(wanted) + "\n")
    command = [
        "mmdebstrap",
        "--quiet",
        "--variant=minbase",
        f"--aptopt={folder}/apt.conf",
        *options,
        suite(),
        str(target),
        "-",
    ]
    subprocess.run(command, input="\n".join(sources) + "\n", text=True, check=True)
