internal import Domain

/// The columns of `event`, in the order in which they are written.
enum EventColumns {
  static let names =
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
    _ event: EventDraft, _ record: Case, _ place: VersionPlace, _ key: Int64, _ digest: [UInt8]?, at now: Timestamp,
    to arguments: inout Arguments
  ) {
    arguments.add(place.seq)
    arguments.add(key)
    arguments.add(record.version)
    arguments.add(event.what)
    arguments.add(event.actor.agency)
    arguments.add(event.onBehalfOf)
    arguments.add(event.actor.importedBy)
    arguments.add(event.actor.keyID)
    arguments.add(day: event.occurredOn)
    arguments.add(now)
    arguments.add(record.progress.stage)
    arguments.add(event.changed.joined(separator: " "))
    arguments.add(EventDetails.json(event.details))
    arguments.add(digest)
    addVersion(place.makesVersion ? record : nil, place, to: &arguments)
  }

  /// The version; nil leaves its columns empty.
  static func addVersion(_ record: Case?, _ place: VersionPlace?, to arguments: inout Arguments) {
    guard let record, let place else {
      for _ in version { arguments.add(nil as Int64?) }
      return
    }
    let milestones = record.progress.milestones
    arguments.add(utf8: ProgressDocument.text(record.progress))
    arguments.add(place.factsSeq)
    arguments.add(place.referencesSeq)
    arguments.add(place.keys.person)
    arguments.add(place.keys.report)
    arguments.add(record.facts.source.agency)
    arguments.add(record.facts.institution.kind)
    arguments.add(day: milestones[.verified])
    arguments.add(day: milestones[.recommended])
    arguments.add(ProvenanceColumns.text(record.provenance.unconfirmed))
    arguments.add(record.provenance.disputedFor.map(ProvenanceColumns.text))
  }
}
