"""Runs the module that the first argument names, with the other arguments."""

import importlib
import sys

COMMANDS = (
    "attack",
    "bench",
    "contract",
    "dataset",
    "deploy",
    "image",
    "interop",
    "pages",
    "sheets",
    "soak",
    "test",
    "tour",
    "units",
)


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        raise SystemExit(f"usage: scripts/lab/run {'|'.join(COMMANDS)} [ARGUMENTS…]")
    sys.exit(importlib.import_module("lab." + sys.argv[1]).main(sys.argv[2:]))


main()
