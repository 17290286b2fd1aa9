internal import Domain
internal import HTTPTypes
internal import JSON
internal import Service

/// The keys by which an agency alone reads who has reported to it.
enum SealingKeyRoutes {
  /// PUT /v1/agencies/{agency}/sealing-key: `{"public_key": "…", "nonce": "…", "ends": […]}`
  static func register(_ call: Call, _ keys: SealingKeyService) async throws -> Answer {
    let reader = try ObjectReader(try await call.json())
    let wish = read(reader)
    try reader.errors.check()
    guard let wish else { throw Failure.invalid(reader.errors.all) }
    let code = call.parameters.first.map(String.init) ?? ""
    let result = try await keys.register(wish, of: code, by: call.asker, dryRun: call.dryRun)
    var answer: Answer
    switch result {
    case .challenge(let keyID, let enc, let ciphertext):
      answer = Answer.object(.accepted) { writer in
        writer.member("agency", code)
        writer.member("key_id", keyID)
        writer.member("public_key", wish.publicKey)
        writer.member("enc", enc)
        writer.member("ciphertext", ciphertext)
        if !wish.ends.isEmpty { writer.member("ends", strings: wish.ends) }
      }
    case .registered(let keys): answer = Answer.object { write(keys, of: code, to: &$0) }
    }
    answer.tell(dryRun: call.dryRun)
    return answer
  }

  /// GET /v1/agencies/{agency}/sealing-key
  static func show(_ call: Call, _ keys: SealingKeyService) throws -> Answer {
    let code = call.parameters.first.map(String.init) ?? ""
    let active = try keys.keys(of: code)
    return Answer.object { write(active, of: code, to: &$0) }
  }

  /// Reads the body of a registration. Errors are collected in the reader.
  static func read(_ body: ObjectReader) -> SealingKeyWish? {
    let key = body.text("public_key", max: 64, required: true)
    let nonce = body.text("nonce", max: 64)
    let ends = body.texts("ends", countMax: SealedCopy.keysMax, max: 64)
    body.finish()
    return key.map { SealingKeyWish(publicKey: $0, nonce: nonce, ends: ends) }
  }

  private static func write(_ keys: [SealingKey], of agency: String, to writer: inout JSONWriter) {
    writer.member("agency", agency)
    writer.objects("keys", of: keys) { write($1, to: &$0) }
  }

  /// The members of a key.
  static func write(_ key: SealingKey, to writer: inout JSONWriter) {
    writer.member("key_id", key.id)
    writer.member("public_key", key.publicKey)
    writer.member("registered_at", key.registeredAt.description)
  }
}
