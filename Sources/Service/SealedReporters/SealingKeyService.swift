public import Domain
internal import SealedReporters

/// The keys by which an agency alone reads who has reported to it.
public struct SealingKeyService: RecordService {
  public let records: Records

  /// The keys of the agencies of `records`.
  public init(_ records: Records) { self.records = records }

  /// The active keys of an agency, oldest first.
  ///
  /// - Throws: `not_found` when there is no such agency.
  public func keys(of code: String) throws(Failure) -> [SealingKey] {
    guard records.reference.agencies[code] != nil else { throw .notFound }
    return records.reference.sealingKeys[AgencyCode(rawValue: code)] ?? []
  }

  /// Registers a key once whoever asks has shown that it can open what is sealed by it.
  ///
  /// - Throws: `not_found`, `not_owner`; `invalid` for a key that is none, a nonce that is not the one that was sealed, a
  ///   key that has ended, keys to be ended that are none, and more than an agency may have.
  public func register(_ wish: SealingKeyWish, of code: String, by asker: Asker, dryRun: Bool) async throws
    -> SealingKeyAnswer
  {
    let agency = try asker.agency()
    guard records.reference.agencies[code] != nil else { throw Failure.notFound }
    guard agency.rawValue == code else { throw Failure.notYourKey }
    let key = try Self.key(wish.publicKey)
    let possession = Possession(records.store.signingSecret, agency, key)
    let active = records.reference.sealingKeys[agency] ?? []
    if wish.ends.isEmpty, active.contains(where: { $0.id == key.id }) { return .registered(active) }
    try records.reference.require(wish, key.id, of: agency)
    guard let nonce = wish.nonce else {
      let (enc, ciphertext) = try possession.challenge(at: asker.now)
      return .challenge(keyID: key.id, enc: enc, ciphertext: ciphertext)
    }
    guard possession.isProved(by: nonce, at: asker.now) else { throw Failure.invalid("/nonce", .inconsistent) }
    let keyID = asker.keyID
    let new = SealingKey(id: key.id, agency: agency, publicKey: key.text, registeredAt: asker.now)
    return try await records.store.write(by: try asker.owner(), dryRun: dryRun, noting: asker.receipts) { transaction in
      let reference = try transaction.currentReference()
      try reference.require(wish, key.id, of: agency)
      let active = reference.sealingKeys[agency] ?? []
      let staying = active.filter { !wish.ends.contains($0.id) }
      let isActive = active.contains { $0.id == new.id }
      // A request that comes again changes nothing.
      if isActive, staying.count == active.count { return .registered(active) }
      let ends = active.map(\.id).filter(wish.ends.contains)
      let registered = try transaction.register(new, ending: ends, by: keyID)
      return .registered(isActive ? staying : staying + [registered])
    }
  }

  private static func key(_ text: String) throws(Failure) -> SealingPublicKey {
    do throws(SealingPublicKey.Fault) {
      return try SealingPublicKey(text)
    } catch {
      switch error {
      case .format:
        throw .invalid(
          "/public_key", .format,
          LocalizedText(
            en: "Give an X25519 key: 32 bytes in base64.", inIndonesian: "Isi kunci X25519: 32 bita base64."))
      case .lowOrder:
        throw .invalid(
          "/public_key", .notAllowed,
          LocalizedText(
            en: "This point is of low order, or not written in its one form: anybody could open what it seals.",
            inIndonesian: "Titik ini berorde rendah atau tidak kanonis: siapa pun dapat membuka segelnya."))
      }
    }
  }
}

/// What an agency asks for.
public struct SealingKeyWish: Sendable {
  public let publicKey: String
  /// What was sealed to the key; nil: it is asked for.
  public let nonce: String?
  /// Active keys that end with this one's beginning.
  public let ends: [String]

  public init(publicKey: String, nonce: String?, ends: [String]) {
    (self.publicKey, self.nonce, self.ends) = (publicKey, nonce, ends)
  }
}

/// What becomes of it.
public enum SealingKeyAnswer: Sendable {
  /// A nonce under the key, to be sent back.
  case challenge(keyID: String, enc: String, ciphertext: String)
  /// The active keys from now on.
  case registered([SealingKey])
}

extension Failure {
  fileprivate static let notYourKey = Failure(
    .notOwner, en: "An agency registers its own sealing key alone.",
    inIndonesian: "Lembaga hanya mendaftarkan kunci segelnya sendiri.")
}

extension Reference {
  /// - Throws: `invalid` for a key that has ended, keys to be ended that the agency never had, or that key itself, and more
  ///   active keys than there may be.
  fileprivate func require(_ wish: SealingKeyWish, _ id: String, of agency: AgencyCode) throws(Failure) {
    let active = (sealingKeys[agency] ?? []).map(\.id)
    let ended = (endedSealingKeys[agency] ?? []).map(\.id)
    if ended.contains(id) {
      throw .invalid(
        "/public_key", .notAllowed,
        LocalizedText(
          en: "This key has ended, and does not come back: make another one.",
          inIndonesian: "Kunci ini sudah berakhir dan tidak berlaku lagi: buat kunci lain."))
    }
    let wrong = wish.ends.indices.compactMap { index -> FieldError? in
      if wish.ends[index] == id { return FieldError(pointer: "/ends/\(index)", .inconsistent) }
      let isKnown = active.contains(wish.ends[index]) || ended.contains(wish.ends[index])
      return isKnown ? nil : FieldError(pointer: "/ends/\(index)", .unknownCode)
    }
    guard wrong.isEmpty else { throw .invalid(wrong) }
    guard Set(active + [id]).subtracting(wish.ends).count <= SealedCopy.keysMax else {
      throw .invalid(
        "/ends", .required,
        LocalizedText(
          en: "An agency has \(SealedCopy.keysMax) active keys at most: end one.",
          inIndonesian: "Paling banyak \(SealedCopy.keysMax) kunci aktif per lembaga: akhiri satu."))
    }
  }
}
