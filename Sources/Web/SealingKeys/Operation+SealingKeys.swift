internal import Domain
internal import HTTPTypes
internal import Service

/// Operations on keys that seal reporters.
extension Operation {
  static let registerSealingKey = Operation(
    "registerSealingKey", .reporters, .init(en: "Register a sealing key", inIndonesian: "Daftarkan kunci segel"),
    details: """
      An X25519 public key: from then on name and contact of the reporters of this agency's cases are sealed to it \
      (RFC 9180), and nobody reads them once they are stored, nor does the service. Without a nonce the answer seals one to the key \
      (202); sent back with the same key it proves possession (`netral open` does so), and the key is active. Each active \
      key gets a copy of its own; ends names those that end, for good; a key that is active already may name them, too. What was sealed to a key that is lost \
      is lost.
      """,
    query: [.dryRun], body: .json(named: "SealingKeyDraft") { _ = SealingKeyRoutes.read($0) },
    replies: [
      .json(.sealingKeyChallenge, "A nonce under the key: open it, and send it back.", .accepted),
      .json(.sealingKeys, "The active keys."),
    ], refusals: [.notOwner, .notFound],
    example: Example(
      "BAWASLU", setup: "key=$(netral open --private-key bawaslu.sealing --new)", path: ["BAWASLU"],
      body: #"{"public_key":"$key"}"#))

  static let showSealingKeys = Operation(
    "getSealingKeys", .reporters, .init(en: "Show sealing keys", inIndonesian: "Tampilkan kunci segel"),
    details: "The active keys of an agency, for those who seal before they send. Pin what its owner has given you.",
    replies: [.json(.sealingKeys, "The active keys.")], refusals: [.notFound],
    example: Example("BKN", path: ["BAWASLU"]))
}

extension Schema {
  static let sealingKey = object([
    .always("key_id", string), .always("public_key", string.described("X25519, 32 bytes in base64.")),
    .always("registered_at", instant),
  ]).named("SealingKey")

  static let sealingKeys = object([
    .always("agency", agency), .always("keys", array(of: sealingKey)),
  ]).named("SealingKeys")

  static let sealingKeyChallenge = object([
    .always("agency", agency), .always("key_id", string), .always("public_key", string), .always("enc", string),
    .always("ciphertext", string), .maybe("ends", array(of: string)),
  ]).named("SealingKeyChallenge")
}
