public import Domain

/// What a write may store of figures and agreement.
public protocol FigureRecording {
  /// Stores a certificate; returns it with its number and time.
  func certify(_ certificate: Certificate, by keyID: String) throws -> Certificate
  /// Stores a figure; returns the one that was stored first under that name.
  func issue(_ figure: Figure) throws -> Figure
  /// Stores a published figure; returns it with its number and time.
  func register(_ figure: PublishedFigure, by keyID: String) throws -> PublishedFigure
  /// Stores a public release and returns it with its time; nil when there is one of the election and the date that tells
  /// something: that one stays.
  ///
  /// - Parameter administrator: the key of the operator who has asked for it; nil when it was due.
  func release(_ release: StoredRelease, by administrator: String?) throws -> StoredRelease?
}
