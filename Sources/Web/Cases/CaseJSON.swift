internal import Domain
internal import JSON
internal import Service

/// A case as a caller sees it: fixed field order, no white space, so that equal records are equal bytes.
enum CaseJSON {
  static func write(_ record: Case, _ projection: Projection, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("id", record.id.description)
      // A dry run of creating has neither.
      writer.member("number", record.number.isEmpty ? nil : record.number)
      writer.member("version", record.version)
      writer.member("seq", record.seq == 0 ? nil : record.seq)
      writer.member("stage", record.progress.stage.rawValue)
      writer.member("final", record.progress.stage.isFinal)
      FactsJSON.write(record, projection, to: &writer)
      writer.member("imported_by", record.importedBy?.rawValue)
      writer.member("unconfirmed", strings: record.provenance.awaited.map(\.rawValue))
      writer.member("disputed", record.provenance.isDisputed)
      write(record.progress, to: &writer)
      if !record.evidence.isEmpty, projection.contains(.evidence) {
        writer.name("evidence")
        EvidenceDocument.write(record.evidence, to: &writer)
      }
      writer.member("redacted", strings: projection.redacted)
      if let erasedOn = record.erasedOn { writer.member("erased_on", erasedOn.description) }
      writer.member("created_at", record.createdAt.description)
      writer.member("updated_at", record.updatedAt.description)
    }
  }

  /// What a key that may not read cases is told of one it has written to.
  static func writeReceipt(_ record: Case, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("id", record.id.description)
      writer.member("version", record.version)
      writer.member("stage", record.progress.stage.rawValue)
    }
  }

  static func write(_ institution: InstitutionRef, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("code", institution.code)
      writer.member("name", institution.name)
      writer.member("kind", institution.kind.rawValue)
    }
  }

  private static func write(_ progress: CaseProgress, to writer: inout JSONWriter) {
    writer.object("milestones") { writer in
      for milestone in Milestone.allCases {
        guard let date = progress.milestones[milestone] else { continue }
        writer.name(milestone.rawValue)
        writer.string(date.description)
      }
    }
    writer.name("recommendation")
    write(progress.recommendation, to: &writer)
    writer.name("decision")
    write(progress.decision, to: &writer)
    writer.name("block")
    write(progress.block, of: progress, to: &writer)
    writer.name("appeal")
    write(progress.appeal, to: &writer)
    writer.member("idis_reference", progress.idisReference)
    writeCodes(of: nil, progress, to: &writer)
    writer.array("clocks", of: progress.clocks) { writer, clock in write(clock, to: &writer) }
  }

  /// A number that every act of its kind gives: none is left where it was erased.
  private static func given(_ number: String) -> String? { number.isEmpty ? nil : number }

  private static func write(_ recommendation: Recommendation?, to writer: inout JSONWriter) {
    guard let recommendation else { return writer.null() }
    writer.object { writer in
      writer.member("agency", recommendation.agency.rawValue)
      writer.member("letter_number", given(recommendation.letterNumber))
      writer.member("institution", recommendation.institution)
      writer.member("proposed_sanction", recommendation.proposedSanction)
    }
  }

  private static func write(_ decision: Decision?, to writer: inout JSONWriter) {
    guard let decision else { return writer.null() }
    writer.object { writer in
      writer.member("agency", decision.agency.rawValue)
      writer.member("outcome", decision.outcome.rawValue)
      writer.member("decree_number", given(decision.decreeNumber))
      writer.member("sanction", decision.sanction)
      writer.member("sanction_level", decision.sanctionLevel)
      writer.member("outside_band", decision.outsideBand)
      writer.member("deviation_explained", decision.deviationExplained)
    }
  }

  /// The coded values that are members of an object.
  private static func writeCodes(of object: String?, _ progress: CaseProgress, to writer: inout JSONWriter) {
    for field in ProgressField.members(of: object) {
      writer.name(field.member)
      if let code = field.value(progress) { writer.string(code) } else { writer.null() }
    }
  }

  private static func write(_ block: Block?, of progress: CaseProgress, to writer: inout JSONWriter) {
    guard let block else { return writer.null() }
    writer.object { writer in
      writer.member("agency", block.agency.rawValue)
      writer.member("letter_number", given(block.letterNumber))
      writer.member("blocked_on", block.blockedOn.description)
      writer.member("released_on", block.releasedOn?.description)
      writer.member("proof", block.proof)
      writeCodes(of: "block", progress, to: &writer)
    }
  }

  private static func write(_ appeal: Appeal?, to writer: inout JSONWriter) {
    guard let appeal else { return writer.null() }
    writer.object { writer in
      writer.member("route", appeal.route.rawValue)
      writer.member("filed_on", appeal.filedOn.description)
      writer.member("outcome", appeal.outcome?.rawValue)
      writer.member("ruled_on", appeal.ruledOn?.description)
    }
  }

  private static func write(_ clock: Clock, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("kind", clock.kind.rawValue)
      writer.member("started_on", clock.startedOn.description)
      writer.member("due_on", clock.dueOn.description)
      writer.member("unit", clock.unit.rawValue)
      writer.member("state", clock.state.rawValue)
      writeStop(of: clock, to: &writer)
      if !clock.pauses.isEmpty { writePauses(of: clock, to: &writer) }
    }
  }

  static func writeStop(of clock: Clock, to writer: inout JSONWriter) {
    writer.member("stopped_on", clock.stoppedOn?.description)
    writer.member("recorded_on", clock.recordedOn?.description)
    writer.member("recorded_late", clock.isRecordedLate)
  }

  static func writePauses(of clock: Clock, to writer: inout JSONWriter) {
    writer.objects("pauses", of: clock.pauses) { writer, pause in
      writer.member("from", pause.from.description)
      writer.member("until", pause.until?.description)
      writer.member("ground", pause.ground?.rawValue)
    }
  }
}
