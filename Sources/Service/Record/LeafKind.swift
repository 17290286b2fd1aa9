/// What a leaf of the record is about. Further kinds may come.
public enum LeafKind: String, CaseIterable, Sendable {
  /// Where the log begins: in a new file, or in one of an earlier release.
  case origin
  /// The key that signs checkpoints, and the epoch it begins.
  case logKey = "log_key"
  /// Something that has happened to a case.
  case event
  /// Rows of reference data that were added or replaced: mandates and agencies among them.
  case reference
  /// An access key that was made.
  case key
  /// The end of an access key that was set.
  case keyEnd = "key_end"
  case figure
  case publishedFigure = "published_figure"
  case release
  case certificate
  case backup
  /// A file that was restored from a backup: a new epoch.
  case restore
  /// The key that an agency cosigns with.
  case witnessKey = "witness_key"
  /// The key that seals the reporters of an agency's cases.
  case sealingKey = "sealing_key"
  /// What administrators had done before the log began.
  case audit
}
