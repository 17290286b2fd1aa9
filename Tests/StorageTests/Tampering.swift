/// A change of a file behind the program's back, and the tables of which one must be named.
struct Tampering: Sendable {
  var sql: String
  var tables: Set<String>

  private init(_ sql: String, _ tables: String...) { (self.sql, self.tables) = (sql, Set(tables)) }

  /// How many rows each table has of which leaves tell.
  static let counts = [
    "leaf", "tree_node", "event", "case_part", "case_record", "person", "case_nik", "former_report", "case_link",
    "correction_request", "reference", "access_key", "figure", "published_figure", "public_release", "certificate",
    "evidence_file", "case_evidence",
  ].map { "SELECT count(*) AS n FROM \($0)" }.joined(separator: " UNION ALL ")

  static let all = events + erasures + evidence + parts + log + cases + persons + traces + reference + keys + figures

  /// Changes of a file that was restored, and has no event yet after the gap.
  static let restored = [
    gap("UPDATE sequence_gap SET last = last + 1"), gap("UPDATE sequence_gap SET last = last - 1"),
    gap("UPDATE sequence_gap SET first = first + 1"),
    gap("UPDATE sequence_gap SET declared_at = declared_at + 1"), gap("DELETE FROM sequence_gap"),
    gap("INSERT INTO sequence_gap SELECT last + 1, last + 9, 0 FROM sequence_gap"),
    Tampering("UPDATE leaf SET content = replace(content, 'declared_at', 'x') WHERE kind = 'restore'", "leaf"),
  ]

  private static func gap(_ sql: String) -> Tampering { Tampering(sql, "sequence_gap") }

  private static func event(_ change: String, _ condition: String = "seq = 3") -> Tampering {
    Tampering("UPDATE event SET \(change) WHERE \(condition)", "event")
  }

  private static let decided = "what = 'decisions'"

  private static let erasures: [Tampering] = [
    Tampering(
      "UPDATE case_record SET erased_on = NULL WHERE erased_on IS NOT NULL", "case_record", "event", "case_link"),
    Tampering("UPDATE case_record SET erased_on = erased_on - 1 WHERE erased_on IS NOT NULL", "case_record"),
    Tampering("UPDATE case_record SET erased_on = 20000 WHERE case_key = 1", "case_record"),
    Tampering("UPDATE case_record SET agency_ref_digest = 'x' WHERE erased_on IS NOT NULL", "case_record"),
    Tampering("DELETE FROM erasure", "erasure"), Tampering("UPDATE erasure SET seq = 1", "erasure"),
    Tampering("INSERT INTO erasure VALUES (1, 1, 1)", "erasure"),
    Tampering("INSERT INTO erased_report VALUES ('x', 1)", "erased_report"),
    Tampering("UPDATE case_part SET content = NULL WHERE part_key = 18", "case_part"),
    Tampering(
      """
      UPDATE case_part SET content = (SELECT content FROM case_part WHERE part_key = 18)
      WHERE data_key IS NOT NULL AND content IS NULL
      """, "case_part"),
    Tampering("UPDATE case_part SET version = 1 WHERE data_key IS NULL", "case_part"),
  ]

  private static let evidence: [Tampering] = [
    Tampering("UPDATE case_evidence SET stands = 1 - stands", "case_evidence"),
    Tampering("UPDATE case_evidence SET awaits_scan = 1", "case_evidence"),
    Tampering("DELETE FROM case_evidence", "case_evidence"),
    Tampering("UPDATE evidence_file SET bytes = bytes + 1 WHERE file_key = 1", "case_evidence"),
    Tampering("UPDATE evidence_file SET digest = 'x' WHERE file_key = 1", "case_evidence"),
    Tampering(
      "INSERT INTO case_evidence SELECT 1, file_key, data_key, wrapped, 1, 0 FROM case_evidence WHERE file_key = 1 LIMIT 1",
      "case_evidence"),
    Tampering("DELETE FROM case_part WHERE part_key % 16 = 15", "case_part", "event", "case_record"),
    Tampering("UPDATE case_part SET content = NULL WHERE part_key % 16 = 15", "case_part"),
  ]

  private static let events: [Tampering] = [
    event("agency = 'PANRB'"), event("on_behalf_of = 'KASN'"), event("imported_by = 'BKN'"), event("key_id = 'x'"),
    event("occurred_on = occurred_on + 1"), event("recorded_at = recorded_at + 1"), event("stage = 'closed'"),
    event("changed = 'act.narrative'"), event("version = version + 1"), event("what = 'notes'"),
    event("progress = replace(progress, 'BER-1', 'RIN-1')", decided),
    event("progress = replace(progress, '2024-11', '2024-12')", decided),
    event("progress = NULL", decided),
    event("details = replace(details, 'letter_number', 'x')", "what = 'recommendations'"),
    event("details = replace(details, 'BER-1', 'RIN-1')", "what = 'recommendations'"),
    event("facts_seq = seq", decided),
    event("references_seq = 1", decided), event("person_key = person_key + 1"), event("report_key = report_key + 1"),
    event("reported_by = 'BKN'"), event("institution_kind = 'central'", "seq = 1"),
    event("verified_on = NULL", decided), event("recommended_on = NULL", decided), event("unconfirmed = '2 BKN 2;'"),
    event("disputed_for = ' BKN '"), event("case_key = 7"), event("leaf_index = leaf_index + 1"),
    event("commitments = zeroblob(66)"), event("commitments = NULL"), event("digest = zeroblob(32)"),
    Tampering("DELETE FROM event WHERE seq = 3", "event"),
    Tampering("DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)", "event"),
    Tampering(
      """
      UPDATE event SET seq = -1 WHERE seq = 3; UPDATE event SET seq = 3 WHERE seq = 4;
      UPDATE event SET seq = 4 WHERE seq = -1
      """, "event"),
    Tampering(
      """
      INSERT INTO event SELECT max(seq) + 1, case_key, version + 1, what, agency, on_behalf_of, imported_by, key_id,
      occurred_on, recorded_at, stage, changed, details, digest, progress, facts_seq, references_seq, person_key,
      report_key, reported_by, institution_kind, verified_on, recommended_on, unconfirmed, disputed_for, leaf_index,
      commitments FROM event
      """, "event"),
    Tampering("INSERT INTO sequence_gap VALUES (3, 3, 0)", "sequence_gap"),
    Tampering(
      "DELETE FROM event WHERE seq = 3; INSERT INTO sequence_gap VALUES (3, 3, 0); DELETE FROM case_part WHERE part_key / 16 = 3",
      "event"),
  ]

  private static func part(_ change: String, _ condition: String) -> Tampering {
    Tampering("UPDATE case_part SET \(change) WHERE \(condition)", "case_part")
  }

  private static let parts: [Tampering] = [
    part("content = replace(content, 'DS-06', 'DS-07')", "part_key = 17"),
    part("salt = zeroblob(16)", "part_key = 17"),
    part("content = substr(content, 1, 40) || x'00' || substr(content, 42)", "part_key = 18"),
    part("content = zeroblob(length(content))", "part_key = 19"), part("content = x''", "part_key = 20"),
    part("content = substr(content, 1, 27)", "part_key = 21"), part("content = NULL", "part_key = 19"),
    part("content = '{}', data_key = NULL, salt = zeroblob(16)", "part_key = 18"),
    part("data_key = data_key + 2", "part_key = 18"), part("version = version + 1", "part_key = 18"),
    part("data_key = 999999", "part_key = 19"),
    part("content = content || x'00'", "part_key % 16 = 14"), part("content = NULL", "part_key % 16 = 14"),
    part("content = content || x'00'", "part_key % 16 = 7"), part("content = NULL", "part_key % 16 = 7"),
    part("content = zeroblob(99)", "part_key % 16 = 10"), part("content = zeroblob(99)", "part_key % 16 = 13"),
    Tampering(
      "UPDATE case_part SET content = (SELECT content FROM case_part WHERE part_key = 18) WHERE part_key = 19",
      "case_part"),
    Tampering(
      """
      UPDATE case_part SET (data_key, content) = (SELECT p.data_key, p.content FROM case_part p WHERE p.part_key =
      (SELECT 16 * max(seq) + 2 FROM event WHERE what = 'created')) WHERE part_key = 18
      """, "case_part"),
    Tampering("DELETE FROM case_part WHERE part_key = 19", "case_part", "event"),
    Tampering("DELETE FROM case_part WHERE part_key % 16 = 10", "case_part"),
    Tampering("DELETE FROM case_part WHERE part_key % 16 = 5 AND part_key > 32", "case_part", "event"),
    Tampering("INSERT INTO case_part VALUES (16 * 3 + 13, NULL, NULL, zeroblob(16), '{}')", "case_part"),
    Tampering("INSERT INTO case_part VALUES (16 * 3 + 13, 1, 1, NULL, NULL)", "case_part"),
    Tampering("INSERT INTO case_part VALUES (16 * 3 + 15, NULL, NULL, zeroblob(16), '{}')", "case_part"),
    Tampering("INSERT INTO case_part VALUES (16 * 3 + 0, NULL, NULL, zeroblob(16), NULL)", "case_part"),
    Tampering("INSERT INTO case_part VALUES (16 * 999999, NULL, NULL, zeroblob(16), NULL)", "case_part"),
  ]

  private static let lastEvent = "(SELECT max(leaf_index) FROM leaf WHERE kind = 'event')"

  private static let log: [Tampering] = [
    Tampering("UPDATE leaf SET hash = zeroblob(32) WHERE leaf_index = 20", "leaf"),
    Tampering("UPDATE leaf SET salts = zeroblob(32) WHERE leaf_index = 20", "leaf", "event"),
    Tampering("UPDATE leaf SET salts = zeroblob(32) WHERE leaf_index = 1", "leaf"),
    Tampering("UPDATE leaf SET kind = 'audit' WHERE leaf_index = 20", "leaf"),
    Tampering("UPDATE leaf SET kind = 'backup' WHERE leaf_index = 1", "leaf"),
    Tampering("UPDATE leaf SET kind = 'unknown' WHERE leaf_index = 1", "leaf"),
    Tampering("UPDATE leaf SET agency = 'BKN' WHERE leaf_index = 1", "leaf"),
    Tampering("UPDATE leaf SET agency = 'PANRB' WHERE kind = 'event' AND seq = 3", "leaf"),
    Tampering("UPDATE leaf SET seq = seq + 1 WHERE kind = 'event' AND seq = 3", "leaf", "event"),
    Tampering("UPDATE leaf SET content = replace(content, 'netral', 'orang') WHERE kind = 'reference'", "leaf"),
    Tampering("UPDATE leaf SET content = NULL WHERE kind = 'backup'", "leaf"),
    Tampering("UPDATE leaf SET content = '{}' WHERE kind = 'event' AND seq = 3", "leaf"),
    Tampering("DELETE FROM leaf WHERE leaf_index = 0", "leaf"),
    Tampering("DELETE FROM leaf WHERE leaf_index = 20", "leaf"), Tampering("DELETE FROM leaf", "leaf"),
    Tampering(
      "INSERT INTO leaf SELECT -1, kind, agency, seq, salts, content, hash FROM leaf WHERE leaf_index = 0", "leaf"),
    Tampering(
      """
      UPDATE leaf SET leaf_index = -1 WHERE leaf_index = 20; UPDATE leaf SET leaf_index = 20 WHERE leaf_index = 21;
      UPDATE leaf SET leaf_index = 21 WHERE leaf_index = -1
      """, "leaf", "event"),
    // An event and its leaf, the others moved up.
    Tampering(
      """
      CREATE TEMP TABLE gone AS SELECT leaf_index, seq FROM leaf WHERE kind = 'event' AND seq = 9;
      DELETE FROM event WHERE seq = 9; DELETE FROM case_part WHERE part_key / 16 = 9;
      DELETE FROM leaf WHERE leaf_index = (SELECT leaf_index FROM gone);
      UPDATE leaf SET leaf_index = -leaf_index WHERE leaf_index > (SELECT leaf_index FROM gone);
      UPDATE leaf SET leaf_index = -leaf_index - 1 WHERE leaf_index < 0;
      UPDATE event SET leaf_index = leaf_index - 1 WHERE leaf_index > (SELECT leaf_index FROM gone)
      """, "event"),
    // The newest events without their leaves; with their leaves, only a checkpoint tells (the signer and the witnesses).
    Tampering("DELETE FROM leaf WHERE leaf_index >= \(lastEvent)", "event"),
    Tampering("UPDATE tree_node SET hash = zeroblob(32)", "tree_node"), Tampering("DELETE FROM tree_node", "tree_node"),
    Tampering("INSERT INTO tree_node VALUES (1, 1, zeroblob(32))", "tree_node"),
    Tampering("INSERT INTO tree_node VALUES (2, 0, zeroblob(32))", "tree_node"),
  ]

  private static func record(_ change: String, _ condition: String = "case_key = 5") -> Tampering {
    Tampering("UPDATE case_record SET \(change) WHERE \(condition)", "case_record")
  }

  private static let cases: [Tampering] = [
    Tampering("UPDATE case_record SET id = zeroblob(16) WHERE case_key = 5", "event", "case_part"),
    Tampering("UPDATE case_record SET number = '2024-999999' WHERE case_key = 5", "event"),
    Tampering("UPDATE case_record SET imported_by = 'BKN', imported_versions = 1 WHERE case_key = 5", "event"),
    Tampering("UPDATE case_record SET imported_versions = 1 WHERE imported_versions > 1", "event"),
    record("created_at = created_at + 1"), record("version = version + 1"), record("seq = seq - 1"),
    record("recorded_at = recorded_at + 1"), record("stage = 'closed'"), record("person_key = 1"),
    record("report_key = 1"), record("agency_ref_digest = 'x'"), record("data_key = data_key + 2"),
    record("reporter_key = 1"), record("reported_by = 'BKN'"), record("twin = 1"),
    record("election = 'pilkada-2020'"), record("region = '16'"), record("institution = '16.72'"),
    record("institution_kind = 'central'"), record("position_level = 'jpt'"), record("violation = 'DS-07'"),
    record("category = 'ethics'"), record("act_on = act_on + 1"), record("received_on = received_on + 1"),
    record("verified_on = 1"), record("decided_on = 1"), record("lapsed_on = 1"), record("next_due_on = 1"),
    record("paused_due_on = 1"), record("appeal_due_on = 1"), record("paused_until = 1"),
    record("recorded_late = 1 - recorded_late"), record("unconfirmed = '1 BKN 1;'"), record("disputed_for = ' BKN '"),
    Tampering("DELETE FROM case_record WHERE case_key = 5", "event"),
    Tampering("INSERT INTO case_nik VALUES ('1671012609810999', 5)", "case_nik"),
    Tampering("DELETE FROM case_nik WHERE nik_digest = (SELECT min(nik_digest) FROM case_nik)", "case_nik"),
    Tampering(
      "UPDATE case_nik SET nik_digest = '1671012609810999' WHERE case_key = (SELECT min(case_key) FROM case_nik)",
      "case_nik"),
  ]

  private static let persons: [Tampering] = [
    Tampering("UPDATE person SET person_key = 99 WHERE person_key = 1", "person"),
    Tampering("UPDATE person SET digest = 'nip:1' WHERE person_key = 1", "person"),
    Tampering("DELETE FROM person WHERE person_key = 1", "person"),
    Tampering("INSERT INTO person VALUES ('nip:1', 1)", "person"),
    Tampering("INSERT INTO person VALUES ('nip:1', 9999)", "person"),
    Tampering("UPDATE counter SET last = 1 WHERE name = '2024'", "counter"),
    Tampering("DELETE FROM counter WHERE name = 'person'", "counter"),
    Tampering("UPDATE counter SET last = 1 WHERE name = 'report'", "counter"),
    Tampering("UPDATE counter SET last = 1 WHERE name = 'data_key'", "counter"),
  ]

  private static func request(_ change: String, _ number: Int = 1) -> Tampering {
    Tampering("UPDATE correction_request SET \(change) WHERE number = \(number)", "correction_request")
  }

  private static let traces: [Tampering] = [
    request("requested_by = 'BKN'"), request("requested_at = requested_at + 1"), request("seq = 1"),
    request("seq = NULL"), request("state = 'refused'"), request("state = 'open'"), request("decided_by = 'BKN'"),
    request("decided_at = decided_at + 1"), request("decided_seq = 1", 2), request("decided_seq = NULL", 1),
    request("number = 9"),
    request("state = 'accepted', decided_by = 'BAWASLU', decided_at = 1", 3), request("decided_by = 'BKN'", 3),
    request("decided_seq = 1", 3),
    Tampering("DELETE FROM correction_request WHERE number = 3", "correction_request"),
    Tampering(
      "INSERT INTO correction_request VALUES (1, 1, 'BKN', 1, 'open', NULL, NULL, NULL, NULL)",
      "correction_request"),
    Tampering("UPDATE case_link SET linked_by = 'PANRB'", "case_link"),
    Tampering("UPDATE case_link SET linked_at = linked_at + 1", "case_link"),
    Tampering("UPDATE case_link SET relation = 'same_person'", "case_link"),
    Tampering("UPDATE OR IGNORE case_link SET other_key = 1", "case_link"),
    Tampering("DELETE FROM case_link", "case_link"),
    Tampering("INSERT INTO case_link VALUES (1, 2, 'same_act', 'BKN', 1)", "case_link"),
    Tampering("DELETE FROM former_report", "former_report"),
    Tampering("UPDATE former_report SET agency_ref_digest = 'x'", "former_report"),
    Tampering("INSERT INTO former_report VALUES ('x', 1, 'BAWASLU', 1)", "former_report"),
    Tampering("UPDATE idempotency SET case_id = zeroblob(16)", "idempotency"),
    Tampering("UPDATE idempotency SET version = 99", "idempotency"),
    Tampering("UPDATE idempotency SET leaf_index = 9999999", "idempotency"),
  ]

  private static func holiday(_ change: String) -> Tampering {
    Tampering("UPDATE reference SET \(change) WHERE kind = 'holidays' AND code = '2026-02-03'", "reference")
  }

  private static let reference: [Tampering] = [
    Tampering(
      "UPDATE reference SET json = replace(json, 'BKN', 'PANRB') WHERE kind = 'mandates'", "reference"),
    holiday("json = replace(json, 'lagi', 'lain')"), holiday("valid_until = '2027-01-01'"), holiday("position = 0"),
    holiday("code = '2026-02-04'"), holiday("kind = 'motives'"),
    Tampering("DELETE FROM reference WHERE kind = 'holidays' AND code = '2026-02-03'", "reference"),
    Tampering(
      "INSERT INTO reference SELECT kind, 'x', valid_from, valid_until, json, 99999 FROM reference WHERE kind = 'motives' LIMIT 1",
      "reference"),
  ]

  private static func key(_ change: String) -> Tampering {
    Tampering("UPDATE access_key SET \(change) WHERE id = '000000000001'", "access_key")
  }

  private static let keys: [Tampering] = [
    Tampering("UPDATE setting SET value = x'00' WHERE name = 'record_key'", "setting"),
    Tampering("UPDATE setting SET value = CAST('2' AS BLOB) WHERE name = 'record_epoch'", "setting"),
    Tampering("DELETE FROM setting WHERE name = 'record_key'", "setting"),
    Tampering("UPDATE witness SET key = 'x'", "witness"), Tampering("DELETE FROM witness", "witness"),
    Tampering("INSERT INTO witness VALUES ('PANRB', 'x', NULL, NULL, NULL)", "witness"),
    key("agency = NULL"), key("agency = 'PANRB'"), key("label = 'x'"), key("scopes = 'admin'"), key("networks = ''"),
    key("identities = 'x'"), key("created_at = 1"), key("expires_at = NULL"), key("revoked_at = NULL"),
    key("revoked_at = revoked_at + 1"), key("made_by = 'x'"), key("rotated_from = 'x'"), key("bytes_max = 1"),
    key("id = '000000000009'"), Tampering("DELETE FROM access_key WHERE id = '000000000003'", "access_key"),
    Tampering("UPDATE access_key SET revoked_at = 1 WHERE id = '000000000003'", "access_key"),
    Tampering("UPDATE access_key SET secret_digest = zeroblob(32) WHERE id = '000000000003'", "access_key"),
    Tampering(
      """
      INSERT INTO access_key SELECT '000000000009', agency, label, scopes, networks, created_at, expires_at, revoked_at,
      secret_digest, identities, made_by, rotated_from, used_at, bytes_max FROM access_key WHERE id = '000000000003'
      """, "access_key"),
  ]

  private static func figure(_ table: String, _ change: String) -> Tampering {
    Tampering("UPDATE \(table) SET \(change)", table)
  }

  private static let figures: [Tampering] = [
    figure("figure", "scope = 'PANRB'"), figure("figure", "kind = 'durations'"), figure("figure", "definition = 'x'"),
    figure("figure", "question = 'x'"), figure("figure", "seq = seq + 1"),
    figure("figure", "reference_revision = reference_revision + 1"), figure("figure", "issued_at = 1"),
    figure("figure", "answer = zeroblob(9)"), figure("figure", "id = id || 'x'"),
    Tampering("DELETE FROM figure WHERE id = 'fig_2'", "figure"),
    Tampering(
      "INSERT INTO figure SELECT 99, 'fig_9', scope, kind, definition, question, seq, issued_at, answer, reference_revision FROM figure LIMIT 1",
      "figure"),
    figure("published_figure", "metric_values = 'reported 11;'"), figure("published_figure", "agency = 'PANRB'"),
    figure("published_figure", "source = 'x'"), figure("published_figure", "as_of = '2025-02-01'"),
    Tampering("UPDATE published_figure SET key_id = 'x'", "published_figure"),
    Tampering("DELETE FROM published_figure WHERE number = 2", "published_figure"),
    figure("public_release", "document = '{}'"), figure("public_release", "seq = 8"),
    figure("public_release", "released_at = 1"), Tampering("DELETE FROM public_release", "public_release"),
    Tampering(
      "INSERT INTO public_release SELECT election, '2025-03-01', definition, seq, released_at, document FROM public_release LIMIT 1",
      "public_release"),
    figure("certificate", "missing = 1"), figure("certificate", "digest = zeroblob(32)"),
    figure("certificate", "seq = 8"), figure("certificate", "agency = 'PANRB'"),
    Tampering("UPDATE certificate SET key_id = 'x'", "certificate"),
    Tampering("DELETE FROM certificate WHERE number = 1", "certificate"),
    Tampering(
      """
      INSERT INTO certificate SELECT 9, agency, key_id, seq, cases, missing, outdated, unknown, digest, issued_at
      FROM certificate LIMIT 1
      """, "certificate"),
  ]
}
