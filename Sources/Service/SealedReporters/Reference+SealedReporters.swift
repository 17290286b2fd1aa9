internal import Domain
internal import SealedReporters

/// Which copies of a reporter that a client has sealed are taken.
enum SealedCopies {
  /// One for each active key: a key that is left out could not take over from another one.
  case ofActiveKeys
  /// Those of any keys: they were sealed when other ones were active, as what an import or a request brings.
  case ofAnyKeys
}

extension Reference {
  /// The facts with their reporter sealed to the active keys of the agency that received the report, where it has any. From
  /// here on no reporter in clear goes any further.
  ///
  /// - Parameters:
  ///   - before: the facts that are corrected: a reporter that stays is carried as it is.
  ///   - isGiven: whether the correction says anew who has reported, be it the same: then it does not stay in clear.
  ///   - day: on which it is decided whose keys they are.
  /// - Throws: `invalid` when a client has sealed it to other keys, or to none.
  func sealingReporter(
    of facts: Facts, before: Facts? = nil, isGiven: Bool = true, _ copies: SealedCopies, on day: LegalDate
  )
    throws(Failure) -> Facts
  {
    let (reporter, keys) = (facts.reporter, sealingKeys(for: facts.source.agency, on: day))
    if let before, before.reporter.sealed == reporter.sealed, !reporter.sealed.isEmpty { return facts }
    if let before, before.reporter == reporter, !isGiven { return facts }
    if !reporter.sealed.isEmpty {
      if case .ofActiveKeys = copies { try requireCopies(reporter.sealed, for: keys) }
      try requireWellFormed(reporter.sealed)
    }
    guard reporter.isOpen, !keys.isEmpty else { return facts }
    var sealed = facts
    do {
      sealed.reporter.sealed = try ReporterSeal.seal(
        name: reporter.name, contact: reporter.contact, to: keys, of: facts.source.agency,
        report: facts.source.agencyRef)
    } catch {
      throw Failure(
        .internalError, en: "The reporter could not be sealed; nothing was stored.",
        inIndonesian: "Pelapor tidak dapat disegel; tidak ada yang disimpan.")
    }
    (sealed.reporter.name, sealed.reporter.contact) = (nil, nil)
    return sealed
  }

  private func requireCopies(_ copies: [SealedCopy], for keys: [SealingKey]) throws(Failure) {
    guard copies.count == keys.count, Set(copies.map(\.keyID)) == Set(keys.map(\.id)) else {
      let names = keys.map(\.id).joined(separator: ", ")
      throw .invalid(
        "/reporter/sealed", .inconsistent,
        keys.isEmpty
          ? LocalizedText(
            en: "The agency has registered no sealing key.", inIndonesian: "Lembaga belum mendaftarkan kunci segel.")
          : LocalizedText(
            en: "Give one copy for each active key: \(names).",
            inIndonesian: "Beri satu salinan untuk setiap kunci aktif: \(names)."))
    }
  }

  private func requireWellFormed(_ copies: [SealedCopy]) throws(Failure) {
    guard Set(copies.map(\.keyID)).count == copies.count else { throw .invalid("/reporter/sealed", .duplicate) }
    let wrong = copies.indices.filter { !ReporterSeal.isWellFormed(copies[$0]) }
    guard wrong.isEmpty else {
      throw .invalid(
        wrong.map { index in
          FieldError(
            pointer: "/reporter/sealed/\(index)", .format,
            LocalizedText(
              en: "Give enc as an X25519 key, and ciphertext as a multiple of \(ReporterSeal.padding) bytes and 16.",
              inIndonesian: "Isi enc berupa kunci X25519, dan ciphertext kelipatan \(ReporterSeal.padding) bita dan 16."
            ))
        })
    }
  }
}
