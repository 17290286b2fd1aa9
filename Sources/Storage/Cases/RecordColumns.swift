internal import Domain

/// The columns of `case_record`: what of the newest state of a case is searched, ordered and judged by.
enum RecordColumns {
  /// Said once.
  static let lasting = ["id", "number", "created_at", "imported_by", "imported_versions"]

  /// What a correction may change.
  static let facts = [
    "person_key", "report_key", "agency_ref_digest", "reported_by", "twin", "election", "region", "institution",
    "institution_kind", "position_level", "violation", "category", "act_on", "received_on", "data_key", "reporter_key",
  ]

  /// Those of files in which nothing was sealed.
  static let formerFacts = facts.dropLast(2).map { $0 == "agency_ref_digest" ? "agency_ref_folded" : $0 }

  /// What every version may change.
  static let progress =
    ["version", "seq", "recorded_at", "stage"]
    + Milestone.allCases.dropFirst().map { "\($0.rawValue)_on" }
    + [
      "next_due_on", "paused_due_on", "appeal_due_on", "paused_until", "recorded_late", "unconfirmed", "disputed_for",
    ]

  static func addLasting(_ record: Case, to arguments: inout Arguments) {
    arguments.add(record.id)
    arguments.add(record.number)
    arguments.add(record.createdAt)
    arguments.add(record.provenance.importer)
    arguments.add(record.provenance.importer == nil ? nil : record.provenance.importedVersions)
  }

  /// - Parameters:
  ///   - number: of the report, as it is found by.
  ///   - dataKeys: nil in files in which nothing is sealed.
  static func addFacts(
    _ record: Case, _ keys: ReportKeys, number: String, _ dataKeys: DataKeys?, to arguments: inout Arguments
  ) {
    let facts = record.facts
    arguments.add(keys.person)
    arguments.add(keys.report)
    arguments.add(number)
    arguments.add(facts.source.agency)
    arguments.add(keys.twin)
    arguments.add(facts.election)
    arguments.add(facts.region.text)
    arguments.add(facts.institution.code)
    arguments.add(facts.institution.kind)
    arguments.add(facts.subject.positionLevel)
    arguments.add(facts.violation?.code)
    arguments.add(facts.violation?.category)
    arguments.add(day: facts.act.occurredOn)
    arguments.add(day: record.progress.milestones[.received] ?? facts.source.receivedOn)
    guard let dataKeys else { return }
    arguments.add(dataKeys.person)
    arguments.add(dataKeys.reporter)
  }

  static func addProgress(_ record: Case, to arguments: inout Arguments) {
    let progress = record.progress
    arguments.add(record.version)
    arguments.add(record.seq)
    arguments.add(record.updatedAt)
    arguments.add(progress.stage)
    for milestone in Milestone.allCases.dropFirst() { arguments.add(day: progress.milestones[milestone]) }
    arguments.add(day: progress.nextDue)
    arguments.add(day: progress.pausedDue)
    arguments.add(day: progress.appealDue)
    arguments.add(day: progress.pausedUntil)
    arguments.add(progress.isRecordedLate)
    arguments.add(ProvenanceColumns.text(record.provenance.unconfirmed))
    arguments.add(record.provenance.disputedFor.map(ProvenanceColumns.text))
  }
}

/// The numbers of our own that stand for person and report.
struct ReportKeys: Equatable {
  var person: Int64
  var report: Int64
  /// 0, or which of the reports it is that an earlier release took for different ones.
  var twin = 0
}

extension CaseProgress {
  /// The day on which the running clock is due. Nobody is late who does not appeal.
  fileprivate var nextDue: LegalDate? {
    openClock.flatMap { $0.standsStill || $0.kind == .appealFiling ? nil : $0.dueOn }
  }

  /// The day on which the clock would be due that stands still until somebody resumes it.
  fileprivate var pausedDue: LegalDate? { openClock.flatMap { $0.standsStill ? $0.dueOn : nil } }

  /// The last day on which an appeal may be filed, while that period runs.
  fileprivate var appealDue: LegalDate? {
    openClock.flatMap { $0.standsStill || $0.kind != .appealFiling ? nil : $0.dueOn }
  }

  /// The day on which the open clock runs again after a pause that names it.
  fileprivate var pausedUntil: LegalDate? { openClock?.pauses.last.flatMap { $0.isResumed ? nil : $0.until } }

  /// True when a clock was met, and that was recorded after its due date.
  fileprivate var isRecordedLate: Bool { clocks.contains { $0.isRecordedLate } }
}
