internal import Domain
internal import JSON
internal import Service

/// How answers to statistical questions look.
enum StatisticJSON {
  /// How questions and answers are written.
  static let form = FigureForm(
    canonical: { StatisticQuery.canonical($0) },
    stored: { figure throws(Failure) in try StatisticQuery.stored(figure) },
    answer: { write($0, $1, scope: $2, $3, seq: $4, at: $5, $6) })

  private static func write(
    _ name: String, _ question: StatisticQuestion, scope: AgencyCode?, _ result: StatisticResult, seq: Int64,
    at now: Timestamp, _ reference: Reference
  ) -> [UInt8] {
    JSONWriter.object(reserving: 4_096) { writer in
      writer.member("figure_id", name)
      writeQuestion(question, scope, to: &writer)
      writer.member("seq", seq)
      writer.member("reference_revision", reference.revision)
      writer.member("issued_at", now.description)
      StatisticResultJSON(question: question, reference: reference).write(result, to: &writer)
    }
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
    writer.object("filters") { writer in
      for (name, value) in StatisticQuery.pairs(of: question.filter) where name != "election" {
        guard let value else { continue }
        writer.name(name)
        writer.string(value)
      }
    }
    writer.name("scope")
    write(scope, question.unit, to: &writer)
    if question.unit == .person {
      writer.name("note")
      writer.label(erasedPersons)
    }
  }

  private static let erasedPersons = LocalizedText(
    en: "A person whose earlier cases were all erased is counted as another person in later ones.",
    inIndonesian: "Orang yang seluruh kasus sebelumnya telah dihapus dihitung sebagai orang lain pada kasus berikutnya."
  )

  /// Whose view it is, and under which conditions cases count, and persons are told apart.
  static func write(_ scope: AgencyCode?, _ unit: StatisticUnit, to writer: inout JSONWriter) {
    let row = scope.map { Visibility.row($0) }
    writer.object { writer in
      writer.member("agency", scope?.rawValue)
      writer.member("rows", strings: (row?.rows ?? [.always]).names)
      if unit == .person { writer.member("persons", strings: (row?.subject ?? [.always]).names) }
    }
  }
}
