internal import Domain
internal import GRDB
internal import JSON

/// How far a case has come, as a JSON object. The numbers of letters and decrees stand apart (``References``).
enum ProgressDocument {
  static func text(_ progress: CaseProgress) -> [UInt8] {
    JSONWriter.object(reserving: 384) { writer in
      writer.member("stage", progress.stage.rawValue)
      writer.object("milestones") { writer in
        for milestone in Milestone.allCases {
          guard let date = progress.milestones[milestone] else { continue }
          writer.name(milestone.rawValue)
          writer.string(date.description)
        }
      }
      if let recommendation = progress.recommendation { write(recommendation, to: &writer) }
      if let decision = progress.decision { write(decision, to: &writer) }
      if let block = progress.block { write(block, of: progress, to: &writer) }
      if let appeal = progress.appeal { write(appeal, to: &writer) }
      writeCodes(of: nil, progress, to: &writer)
      if !progress.clocks.isEmpty { writer.member("clocks", ClockColumn.text(progress.clocks)) }
      let recorded = ClockColumn.recorded(progress.clocks)
      if !recorded.isEmpty { writer.member("clocks_recorded", recorded) }
      if let seq = progress.evidenceSeq { writer.member("evidence_seq", seq) }
    }
  }

  private static func write(_ recommendation: Recommendation, to writer: inout JSONWriter) {
    writer.object("recommendation") { writer in
      writer.member("agency", recommendation.agency.rawValue)
      writer.member("institution", recommendation.institution)
      if let sanction = recommendation.proposedSanction { writer.member("proposed_sanction", sanction) }
    }
  }

  private static func write(_ decision: Decision, to writer: inout JSONWriter) {
    writer.object("decision") { writer in
      writer.member("agency", decision.agency.rawValue)
      writer.member("outcome", decision.outcome.rawValue)
      if let sanction = decision.sanction { writer.member("sanction", sanction) }
      if let level = decision.sanctionLevel { writer.member("sanction_level", level) }
      writer.member("outside_band", decision.outsideBand)
      writer.member("deviation_explained", decision.deviationExplained)
    }
  }

  /// The coded values that are members of an object.
  private static func writeCodes(of object: String?, _ progress: CaseProgress, to writer: inout JSONWriter) {
    for field in ProgressField.members(of: object) {
      guard let code = field.value(progress) else { continue }
      writer.name(field.member)
      writer.string(code)
    }
  }

  private static func write(_ block: Block, of progress: CaseProgress, to writer: inout JSONWriter) {
    writer.object("block") { writer in
      writer.member("agency", block.agency.rawValue)
      writer.member("blocked_on", block.blockedOn.description)
      if let date = block.releasedOn { writer.member("released_on", date.description) }
      writeCodes(of: "block", progress, to: &writer)
    }
  }

  private static func write(_ appeal: Appeal, to writer: inout JSONWriter) {
    writer.object("appeal") { writer in
      writer.member("route", appeal.route.rawValue)
      writer.member("filed_on", appeal.filedOn.description)
      if let outcome = appeal.outcome { writer.member("outcome", outcome.rawValue) }
      if let date = appeal.ruledOn { writer.member("ruled_on", date.description) }
    }
  }
}

extension ProgressDocument {
  /// Reads what ``text(_:)`` has written.
  static func progress(_ bytes: UnsafeBufferPointer<UInt8>) throws -> CaseProgress {
    var progress = CaseProgress(receivedOn: LegalDate(day: 0))
    progress.milestones = Milestones()
    var (clocks, recorded): (UnsafeBufferPointer<UInt8>?, UnsafeBufferPointer<UInt8>?)
    try members(of: bytes) { name, reader in
      switch name {
      case "stage": progress.stage = try code(&reader)
      case "milestones":
        try members(&reader) { progress.milestones[try code($0, &$1)] = try date(&$1) }
      case "recommendation": progress.recommendation = try recommendation(&reader)
      case "decision": progress.decision = try decision(&reader)
      case "block": try readBlock(&reader, into: &progress)
      case "appeal": progress.appeal = try appeal(&reader)
      case "clocks": clocks = try reader.utf8()
      case "clocks_recorded": recorded = try reader.utf8()
      case "evidence_seq": progress.evidenceSeq = Int64(try reader.int())
      default: try read(name, of: nil, &reader, into: &progress)
      }
    }
    if let clocks { progress.clocks = try ClockColumn.clocks(clocks, recorded: recorded) }
    return progress
  }

  private static func recommendation(_ reader: inout JSONReader) throws -> Recommendation {
    var recommendation = Recommendation(
      agency: AgencyCode(rawValue: ""), letterNumber: "", institution: "", proposedSanction: nil)
    try members(&reader) { name, reader in
      switch name {
      case "agency": recommendation.agency = AgencyCode(rawValue: try reader.string())
      case "institution": recommendation.institution = try reader.string()
      case "proposed_sanction": recommendation.proposedSanction = try reader.string()
      default: throw reader.malformed
      }
    }
    return recommendation
  }

  private static func decision(_ reader: inout JSONReader) throws -> Decision {
    var decision = Decision(
      agency: AgencyCode(rawValue: ""), outcome: .sanctioned, decreeNumber: "", sanction: nil, sanctionLevel: nil,
      outsideBand: false, deviationExplained: false)
    try members(&reader) { name, reader in
      switch name {
      case "agency": decision.agency = AgencyCode(rawValue: try reader.string())
      case "outcome": decision.outcome = try code(&reader)
      case "sanction": decision.sanction = try reader.string()
      case "sanction_level": decision.sanctionLevel = try reader.string()
      case "outside_band": decision.outsideBand = try reader.bool()
      case "deviation_explained": decision.deviationExplained = try reader.bool()
      default: throw reader.malformed
      }
    }
    return decision
  }

  /// A coded value of an object.
  private static func read(
    _ name: String, of object: String?, _ reader: inout JSONReader, into progress: inout CaseProgress
  ) throws {
    guard let field = ProgressField.members(of: object).first(where: { $0.member == name }),
      field.set(&progress, try reader.string())
    else { throw reader.malformed }
  }

  private static func readBlock(_ reader: inout JSONReader, into progress: inout CaseProgress) throws {
    progress.block = Block(
      agency: AgencyCode(rawValue: ""), letterNumber: "", blockedOn: LegalDate(day: 0), releasedOn: nil, proof: nil)
    try members(&reader) { name, reader in
      switch name {
      case "agency": progress.block?.agency = AgencyCode(rawValue: try reader.string())
      case "blocked_on": progress.block?.blockedOn = try date(&reader)
      case "released_on": progress.block?.releasedOn = try date(&reader)
      default: try read(name, of: "block", &reader, into: &progress)
      }
    }
  }

  private static func appeal(_ reader: inout JSONReader) throws -> Appeal {
    var appeal = Appeal(route: .objection, filedOn: LegalDate(day: 0), outcome: nil, ruledOn: nil)
    try members(&reader) { name, reader in
      switch name {
      case "route": appeal.route = try code(&reader)
      case "filed_on": appeal.filedOn = try date(&reader)
      case "outcome": appeal.outcome = try code(&reader) as RulingOutcome
      case "ruled_on": appeal.ruledOn = try date(&reader)
      default: throw reader.malformed
      }
    }
    return appeal
  }

  // MARK: Parts of JSON

  static func members(
    of bytes: UnsafeBufferPointer<UInt8>, _ member: (String, inout JSONReader) throws -> Void
  ) throws {
    var reader = JSONReader(bytes)
    try members(&reader, member)
    try reader.end()
  }

  private static func members(_ reader: inout JSONReader, _ member: (String, inout JSONReader) throws -> Void) throws {
    try reader.beginObject()
    while let name = try reader.nextName() { try member(String(decoding: name, as: UTF8.self), &reader) }
  }

  private static func date(_ reader: inout JSONReader) throws -> LegalDate {
    guard let date = LegalDate(utf8: try reader.utf8()) else { throw reader.malformed }
    return date
  }

  private static func code<Code: RawRepresentable>(_ reader: inout JSONReader) throws -> Code
  where Code.RawValue == String {
    try code(try reader.string(), &reader)
  }

  private static func code<Code: RawRepresentable>(_ text: String, _ reader: inout JSONReader) throws -> Code
  where Code.RawValue == String {
    guard let code = Code(rawValue: text) else { throw reader.malformed }
    return code
  }
}

/// The numbers under which other files keep a case. They lead back to the person.
enum References {
  static func text(_ facts: Facts, _ progress: CaseProgress) -> [UInt8] {
    JSONWriter.object(reserving: 192) { writer in
      FactsDocument.references.write(facts, to: &writer)
      if let letter = progress.recommendation?.letterNumber { writer.member("recommendation_letter", letter) }
      if let decree = progress.decision?.decreeNumber { writer.member("decree", decree) }
      if let letter = progress.block?.letterNumber { writer.member("block_letter", letter) }
      if let proof = progress.block?.proof { writer.member("block_proof", proof) }
      if let number = progress.idisReference { writer.member("idis", number) }
    }
  }

  /// Reads what ``text(_:_:)`` has written into a case whose progress was read.
  static func read(_ bytes: UnsafeBufferPointer<UInt8>, _ facts: inout Facts, _ progress: inout CaseProgress) throws {
    var reader = JSONReader(bytes)
    var next = 0
    try reader.beginObject()
    while let name = try reader.nextName() {
      if try FactsDocument.references.read(name, from: &reader, into: &facts, at: &next) { continue }
      let number = try reader.string()
      switch String(decoding: name, as: UTF8.self) {
      case "recommendation_letter": progress.recommendation?.letterNumber = number
      case "decree": progress.decision?.decreeNumber = number
      case "block_letter": progress.block?.letterNumber = number
      case "block_proof": progress.block?.proof = number
      case "idis": progress.idisReference = number
      default: throw reader.malformed
      }
    }
    try reader.end()
  }

  /// True when two states of a case have the same numbers.
  static func areSame(_ one: Case, _ other: Case) -> Bool {
    one.facts.source.agencyRef == other.facts.source.agencyRef
      && one.progress.recommendation?.letterNumber == other.progress.recommendation?.letterNumber
      && one.progress.decision?.decreeNumber == other.progress.decision?.decreeNumber
      && one.progress.block?.letterNumber == other.progress.block?.letterNumber
      && one.progress.block?.proof == other.progress.block?.proof
      && one.progress.idisReference == other.progress.idisReference
  }
}
