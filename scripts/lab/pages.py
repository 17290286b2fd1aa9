"""Visits every page as people see it: Debian's Chromium by Playwright, judged by axe."""

import os
import pathlib
import subprocess
import tempfile

from lab import settings
from lab.server import Server

PYTHON = settings.ROOT / ".build-pages" / "bin" / "python"


def main(arguments):
    if arguments:
        raise SystemExit("scripts/verify-pages takes no arguments")
    settings.prepare("pages")
    pictures = os.environ.get("PICTURES", "")
    if pictures:
        pathlib.Path(pictures).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        program, folder = settings.program(), pathlib.Path(name)
        demo = subprocess.run(
            [program, "demo", "--database", folder / "netral.sqlite"], capture_output=True, check=False
        )
        if demo.returncode:
            raise SystemExit(demo.stderr.decode())
        keys = folder / "keys"
        keys.write_bytes(demo.stdout)
        server = Server(program, folder / "netral.sqlite")
        server.start()
        try:
            server.wait_until("/v1/public/statistics/funnel?election=pilkada-2024", 200)
            visits = [PYTHON, settings.SCRIPTS / "lab" / "visits.py", server.url + "/", pictures]
            road = [PYTHON, settings.SCRIPTS / "lab" / "road.py", server.url + "/", keys, pictures]
            codes = [subprocess.run(command, check=False).returncode for command in (visits, road)]
        finally:
            server.stop()
    raise SystemExit(max(codes))
