internal import Domain
internal import HTTPTypes
internal import Service

/// Operations on keys and their owners.
extension Operation {
  static let whoami = Operation(
    "whoami", .reference, .init(en: "This key", inIndonesian: "Kunci ini"),
    details: "The key, and the mandates of its agency.",
    replies: [.json(.whoami, "The key.")], example: Example("BKN"))

  static let listOwnKeys = Operation(
    "listOwnKeys", .reference, .init(en: "The keys of your agency", inIndonesian: "Kunci lembaga Anda"),
    details: """
      Every key of the caller's agency, newest first, those that have ended among them: who made it, when, and the hour of \
      its last use. Never a secret.
      """,
    query: [.limit(1...200, standard: 50), .cursor],
    replies: [.list(of: .key, named: "KeyPage", "The keys.")],
    refusals: [.invalidCursor], example: Example("BKN"))

  static let policy = Operation(
    "getPolicy", .reference, .init(en: "The visibility policy", inIndonesian: "Kebijakan keterbukaan"),
    details: "Which agency sees what, as it is applied.", replies: [.json(.policy, "The table.")],
    example: Example("BKN"))

  static let createKey = Operation(
    "createKey", .administration, .init(en: "Make a key", inIndonesian: "Buat kunci"),
    details: """
      The secret is shown once, here. A key with identities needs one of these client certificates; an operator's key that \
      comes by a proxy always needs one. Without expires_at it ends after 365 days (admin: 90).
      """,
    query: [.dryRun], body: .json(named: "KeyDraft") { _ = KeyBody.read($0) }, needs: [.idempotencyKey],
    replies: [.json(.newKey, "The key.", .created, fields: [(.location, "Its address.")])],
    example: Example(
      "OPERATOR", body: #"{"agency":"BKN","label":"uji","scopes":["cases:read"]}"#, keeps: ("key", ".id")))

  static let listKeys = Operation(
    "listKeys", .administration, .init(en: "List keys", inIndonesian: "Daftar kunci"), query: [.rest],
    replies: [.list(of: .key, named: "KeyPage", "All keys, as JSON no more than 4 MiB of them.")],
    refusals: [.invalidCursor], example: Example("OPERATOR"))

  static let showKey = Operation(
    "getKey", .administration, .init(en: "Show a key", inIndonesian: "Tampilkan kunci"),
    replies: [.json(.key, "The key.")],
    example: Example("OPERATOR", path: ["$key"]))

  static let rotateKey = Operation(
    "rotateKey", .administration, .init(en: "Rotate a key", inIndonesian: "Ganti kunci"),
    details: """
      Makes a key with the same powers, whose life begins anew; the old one ends after the overlap (default 24 hours).
      """,
    query: [.dryRun], body: .json(named: "KeyRotation") { _ = KeyBody.overlapHours($0) }, needs: [.idempotencyKey],
    replies: [.json(.newKey, "The new key.", .created, fields: [(.location, "Its address.")])],
    refusals: [.alreadyDecided],
    example: Example("OPERATOR", path: ["$key"], body: #"{"overlap_hours":24}"#))

  static let revokeKey = Operation(
    "revokeKey", .administration, .init(en: "Revoke a key", inIndonesian: "Cabut kunci"),
    details: "It ends now, and stays listed.",
    query: [.dryRun], replies: [Reply(.noContent, "It has ended.", [], fields: [(.dryRun, "true when it has not.")])],
    example: Example("OPERATOR", path: ["$key"]))
}
