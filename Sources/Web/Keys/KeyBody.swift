internal import Domain
internal import JSON
internal import Service

/// The body that describes a new key.
enum KeyBody {
  static func key(_ body: JSONValue, _ token: Token, by asker: Asker, _ reference: Reference) throws(Failure)
    -> AccessKey
  {
    let reader = try ObjectReader(body)
    let (agency, isOperator, label, scopes, end, networks, identities, bytesMax) = read(reader)
    if isOperator == (agency != nil) { reader.errors.add("/agency", .inconsistent) }
    if let agency, reference.agencies[agency] == nil { reader.errors.add("/agency", .unknownCode) }
    for (index, network) in networks.enumerated() where Network(network) == nil {
      reader.errors.add("/networks/\(index)", .format, Hint.networks)
    }
    for (index, identity) in identities.enumerated() where !CertificateIdentity.isValid(identity) {
      reader.errors.add("/identities/\(index)", .format)
    }
    let owner: KeyOwner = agency.map { .agency(AgencyCode(rawValue: $0)) } ?? .operator
    let granted = checked(scopes, owner, reader.errors)
    let expiresAt = end.flatMap { checked($0, granted, asker.now, reader.errors) }
    if bytesMax != nil, !granted.contains(.migration) { reader.errors.add("/bytes_max", .notAllowed) }
    try reader.errors.check()
    return AccessKey(
      id: token.keyID, owner: owner, label: label ?? "", scopes: granted, createdAt: asker.now,
      expiresAt: expiresAt, revokedAt: nil, networks: networks, identities: identities, secretDigest: token.digest,
      madeBy: asker.caller?.key.id,
      bytesMax: granted.contains(.migration) ? bytesMax.map { Int64($0) } ?? AccessKey.migrationBytes : nil)
  }

  private static func checked(_ end: KeyEnd, _ scopes: Set<Scope>, _ now: Timestamp, _ errors: BodyErrors) -> Timestamp?
  {
    do throws(KeyEnd.Fault) {
      return try end.instant(for: scopes, from: now)
    } catch {
      let detail: LocalizedText? =
        switch error {
        case .past: nil
        case .tooLong(let days):
          LocalizedText(
            en: "A key with these scopes ends within \(days) days.",
            inIndonesian: "Kunci dengan lingkup ini berakhir dalam \(days) hari.")
        }
      errors.add("/expires_at", .range, detail)
      return nil
    }
  }

  /// Errors are collected in the reader.
  static func read(_ body: ObjectReader) -> (
    agency: String?, isOperator: Bool, label: String?, scopes: [String], end: KeyEnd?, networks: [String],
    identities: [String], bytesMax: Int?
  ) {
    defer { body.finish() }
    return (
      body.text("agency", max: 20), body.flag("operator") ?? false, body.text("label", max: 100, required: true),
      body.texts("scopes", countMax: 10, max: 20, required: true), end(body),
      body.texts("networks", countMax: 20, max: 49),
      body.texts("identities", countMax: CertificateIdentity.countMax, max: CertificateIdentity.bytesMax),
      body.int("bytes_max", in: AccessKey.migrationBytesRange)
    )
  }

  /// When the key is to end; nil when that cannot be read.
  private static func end(_ body: ObjectReader) -> KeyEnd? {
    let schema = Schema.anyOf([.instant, .const("never")]).named("KeyEnd").described(
      "Default: after 365 days, or what the scopes allow if that is less. Some scopes must end: admin within 90 days, migration within 30."
    )
    switch body.value("expires_at", schema) {
    case nil: return .standard
    case .string("never"): return .never
    case .string(let text):
      if let instant = Timestamp(text) { return .at(instant) }
      body.errors.add("/expires_at", .format, Hint.instant)
    default: body.errors.add("/expires_at", .type)
    }
    return nil
  }

  /// The body of a rotation: how long the old key stays valid.
  static func overlapHours(_ body: ObjectReader) -> Int {
    defer { body.finish() }
    return body.int("overlap_hours", in: 0...720) ?? 24
  }

  private static func checked(_ names: [String], _ owner: KeyOwner, _ errors: BodyErrors) -> Set<Scope> {
    var granted: Set<Scope> = []
    for (index, name) in names.enumerated() {
      guard let scope = Scope(rawValue: name) else {
        errors.add("/scopes/\(index)", .unknownCode, Query.oneOf(Scope.self))
        continue
      }
      if scope.suits(owner) { granted.insert(scope) } else { errors.add("/scopes/\(index)", .notAllowed) }
    }
    return granted
  }
}
