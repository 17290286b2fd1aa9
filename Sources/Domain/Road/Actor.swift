/// Who acts: the agency, and in an import the agency that brought the act in.
public struct Actor: Sendable, Equatable {
  public var agency: AgencyCode
  /// The agency whose key imported the act; nil when the agency acted itself.
  public var importedBy: AgencyCode?
  /// The agency that records the act, and must exist on the day of recording.
  public var recorder: AgencyCode { importedBy ?? agency }
  /// Identifier of the key that was used.
  public var keyID: String

  public init(agency: AgencyCode, importedBy: AgencyCode?, keyID: String) {
    self.agency = agency
    self.importedBy = importedBy
    self.keyID = keyID
  }
}
