internal import Domain

/// A report that is on record, and a line of an import that brings the same one.
///
/// What a line says is compared with the facts as they were brought in or as they are now, and with the recorded acts of
/// the agencies that its key may speak for, in their order. Acts beyond those are taken, judged by the case as it is:
/// nobody sends `If-Match` with a line.
struct KnownReport {
  private let record: Case
  /// What the importing agency sees of it: what is withheld is not compared, or a line would test a guess.
  private let projection: Projection
  private let transaction: any CaseWrites

  init(_ record: Case, seen projection: Projection, _ transaction: any CaseWrites) {
    (self.record, self.projection, self.transaction) = (record, projection, transaction)
  }

  func compare(_ line: ImportLine, _ facts: Facts, _ importer: Importer) throws -> Importer.Outcome {
    let reference = try transaction.currentReference()
    let wrong = try differences(facts) + differences(line.files ?? [], importer, reference)
    if !wrong.isEmpty { return .differs(record.id, .reportDiffers(at: wrong)) }
    do throws(Failure) {
      try importer.requireFiles(of: line, record, importer.now())
    } catch {
      return .invalid(error)
    }
    // Notes of others exist for their authors alone: they are neither compared nor told of.
    let said = line.actions.enumerated().filter {
      $0.element.action.kind != .notes || importer.isOwn($0.element.agency, reference)
    }
    .map { Said(place: $0.offset, agency: $0.element.agency, action: $0.element.action) }
    if said.isEmpty { return .duplicate(record.id) }
    let history = try transaction.history(record.id)
    let known = history.filter { event in
      let agency = event.onBehalfOf ?? event.agency
      guard case .act(let kind) = event.what, importer.speaks(for: agency, reference) else { return false }
      return kind != .notes || importer.isOwn(agency, reference)
    }
    let void = Set(history.flatMap(\.voided))
    var differing: [String] = []
    // A line that was disputed says what was on record; one that puts it right goes on from what still is.
    for recorded in [known, known.filter { !void.contains($0.seq) }] {
      let acts = withoutOtherNotes(recorded, said, importer)
      let places = differences(said, acts, importer)
      if differing.isEmpty { differing = places }
      guard places.isEmpty else { continue }
      if said.count <= acts.count { return .duplicate(record.id) }
      if recorded.contains(where: { void.contains($0.seq) }) { continue }
      return try extended(by: said.dropFirst(acts.count), line, importer, reference)
    }
    return .differs(record.id, .reportDiffers(at: differing))
  }

  /// An act of the line, and where it stands there.
  private struct Said {
    let place: Int
    let agency: AgencyCode
    let action: Action
  }

  /// The recorded acts without notes that the line does not have: they move nothing, and stand in no list of acts elsewhere.
  private func withoutOtherNotes(_ recorded: [Event], _ said: [Said], _ importer: Importer) -> [Event] {
    recorded.filter { event in
      event.what != .act(.notes)
        || said.contains { event.differences($0.agency, $0.action, isShown(to: importer, event)).isEmpty }
    }
  }

  private func differences(_ said: [Said], _ acts: [Event], _ importer: Importer) -> [String] {
    for (event, step) in zip(acts, said) {
      let places = event.differences(step.agency, step.action, isShown(to: importer, event))
      if !places.isEmpty { return places.map { "/actions/\(step.place)\($0)" } }
    }
    return []
  }

  private func isShown(to importer: Importer, _ event: Event) -> (FieldGroup) -> Bool {
    { group in group == .notes ? event.agency == importer.origin.agency : projection.shows(group) }
  }

  private func extended(
    by said: ArraySlice<Said>, _ line: ImportLine, _ importer: Importer, _ reference: Reference
  ) throws -> Importer.Outcome {
    let steps: [Step]
    do throws(Failure) {
      steps = try judged(said, line, importer, reference)
    } catch {
      return .invalid(error)
    }
    try extend(steps)
    return .extended(record.id)
  }

  /// Where the line's facts are neither those that were brought in nor those of now: as pointers, since a value may be one
  /// that whoever reads the answer must not see.
  private func differences(_ facts: Facts) throws -> [String] {
    let now = facts.differences(from: record.facts, in: projection)
    if now.isEmpty || record.version == 1 { return now }
    guard let first = try transaction.caseRecord(record.id, version: 1) else { return now }
    return facts.differences(from: first.facts, in: projection).isEmpty ? [] : now
  }

  /// Where the line describes files otherwise than the record does. What others have said of a file that they have brought is
  /// theirs.
  private func differences(_ files: [AnnouncedFile], _ importer: Importer, _ reference: Reference) -> [String] {
    guard projection.contains(.evidence) else { return [] }
    return files.enumerated().flatMap { index, file in
      let item = record.evidence.last {
        $0.sha256 == file.sha256 && importer.isOwn($0.receivedBy, reference)
      }
      return item.map { file.differences(from: $0).map { "/evidence/\(index)/\($0)" } } ?? []
    }
  }

  private typealias Step = (changed: Case?, event: EventDraft)

  /// Judges the acts at the end of a line one after the other, before any of them is stored.
  private func judged(
    _ said: ArraySlice<Said>, _ line: ImportLine, _ importer: Importer, _ reference: Reference
  ) throws(Failure) -> [Step] {
    var current = record
    var steps: [Step] = []
    for step in said {
      let taken = try line.at("/actions/\(step.place)") { () throws(Failure) in
        guard reference.agencies[step.agency.rawValue] != nil else { throw Failure.invalid("/agency", .unknownCode) }
        // Histories of others come with their report. What goes on is acted on by each agency itself.
        guard importer.isOwn(step.agency, reference) else { throw importer.notOwn(at: ["/agency"]) }
        _ = try SeenCase(current, for: step.agency)
        let context = importer.context(step.agency, reference, importer.now(), isGoingOn: true)
        return try Lifecycle.judgeBroughtIn(step.action, on: current, context)
      }
      steps.append(taken)
      current = taken.changed ?? current
    }
    return steps
  }

  private func extend(_ steps: [Step]) throws {
    var current = record
    for step in steps {
      if let changed = step.changed {
        current = try transaction.update(current, to: changed, step.event)
      } else {
        try transaction.append(step.event, to: current)
      }
    }
  }
}

extension Facts {
  /// Where these facts say something else than those on record, as pointers into a line. How a value is spelled does not
  /// count where it does not for identity, nor what follows from reference data.
  fileprivate func differences(from recorded: Facts, in projection: Projection) -> [String] {
    var other = recorded.normalized
    if PlainText.folded(other.subject.name) == PlainText.folded(subject.name) { other.subject.name = subject.name }
    if PlainText.folded(other.source.agencyRef) == PlainText.folded(source.agencyRef) {
      other.source.agencyRef = source.agencyRef
    }
    // What is sealed is sealed anew each time, and tells nobody here whether it is the same.
    if !other.reporter.sealed.isEmpty || !reporter.sealed.isEmpty {
      (other.reporter.name, other.reporter.contact) = (reporter.name, reporter.contact)
      other.reporter.sealed = reporter.sealed
    }
    if other.institution.code == institution.code { other.institution = institution }
    if other.violation?.code == violation?.code { other.violation = violation }
    return Facts.changes(from: other, to: self).filter { projection.shows(Facts.group(of: $0)) }
      .map { "/case/\($0.replacing(".", with: "/"))" }
  }

  /// As they would be taken today: earlier releases took texts as they came.
  private var normalized: Facts {
    var facts = self
    let plain = PlainText.normalized
    facts.subject.name = plain(subject.name)
    facts.subject.positionTitle = subject.positionTitle.map(plain)
    facts.act.place = act.place.map(plain)
    facts.act.narrative = plain(act.narrative)
    facts.act.urls = act.urls.map(plain)
    facts.act.witnesses = act.witnesses.map { Witness(name: plain($0.name), contact: $0.contact.map(plain)) }
    facts.source.channel = source.channel.map(plain)
    facts.reporter.name = reporter.name.map(plain)
    facts.reporter.contact = reporter.contact.map(plain)
    return facts
  }
}

extension Event {
  /// Where an act of a line says something else than this event, as pointers into the act.
  ///
  /// - Parameter isShown: whether the texts of a group may be compared.
  fileprivate func differences(_ agency: AgencyCode, _ action: Action, _ isShown: (FieldGroup) -> Bool) -> [String] {
    var places: [String] = []
    if (onBehalfOf ?? self.agency) != (action.onBehalfOf ?? agency) { places.append("/agency") }
    if what != .act(action.kind) { places.append("/action") }
    // What another act carries cannot be set against this one.
    if !places.isEmpty { return places }
    if occurredOn != action.occurredOn { places.append("/occurred_on") }
    let recorded =
      details.map { ($0.name, $0.value) }
      + texts.filter { isShown($0.group) }.map { ($0.name, PlainText.normalized($0.text)) }
    let given =
      action.details.map { ($0.name, $0.value) } + action.texts.filter { isShown($0.group) }.map { ($0.name, $0.text) }
    let (before, now) = (Dictionary(recorded) { first, _ in first }, Dictionary(given) { first, _ in first })
    // What neither the line nor an event of an earlier release says is no difference.
    let assumed = Set(action.said.filter(\.isAssumed).map(\.name)).subtracting(before.keys)
    return places
      + Set(before.keys).union(now.keys).subtracting(assumed).sorted().filter { before[$0] != now[$0] }.map { "/\($0)" }
  }
}

extension Failure {
  fileprivate static func reportDiffers(at pointers: [String]) -> Failure {
    Failure(
      .reportExists, en: "This report is on record and says something else at these places; nothing was changed.",
      inIndonesian: "Laporan ini sudah tercatat dengan isi lain pada tempat berikut; tidak ada yang diubah.",
      errors: pointers.map {
        FieldError(
          pointer: $0, .inconsistent,
          LocalizedText(en: "The record says something else.", inIndonesian: "Yang tercatat berbeda."))
      })
  }
}
