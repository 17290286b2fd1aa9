/// Where an event and the version it has led to stand in the order of all.
struct VersionPlace {
  /// The sequence of the event.
  var seq: Int64
  /// The sequence of the version the case is then at: an earlier one when the event left the case as it was.
  var versionSeq: Int64
  /// The sequence of the event that brought the facts, and of the one that brought the references.
  var factsSeq: Int64
  var referencesSeq: Int64
  var keys: ReportKeys

  var makesVersion: Bool { seq == versionSeq }
}
