"""Synthetic cases as import lines. The same count, seed and word give the same bytes; names and texts are nobody's."""

import csv
import datetime
import json
import random
import sys

from lab.settings import ROOT

LEVELS = ["jpt_pratama", "administrator", "pengawas", "pelaksana", "fungsional"]
SANCTIONS = ["MOR-BUKA", "RIN-1", "SED-1", "BER-1", "BER-2"]
WORDS = [
    "unggahan",
    "rapat",
    "kantor",
    "kecamatan",
    "pegawai",
    "spanduk",
    "kampanye",
    "dukungan",
    "grup",
    "foto",
    "acara",
    "warga",
    "surat",
    "pesan",
]


def day(date, days):
    return date + datetime.timedelta(days=days)


def road(index, sanction):
    """All acts of a case to its end."""
    return [
        {"action": "verifications", "agency": "BKN", "outcome": "accepted"},
        {"action": "studies", "agency": "BAWASLU", "outcome": "violation", "summary": "Kajian contoh."},
        {"action": "recommendations", "agency": "BKN", "outcome": "recommended", "letter_number": f"R-{index}"},
        {
            "action": "decisions",
            "agency": "BKN",
            "outcome": "sanctioned",
            "decree_number": f"SK-{index}",
            "sanction": sanction,
            "deviation_reason": "Alasan contoh.",
        },
        {"action": "appeals", "agency": "BKN", "route": "objection"},
        {"action": "rulings", "agency": "BKN", "outcome": "upheld"},
    ]


def case(index, rng, regions, violations):
    """One case, and the day it was received."""
    birth = datetime.date(1965, 1, 1) + datetime.timedelta(days=rng.randrange(11000))
    nip = f"{birth:%Y%m%d}{birth.year + 24}{rng.randrange(12) + 1:02}{rng.randrange(2) + 1}{index % 999 + 1:03}"
    act = datetime.date(2024, 9, 23) + datetime.timedelta(days=rng.randrange(40))
    received = day(act, rng.randrange(5))
    region = rng.choice(regions)
    return received, {
        "election": "pilkada-2024",
        "region": region,
        "institution": region if rng.random() < 0.9 else "kemenag",
        "subject": {
            "name": f"Pegawai Contoh {index:07}",
            "nip": nip,
            "position_level": rng.choice(LEVELS),
            "position_title": f"Jabatan Contoh {rng.randrange(40)}",
        },
        "violation": rng.choice(violations),
        "act": {
            "occurred_on": act.isoformat(),
            "place": f"Tempat Contoh {rng.randrange(500)}",
            "channel": "social_media",
            "narrative": " ".join(rng.choices(WORDS, k=40)),
            "urls": [f"https://contoh.invalid/{index}"],
            "supports": "candidate",
        },
        "source": {
            "kind": "laporan",
            "agency": "BAWASLU",
            "agency_ref": f"{index:07}/LP/CONTOH/2024",
            "received_on": received.isoformat(),
        },
        "reporter": {"mode": "named", "name": f"Pelapor Contoh {index:07}", "contact": "contoh@contoh.invalid"},
    }


def lines(count, seed=1, is_full=False):
    """Import lines: two and a half events a case on average, and four where cases go on to their ends."""
    rng, reference = random.Random(seed), ROOT / "migrations" / "reference"
    with open(reference / "regions.csv") as file:
        regions = [row["code"] for row in csv.DictReader(file) if "." in row["code"]]
    violations = [row["code"] for row in json.loads((reference / "violations.json").read_text())]
    for index in range(count):
        received, body = case(index, rng, regions, violations)
        sanction = rng.choice(SANCTIONS) if is_full else None
        steps = road(index, sanction)[: rng.randrange(7 if is_full else 4)]
        actions = [
            step | {"occurred_on": day(received, 3 * (number + 1)).isoformat()} for number, step in enumerate(steps)
        ]
        yield json.dumps({"case": body, "actions": actions}, separators=(",", ":"))


def main(arguments):
    if not arguments:
        raise SystemExit("usage: scripts/dataset COUNT [SEED [full]]")
    for line in lines(int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 1, arguments[2:] == ["full"]):
        sys.stdout.write(line + "\n")
