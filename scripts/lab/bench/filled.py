"""A file that is filled through the import path, as every part of the benchmark begins."""

import json

from lab import load
from lab.server import Server


class Filled:
    """The program over a file with so many cases: keys of two agencies and the operator, and the identities."""

    def __init__(self, program, folder, count, is_full=False, **settings):
        self.folder, self.count = folder, count
        self.server = Server(program, folder / "netral.sqlite", **load.FREE, **settings)
        self.keys = {agency: self.server.key("--agency", agency, scopes=load.SCOPES) for agency in ("BAWASLU", "BKN")}
        self.keys["OPERATOR"] = self.server.key("--operator", scopes="admin")
        self.server.keys = self.keys
        lines, results = folder / "cases.ndjson", folder / "results.ndjson"
        load.write_dataset(lines, count, is_full)
        with self.server.start():
            self.import_seconds = load.send_import(self.server, lines, self.keys["BAWASLU"], results)
            self.import_peak_mib = self.server.memory_mib("VmHWM")
        with open(results) as file:
            self.identities = [json.loads(line)["id"] for line in file]
        lines.unlink()
        results.unlink()
