"""Paths of the project, and what the environment says: NETRAL names a program, NETRAL_SEED a seed."""

import os
import pathlib
import random
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCRIPTS, DEPLOY = ROOT / "scripts", ROOT / "deploy"
AGENCIES = ["BAWASLU", "BKN", "KASN", "KEMENDAGRI", "PANRB"]
JSON, NDJSON, CSV = "application/json", "application/x-ndjson", "text/csv"


def run(*command, **options):
    """What a command prints; an error with what it complained of where it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(words, text=True, capture_output=True, **options)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(words)} ended with {done.returncode}: {done.stdout[-800:]} {done.stderr[-800:]}")
    return done.stdout


def prepare(part):
    """Installs what a part needs; what is installed is said on standard error."""
    subprocess.run([SCRIPTS / "prepare", part], check=True)


def program(*parts):
    """The program that NETRAL names; else what the parts need is installed, and the program is built."""
    named = os.environ.get("NETRAL")
    if named:
        return os.path.abspath(named)
    for part in ("run", *parts):
        prepare(part)
    return subprocess.check_output([SCRIPTS / "build"], text=True).strip().splitlines()[-1]


def seed(usual=None):
    """NETRAL_SEED; else the usual one, or one by chance."""
    return int(os.environ.get("NETRAL_SEED", usual or random.randrange(1, 10**6)))
