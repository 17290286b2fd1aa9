internal import Domain
internal import Service

/// The shapes of snapshots, as answers show them.
extension Schema {
  /// A line of a snapshot: the first, one of a case, or the last.
  static let snapshotLine = anyOf([
    object([
      .always(
        "snapshot",
        object([
          .always("seq", count), .always("count", count), .always("representation", representation),
          .maybe("after", uuid),
          .maybe("fields", array(of: string).described("What was chosen of each case; left out where it is whole.")),
        ]).named("SnapshotStart"))
    ]).named("SnapshotHead"),
    object([.always("etag", entityTag), .always("case", caseRecord), .maybe("proof", leafProof)]).named("SnapshotCase"),
    object([.always("end", object([.always("seq", count), .always("cases", count)]).named("SnapshotTotals"))]).named(
      "SnapshotEnd"),
  ]).named("SnapshotLine")
}
