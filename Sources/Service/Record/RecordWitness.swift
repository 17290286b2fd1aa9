public import Domain

/// An agency that cosigns the record.
public struct RecordWitness: Sendable {
  public let agency: AgencyCode
  /// The public key that it has registered (C2SP vkey, type 0x04). Other witnesses go by the keys that they have pinned.
  public let key: String
  /// What it has cosigned last in this epoch; nil for nothing yet.
  public var cosigned: Cosigned?

  /// A checkpoint with the line of a witness.
  public struct Cosigned: Sendable {
    public let size: Int64
    /// The signed note.
    public let note: String
    /// When the witness says it has cosigned.
    public let at: Timestamp

    public init(size: Int64, note: String, at: Timestamp) { (self.size, self.note, self.at) = (size, note, at) }
  }

  public init(agency: AgencyCode, key: String, cosigned: Cosigned?) {
    (self.agency, self.key, self.cosigned) = (agency, key, cosigned)
  }
}
