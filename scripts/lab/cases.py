"""A case as anybody may post it; names and texts are nobody's."""


def case(reference, agency=None, nip=None, regional=True, narrative="Uraian contoh."):
    subject = {"nip": nip} if nip else {"identifier_missing": True}
    return {
        "election": "pilkada-2024",
        "region": "16.71",
        "institution": "16.71" if regional else "kemenag",
        "subject": {"name": "Pegawai Contoh", **subject, "position_level": "pelaksana"},
        "violation": "DS-06",
        "act": {"occurred_on": "2024-10-02", "narrative": narrative},
        "source": {
            "kind": "laporan",
            **({"agency": agency} if agency else {}),
            "agency_ref": reference,
            "received_on": "2024-10-06",
        },
        "reporter": {"mode": "anonymous"},
    }
