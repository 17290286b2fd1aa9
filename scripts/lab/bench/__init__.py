"""Measures the server on one machine and prints tables of figures, each beside a yardstick of the same run."""

from lab import settings
from lab.bench import backup, evidence, record, requests, statistics, sync

# Each part, and its sizes in cases where none are given.
PARTS = {
    "requests": (requests, [100_000]),
    "sync": (sync, [10_000, 100_000, 1_000_000]),
    "statistics": (statistics, [1_000_000]),
    "backup": (backup, [200_000]),
    "evidence": (evidence, [10_000]),
    # In leaves.
    "record": (record, [1_000_000]),
}


def main(arguments):
    name, sizes = (arguments[0] if arguments else "all"), [int(text) for text in arguments[1:]]
    if name not in ("all", *PARTS):
        raise SystemExit(f"usage: scripts/bench [all|{'|'.join(PARTS)} [CASES OR LEAVES …]]")
    settings.prepare("bench")
    program = settings.program()
    for part, (module, usual) in PARTS.items():
        if name in ("all", part):
            module.main(program, sizes or usual)
    return 0
