public import Domain

/// Changes; each call is part of the write it stands in.
public protocol CaseWrites: CaseReads, CaseRecording, EvidenceRecording, FigureRecording, RetentionRecording,
  Administration
{
  /// The reference data as this write sees it, earlier writes of the same commit included.
  func currentReference() throws -> Reference
  /// The last leaf of this write so far.
  var receipt: LeafReceipt? { get }
  /// Remembers an answer with its effect.
  func remember(_ reply: StoredReply, _ owner: KeyOwner, _ key: String, at: Timestamp) throws
}
