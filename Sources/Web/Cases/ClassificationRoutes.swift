internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service

/// POST /v1/classification: which violation row fits an act, and why. A suggestion: people decide.
enum ClassificationRoutes {
  static func suggest(_ call: Call, _ cases: CaseService) async throws -> Answer {
    let question = try decode(try await call.json())
    let answer = try cases.classify(question)
    let language = call.language
    return Answer.object(in: language) { writer in
      writer.name("suggestion")
      write(answer.violation, to: &writer)
      writer.member("determined", answer.determined)
      writer.member("determined_on", answer.determinedOn)
      writer.member("reasons", strings: answer.reasons.map { $0.text(in: language) })
      writer.member("warnings", strings: answer.warnings.map { $0.text(in: language) })
    }
  }

  private static func decode(_ body: JSONValue) throws(Failure) -> ClassificationQuestion {
    let reader = try ObjectReader(body)
    let question = read(reader)
    try reader.errors.check()
    guard let question else { throw .invalid(reader.errors.all) }
    return question
  }

  /// Reads the body of a question. Errors are collected in the reader.
  static func read(_ reader: ObjectReader) -> ClassificationQuestion? {
    let election = reader.text("election", max: 64, required: true)
    let contest = reader.text("contest", max: 64)
    let date = reader.date("occurred_on", required: true)
    let supports = reader.code("supports", Supports.self, required: true)
    let leave = reader.flag("on_unpaid_leave") ?? false
    let conduct = reader.text("conduct", max: 64)
    let violation = reader.reference("violation")
    reader.finish()
    guard let election, let date, let supports else { return nil }
    return ClassificationQuestion(
      election: election, contest: contest, occurredOn: date, supports: supports, onUnpaidLeave: leave,
      conduct: conduct,
      violation: violation)
  }

  private static func write(_ violation: Violation?, to writer: inout JSONWriter) {
    guard let violation else { return writer.null() }
    writer.object { writer in
      writer.member("violation", violation.code)
      writer.member("conduct", violation.conduct)
      writer.member("category", violation.category)
      writer.member("sanction_level", violation.sanctionLevel)
      writer.member("label_id", violation.labelId)
      writer.member("label_en", violation.labelEn)
      writer.member("confidence", violation.confidence)
      writer.member("legal_basis", strings: violation.legalBasis)
    }
  }
}
