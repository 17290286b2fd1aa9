internal import Crypto
internal import Domain
internal import JSON

/// How answers to statistical questions look.
enum StatisticJSON {
  /// Makes the figure of an answer.
  static func figure(
    _ question: StatisticQuestion, scope: AgencyCode?, _ result: StatisticResult, seq: Int64, at now: Timestamp,
    _ reference: Reference
  ) -> Figure {
    let canonical = StatisticQuery.canonical(question)
    let id = name(question, canonical, scope, result)
    var writer = JSONWriter(reserving: 4_096)
    writer.beginObject()
    writer.member("figure_id", id)
    writeQuestion(question, scope, to: &writer)
    writer.member("seq", seq)
    writer.member("issued_at", now.description)
    StatisticResultJSON(question: question, reference: reference).write(result, to: &writer)
    writer.endObject()
    return Figure(
      id: id, scope: scope, kind: question.kind, definition: question.definitionName, question: canonical, seq: seq,
      issuedAt: now, answer: writer.bytes)
  }

  /// The same numbers to the same question have the same name, whoever asks where and when.
  static func name(_ question: StatisticQuestion, _ canonical: String, _ scope: AgencyCode?, _ result: StatisticResult)
    -> String
  {
    var text = "\(question.definitionName)\n\(canonical)\n\(scope?.rawValue ?? "")\n"
    for row in result.rows { text += "\(row.group ?? "*")\t\(row.metric)\t\(row.value.text)\n" }
    return "fig_" + Base32.encode(SHA256.hash(data: Array(text.utf8)).prefix(16))
  }

  private static func writeQuestion(_ question: StatisticQuestion, _ scope: AgencyCode?, to writer: inout JSONWriter) {
    writer.member("statistic", question.kind.rawValue)
    writer.member("definition", question.definitionName)
    writer.member("election", question.filter.election)
    writer.member("as_of", question.asOf.description)
    writer.member("basis", question.basis.rawValue)
    writer.member("unit", question.unit.rawValue)
    if question.kind == .sanctions { writer.member("of", question.of.rawValue) }
    writer.member("group_by", question.groupBy?.rawValue)
    writer.name("filters")
    writer.beginObject()
    for (name, value) in StatisticQuery.pairs(of: question.filter) where name != "election" {
      guard let value else { continue }
      writer.name(name)
      writer.string(value)
    }
    writer.endObject()
    writer.name("scope")
    write(scope, question.unit, to: &writer)
  }

  /// Whose view it is, and under which conditions cases count, and persons are told apart.
  static func write(_ scope: AgencyCode?, _ unit: StatisticUnit, to writer: inout JSONWriter) {
    let row = scope.map { Visibility.row($0) }
    writer.beginObject()
    writer.member("agency", scope?.rawValue)
    writer.member("rows", strings: (row?.rows ?? .always).names)
    if unit == .person { writer.member("persons", strings: (row?.subject ?? .always).names) }
    writer.endObject()
  }
}
