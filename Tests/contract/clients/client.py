"""Uses the client that openapi-generator makes for Python: NETRAL_URL names the server, BAWASLU and BKN are keys."""

import datetime
import json
import os
import uuid

import openapi_client as netral


def client(agency):
    return netral.ApiClient(netral.Configuration(host=os.environ["NETRAL_URL"], access_token=os.environ[agency]))


def draft(reference):
    return netral.CaseDraft(
        election="pilkada-2024",
        region="16.71",
        institution=netral.CodeReference("16.71"),
        subject=netral.CaseDraftSubject(name="Pegawai Contoh", identifier_missing=True, position_level="pelaksana"),
        violation=netral.CodeReference("DS-06"),
        act=netral.CaseDraftAct(occurred_on=datetime.date(2024, 10, 2), narrative="Uraian contoh."),
        source=netral.CaseDraftSource(
            kind="temuan", agency="BAWASLU", agency_ref=reference, received_on=datetime.date(2024, 10, 6)
        ),
    )


def main():
    bawaslu, bkn = client("BAWASLU"), client("BKN")

    created = netral.CasesApi(bawaslu).create_case(str(uuid.uuid4()), draft(str(uuid.uuid4()))).actual_instance
    assert isinstance(created, netral.CaseRecord) and created.stage == "received" and created.decision is None
    print("created", created.number)

    page = netral.CasesApi(bkn).list_cases(limit=2, count="exact")
    then = netral.CasesApi(bkn).list_cases(limit=2, cursor=page.next_cursor)
    assert page.count > 4 and len(page.items) == len(then.items) == 2
    assert not {case.id for case in page.items} & {case.id for case in then.items}
    print("listed", page.count)

    shown = netral.CasesApi(bkn).get_case_with_http_info(str(created.id))
    assert shown.data.act.occurred_on == datetime.date(2024, 10, 2)
    verification = netral.VerificationDraft(occurred_on=datetime.date.today(), outcome="accepted")
    acts = netral.ActsApi(bkn)
    verified = acts.record_verification(str(created.id), shown.headers["ETag"], verification).actual_instance
    assert verified.stage == "verified" and verified.version == created.version + 1
    try:
        acts.record_verification(str(created.id), shown.headers["ETag"], verification)
        raise AssertionError("a stale ETag was taken")
    except netral.ApiException as error:
        assert error.status == 412 and netral.Problem.from_json(error.body).code == "version_mismatch"
    print("acted", verified.stage)

    line = netral.ImportLine(case=netral.ImportedCase.from_dict(draft(str(uuid.uuid4())).to_dict()))
    # What is neither JSON nor text/… this client hands over as it comes: right for what has any length.
    answer = netral.SynchronisationApi(bawaslu).import_cases_without_preload_content(line.to_json() + "\n" + "{}\n")
    results = [netral.ImportResult.from_json(text).actual_instance for text in answer.data.decode().splitlines()]
    assert [result.status for result in results] == ["created", "invalid"], results
    assert results[1].problem.errors[0].pointer == "/case"
    print("imported", results[0].id)

    feed, seen, after = netral.SynchronisationApi(bkn), 0, max(verified.seq - 5, 0)
    while True:
        changes = feed.list_changes(after=after, limit=2)
        seen, after = seen + len(changes.changes), changes.next_after
        if after == changes.head:
            break
    assert seen >= 6 and after >= verified.seq
    lines = feed.export_cases_without_preload_content().data.decode().splitlines()
    snapshot = [json.loads(text) for text in lines]
    assert snapshot[0]["snapshot"]["count"] == len(snapshot) - 2
    assert netral.SnapshotLine.from_dict(snapshot[1]).actual_instance.case.id
    print("followed", seen)


main()
