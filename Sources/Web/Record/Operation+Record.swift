internal import Domain
internal import HTTPTypes
internal import Service

/// Operations on the record.
extension Operation {
  static let checkpoint = Operation(
    "getCheckpoint", .record, .init(en: "The newest checkpoint", inIndonesian: "Titik periksa terbaru"),
    details: """
      A signed note (C2SP tlog-checkpoint): origin, size and root of the tree, the record's signature, and the lines of the \
      agencies that have cosigned this one.
      """,
    replies: [Reply(.ok, "The note.", [Reply.Content(type: "text/plain", schema: nil)])], refusals: [.notFound],
    example: Example(nil))

  static let keyHandovers = Operation(
    "getKeyHandovers", .record, .init(en: "Replaced signing keys", inIndonesian: "Penggantian kunci penanda"),
    details: """
      Signed notes, one after the other with an empty line between them; none before the first replacement. Each says that \
      the key which has signed it hands over to the key in its last line, and at which size and root of the tree.
      """,
    replies: [Reply(.ok, "The notes.", [Reply.Content(type: "text/plain", schema: nil)])], example: Example(nil))

  static let tile = Operation(
    "getTile", .record, .init(en: "A tile of the tree", inIndonesian: "Ubin pohon"),
    details: """
      Hashes of 32 bytes, one after the other (C2SP tlog-tiles): `{path}` is `LEVEL/INDEX`, the index in groups of three \
      digits as in `0/x001/234`, and `.p/WIDTH` behind one that is not full. Proofs are worked out from tiles.
      """,
    replies: [Reply(.ok, "The hashes.", [Reply.Content(type: "application/octet-stream", schema: nil)])],
    refusals: [.notFound], example: Example(nil, path: ["0/000.p/1"]))

  private static let leafRange: [Parameter] = [
    .int("from", 0...Int(Int64.max / 2), "The index of the first leaf (default: 0)."),
    .limit(1...10_000, standard: 1_000),
  ]

  static let listLeaves = Operation(
    "listLeaves", .record, .init(en: "The leaves of the record", inIndonesian: "Daun catatan"),
    details: """
      Kind, agency and sequence of each leaf: who sees every case accounts for every one of them. With `proof=true` each has \
      the digests of its groups, from which its hash follows, and the disclosure of its core, where that is open: of an \
      event where the history shows it. Of events that the caller may not know of neither is given; notes and links of \
      others are told from versions to those who see all cases. At most 1,000 come with proofs, and a page that is full \
      ends early: go on with `from` after the last index.
      """,
    query: leafRange + [Parameter.proof],
    replies: [.list(of: .leaf, named: "LeafPage", "Leaves in their order.", fields: [])],
    example: Example("BKN", query: "from=0&limit=3"))

  static let administration = Operation(
    "listAdministration", .record, .init(en: "What administrators have done", inIndonesian: "Tindakan administrator"),
    details: """
      Every change of keys (in full for the own agency), mandates, agencies and reference data: who, when, before and \
      after; figures, certificates, backups, restorations and keys of the record. Go on with `from` after the last index.
      """,
    query: leafRange,
    replies: [.list(of: .administrativeLeaf, named: "AdministrationPage", "Leaves in their order.", fields: [])],
    example: Example("BKN", query: "from=0&limit=3"))

  static let listWitnesses = Operation(
    "listWitnesses", .record, .init(en: "Who cosigns", inIndonesian: "Para saksi"),
    details: "The keys that agencies have registered, for display, and what each has cosigned last.",
    replies: [.list(of: .recordWitness, named: "RecordWitnessPage", "The witnesses.", fields: [])],
    example: Example(nil))

  static let registerWitness = Operation(
    "registerWitness", .record, .init(en: "Register a witness's key", inIndonesian: "Daftarkan kunci saksi"),
    details:
      "The key that the agency cosigns with (C2SP vkey, type 0x04). Other witnesses go by what they have pinned.",
    query: [.dryRun], body: .json(named: "RecordWitnessDraft") { _ = RecordRoutes.key($0) },
    replies: [.json(.recordWitness, "The witness.")],
    example: Example(
      "BKN", setup: "key=$(netral witness key --key-file bkn.witness)", body: #"{"key":"$key"}"#))

  static let cosign = Operation(
    "cosign", .record, .init(en: "Hand in a cosignature", inIndonesian: "Serahkan tanda saksi"),
    details: "A checkpoint of this record with the line of the agency's registered key.",
    query: [.dryRun], body: Operation.Body([("text/plain", .string)]),
    replies: [.json(.recordWitness, "What the agency has cosigned.", .created)],
    refusals: [.checkpointConflict, .invalid],
    example: Example(
      "BKN", pipe: "curl -s \"$api/record/checkpoint\" | netral witness sign --key-file bkn.witness",
      fields: ["Content-Type: text/plain"]))
}
