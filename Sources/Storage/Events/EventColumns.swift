internal import Domain

/// The columns of `event`, in the order in which they are written.
enum EventColumns {
  static let names = former.filter { $0 != "digest" } + ["leaf_index", "commitments"]

  /// Those before the log, which had a digest of the event's personal values.
  static let former =
    [
      "seq", "case_key", "version", "what", "agency", "on_behalf_of", "imported_by", "key_id", "occurred_on",
      "recorded_at", "stage", "changed", "details", "digest",
    ] + version

  /// NULL where the event has left the case as it was.
  private static let version = [
    "progress", "facts_seq", "references_seq", "person_key", "report_key", "reported_by", "institution_kind",
    "verified_on", "recommended_on", "unconfirmed", "disputed_for",
  ]

  static func add(
    _ event: EventDocument, _ place: VersionPlace, _ key: Int64, leaf: Int64, _ commitments: Commitments,
    to arguments: inout Arguments
  ) {
    arguments.add(event.seq)
    arguments.add(key)
    arguments.add(event.version)
    arguments.add(event.what)
    arguments.add(event.agency)
    arguments.add(event.onBehalfOf)
    arguments.add(event.importedBy)
    arguments.add(event.keyID)
    arguments.add(day: event.occurredOn)
    arguments.add(event.recordedAt)
    arguments.add(event.stage)
    arguments.add(event.changed.joined(separator: " "))
    arguments.add(EventDetails.stored(event.details))
    addVersion(event.state, place, to: &arguments)
    arguments.add(leaf)
    arguments.add(commitments.bytes)
  }

  /// The version; nil leaves its columns empty.
  static func addVersion(_ state: EventDocument.State?, _ place: VersionPlace?, to arguments: inout Arguments) {
    guard let state, let place else {
      for _ in version { arguments.add(nil as Int64?) }
      return
    }
    arguments.add(utf8: state.progress)
    arguments.add(place.factsSeq)
    arguments.add(place.referencesSeq)
    arguments.add(state.person)
    arguments.add(state.report)
    arguments.add(state.reportedBy)
    arguments.add(state.institutionKind)
    arguments.add(day: state.verifiedOn)
    arguments.add(day: state.recommendedOn)
    arguments.add(state.unconfirmed)
    arguments.add(state.disputedFor)
  }
}
