internal import Domain
internal import GRDB
internal import JSON
internal import Merkle

/// An event as its row has it, and what its leaf commits to of that.
struct EventDocument {
  var seq: Int64
  var id: CaseID
  var number: String
  var version: Int
  var what: String
  var agency: String
  var onBehalfOf: String?
  var importedBy: String?
  var keyID: String
  var occurredOn: LegalDate?
  var recordedAt: Timestamp
  var stage: String
  var changed: [String]
  /// Without the numbers of letters, once those are sealed by themselves.
  var details: [(name: String, value: String)]
  /// The letters, decrees and other files that details name, by the names of their numbers; empty before it is stored.
  var namedLetters: [String] = []
  /// What earlier releases have kept of the personal values it has brought; nil for none.
  var digest: [UInt8]?
  /// Of the report of an imported case: who has brought it in, and how many versions it began with.
  var imported: (by: String, versions: Int64)?
  /// Nil where the event has left the case as it was.
  var state: State?

  /// The version that the event has made.
  struct State {
    var progress: [UInt8]
    var person: Int64
    var report: Int64
    var reportedBy: String
    var institutionKind: String
    var verifiedOn: LegalDate?
    var recommendedOn: LegalDate?
    var unconfirmed: String?
    var disputedFor: String?
  }

  /// For everybody who sees the case: who, what and when, and how far the case has come.
  var core: [UInt8] {
    JSONWriter.object(reserving: 768) { writer in
      writer.member("seq", seq)
      writer.member("case", id.description)
      writer.member("number", number)
      writer.member("version", version)
      writer.member("what", what)
      writer.member("agency", agency)
      if let onBehalfOf { writer.member("on_behalf_of", onBehalfOf) }
      if let importedBy { writer.member("imported_by", importedBy) }
      if let occurredOn { writer.member("occurred_on", occurredOn.description) }
      writer.member("recorded_at", recordedAt.description)
      writer.member("stage", stage)
      writer.member("changed", strings: changed.filter { Facts.group(of: $0) == .core })
      writer.object("details") { writer in
        for detail in details where !EventReferences.names.contains(detail.name) {
          writer.name(detail.name)
          writer.string(detail.value)
        }
      }
      if let state {
        writer.name("progress")
        writer.raw(state.progress)
      }
    }
  }

  /// For nobody.
  var store: [UInt8] {
    JSONWriter.object(reserving: 384) { writer in
      writer.member("key", keyID)
      writer.member("changed", strings: changed)
      if let digest { writer.member("digest", Base64URL.encode(digest)) }
      if let imported {
        writer.member("case_imported_by", imported.by)
        writer.member("case_imported_versions", imported.versions)
      }
      guard let state else { return }
      writer.member("person", state.person)
      writer.member("report", state.report)
      writer.member("reported_by", state.reportedBy)
      writer.member("institution_kind", state.institutionKind)
      writer.member("verified_on", state.verifiedOn?.description)
      writer.member("recommended_on", state.recommendedOn?.description)
      writer.member("unconfirmed", state.unconfirmed)
      writer.member("disputed_for", state.disputedFor)
    }
  }

  /// The numbers of letters, decrees and other files that it names; nil for none.
  var letters: [UInt8]? {
    let letters = details.filter { EventReferences.names.contains($0.name) }
    return letters.isEmpty ? nil : Array(EventDetails.json(letters).utf8)
  }
}

extension EventDocument {
  init(_ event: EventDraft, _ record: Case, _ place: VersionPlace, at now: Timestamp) {
    (seq, id, number, version) = (place.seq, record.id, record.number, record.version)
    (what, agency, keyID) = (event.what.rawValue, event.actor.agency.rawValue, event.actor.keyID)
    (onBehalfOf, importedBy) = (event.onBehalfOf?.rawValue, event.actor.importedBy?.rawValue)
    (occurredOn, recordedAt, stage) = (event.occurredOn, now, record.progress.stage.rawValue)
    (changed, details) = (event.changed, event.details)
    if event.what == .created, let importer = record.provenance.importer {
      imported = (importer.rawValue, Int64(record.provenance.importedVersions))
    }
    state = place.makesVersion ? State(record, place.keys) : nil
  }

  /// What of an event is read again to prove it.
  static let columns = """
    e.seq, r.id, r.number, e.version, e.what, e.agency, e.on_behalf_of, e.imported_by, e.key_id, e.occurred_on, \
    e.recorded_at, e.stage, e.changed, e.details, e.progress, e.person_key, e.report_key, e.reported_by, \
    e.institution_kind, e.verified_on, e.recommended_on, e.unconfirmed, e.disputed_for, \
    e.digest, r.imported_by, r.imported_versions
    """
  static let width = 26

  init(_ row: StoredRow) throws {
    (seq, id, number, version) = (row[0], try row.identity(1), row[2], row[3])
    (what, agency, onBehalfOf, importedBy, keyID) = (row[4], row[5], row[6], row[7], row[8])
    (occurredOn, recordedAt, stage) = (row.day(9), Timestamp(milliseconds: row[10]), row[11])
    changed = (row[12] as String).split(separator: " ").map(String.init)
    details = try EventDetails.read(row[13])
    namedLetters = try EventDetails.letterNames(row[13])
    if !row.isNull(23) { digest = row[23] }
    if what == EventKind.created.rawValue, let importer = row[24] as String? { imported = (importer, row[25]) }
    guard let progress = row.utf8(14) else {
      guard (15...22).allSatisfy(row.isNull) else {
        throw DatabaseError(message: "an event that has made no version says something of one")
      }
      return
    }
    state = State(
      progress: Array(progress), person: row[15], report: row[16], reportedBy: row[17], institutionKind: row[18],
      verifiedOn: row.day(19), recommendedOn: row.day(20), unconfirmed: row[21], disputedFor: row[22])
  }
}

extension EventDocument.State {
  init(_ record: Case, _ keys: ReportKeys) {
    progress = ProgressDocument.text(record.progress)
    (person, report) = (keys.person, keys.report)
    reportedBy = record.facts.source.agency.rawValue
    institutionKind = record.facts.institution.kind.rawValue
    verifiedOn = record.progress.milestones[.verified]
    recommendedOn = record.progress.milestones[.recommended]
    unconfirmed = ProvenanceColumns.text(record.provenance.unconfirmed)
    disputedFor = record.provenance.disputedFor.map(ProvenanceColumns.text)
  }
}
