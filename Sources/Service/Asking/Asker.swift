public import Domain

/// Who asks, at which moment, and on which reader of the store short questions are answered.
public struct Asker: Sendable {
  /// Nil where no key is asked for.
  public let caller: Caller?
  public let now: Timestamp
  /// `0..<readerCount` of the store.
  public let reader: Int
  /// The leaves of what is written for the request.
  public let receipts = Receipts()

  /// - Parameter reader: `0..<readerCount` of the store.
  public init(caller: Caller?, now: Timestamp, reader: Int) {
    self.caller = caller
    self.now = now
    self.reader = reader
  }

  /// The date in Jakarta.
  public var today: LegalDate { LegalDate(inJakarta: now) }

  /// The identifier of the key; empty where none is asked for.
  public var keyID: String { caller?.key.id ?? "" }

  /// True when the key has the scope.
  public func holds(_ scope: Scope) -> Bool { caller?.key.scopes.contains(scope) ?? false }

  /// The agency that asks.
  ///
  /// - Throws: `scope_missing` when it is no agency.
  public func agency() throws(Failure) -> AgencyCode {
    guard let agency = caller?.agency else { throw .scopeMissing }
    return agency
  }

  /// - Throws: `scope_missing` when nobody's key was sent.
  func owner() throws(Failure) -> KeyOwner {
    guard let caller else { throw .scopeMissing }
    return caller.key.owner
  }

  /// The rules' view of the moment.
  ///
  /// - Throws: `scope_missing` when it is no agency that asks.
  func context(_ reference: Reference) throws(Failure) -> Lifecycle.Context {
    Lifecycle.Context(
      actor: Actor(agency: try agency(), importedBy: nil, keyID: keyID), reference: reference, today: today,
      lastDay: LegalDate(inJayapura: now))
  }
}

extension Failure {
  /// The key is valid and not for this.
  public static let scopeMissing = Failure(
    .scopeMissing, en: "This key may not be used here.", inIndonesian: "Kunci ini tidak dapat dipakai di sini.")
}
