"""Opens workbooks with openpyxl, pandas and LibreOffice: every identifying number must be intact."""

import csv
import pathlib
import subprocess
import tempfile

from lab import settings
from lab.cases import case
from lab.client import Client
from lab.server import Server

TOOLS = settings.ROOT / ".build-sheets" / "bin"
# Reads a workbook with pandas, which guesses the types of columns, and with openpyxl, which does not.
READER = """
import csv, sys, openpyxl, pandas
sheet = openpyxl.load_workbook(sys.argv[1], read_only=False).active
rows = list(sheet.iter_rows(values_only=True))
assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref.endswith(str(sheet.max_row))
frame = pandas.read_excel(sys.argv[1])
write = csv.writer(sys.stdout).writerow
write(["openpyxl", "pandas"])
place = rows[0].index(sys.argv[2])
for row, value in zip(rows[1:], frame[sys.argv[2]]): write([row[place], value])
"""


def with_python(path, heading):
    """What openpyxl and pandas take the column for."""
    done = subprocess.run([TOOLS / "python", "-c", READER, path, heading], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    rows = list(csv.DictReader(done.stdout.splitlines()))
    return {name: [row[name] for row in rows] for name in ("openpyxl", "pandas")}


def with_office(path, heading):
    """What LibreOffice takes the column for."""
    folder = path.parent / "office"
    profile = f"-env:UserInstallation=file://{path.parent}/profile"
    settings.run("soffice", profile, "--headless", "--convert-to", "csv", "--outdir", folder, path)
    with open(folder / (path.stem + ".csv"), encoding="utf-8", newline="") as file:
        return [row[heading] for row in csv.DictReader(file)]


def compare(path, heading, wanted):
    """Prints how many numbers each program has kept; whether that is all of them."""
    found = with_python(path, heading) | {"LibreOffice": with_office(path, heading)}
    good = True
    for program, values in found.items():
        values = sorted(value.strip() for value in values if value.strip())
        kept = values == sorted(wanted)
        print(f"{path.name}, {heading}, {program}: {len(values)} numbers, {'all intact' if kept else 'CHANGED'}")
        good = good and kept
    return good


def main(arguments):
    if arguments:
        raise SystemExit("scripts/sheets takes no arguments")
    settings.prepare("sheets")
    program = settings.program()
    with tempfile.TemporaryDirectory(prefix="netral-sheets-") as name:
        folder = pathlib.Path(name)
        server = Server(program, folder / "demo.sqlite").demo()
        with server.start():
            client = Client(server.url, server.keys)
            # One person without a number, for whose sake programs that guess change everybody's.
            made = client.ask("BAWASLU", "POST", "/v1/cases", case("TANPA-NIP"), {"Idempotency-Key": "without"})
            if made.status != 201:
                raise SystemExit(str(made))
            cases = [line["case"] for line in client.get("BAWASLU", "/v1/exports/cases").lines if "case" in line]
            nips = [one["subject"]["nip"] for one in cases if one["subject"]["nip"]]
            book = folder / "cases.xlsx"
            book.write_bytes(client.get("BAWASLU", "/v1/cases?format=xlsx").body)
            key = folder / "key"
            key.touch(0o600)
            key.write_text(server.keys["BAWASLU"])
            copy = ["--into", folder / "copy.sqlite", "--xlsx", folder / "copy", "--quiet"]
            settings.run(program, "sync", "--server", server.url, "--key-file", key, *copy)
        good = compare(book, "NIP", nips) and compare(folder / "copy" / "cases.xlsx", "NIP", nips)
    return 0 if good else 1
