internal import Domain
internal import JSON
internal import Service
internal import Sheets

/// One statistic of a release, as it is shown.
struct PublicPage {
  let statistic: PublicRoutes.Statistic
  let grouping: StatisticGrouping?
  let release: MadeRelease
  let reference: Reference

  /// One number of a table.
  typealias Line = (group: String?, metric: String, value: Int?)

  static let metrics = ["reported", "recommended", "followed_up"]
  /// Where the second and the third of them stand in the tree.
  static let path = [["recommended"], ["recommended", "followed_up"]]

  private var published: PublicRelease { release.published }

  func json() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("statistic", statistic.rawValue)
      writer.member("definition", "public-\(statistic.rawValue)/\(published.definition)")
      writer.member("election", release.stored.election)
      writer.member("as_of", release.stored.asOf.description)
      writer.member("basis", StatisticBasis.effective.rawValue)
      writer.member("unit", StatisticUnit.case.rawValue)
      writer.member("group_by", grouping?.rawValue)
      writer.member("released_at", release.stored.releasedAt.description)
      if published.definition == 1 {
        FirstDefinitionPage(page: self).writeMembers(to: &writer)
      } else {
        PublicMethod.writeMember(to: &writer)
        writeFigures(to: &writer)
      }
    }
  }

  static let title = LocalizedText(en: "Release", inIndonesian: "Rilis")

  static let columns = [
    "statistic", "election", "as_of", "group_by", "group", "label_id", "label_en", "metric", "value",
  ].map { TableColumn($0) }

  /// One number a line.
  func rows(_ table: Table) -> [UInt8] {
    var writer = table.writer
    for line in published.definition == 1 ? FirstDefinitionPage(page: self).lines : lines {
      let text = line.group.flatMap { label(of: $0) }
      for cell in [statistic.rawValue, release.stored.election] { writer.field(cell) }
      writer.field(release.stored.asOf)
      for cell in [
        grouping?.rawValue, line.group ?? "total", text?.inIndonesian, text?.en, line.metric,
      ] { writer.field(cell) }
      writer.field(line.value)
      writer.endRow()
    }
    return writer.bytes
  }

  func label(of key: String) -> LocalizedText? {
    grouping.flatMap { reference.label(of: key, in: $0, on: release.stored.asOf) }
  }

  /// Nil for the group of the cases that have no code.
  static func code(_ key: String) -> String? { key == CaseStates.withoutCode ? nil : key }

  static func sanctioned(_ tree: PublishedNode) -> PublishedNode? {
    tree.node(at: ["recommended", "followed_up", "sanctioned"])
  }

  private func writeFigures(to writer: inout JSONWriter) {
    switch statistic {
    case .funnel: writeFunnel(to: &writer)
    case .stages:
      writer.name("total")
      Self.write(published.tree, of: published.tree.count, to: &writer)
      writer.member("rejected", rejected)
    case .sanctions:
      writer.name("total")
      if let node = Self.sanctioned(published.tree) {
        Self.write(node, of: node.count, to: &writer)
      } else {
        writer.null()
      }
    }
  }

  private var rejected: Int? { published.beside.first { $0.key == FunnelMetric.rejected.rawValue }?.count }

  /// Reported, recommended, followed up.
  private var totals: [Int] {
    [published.tree.count] + Self.path.compactMap { published.tree.node(at: $0)?.count }
  }

  private func writeFunnel(to writer: inout JSONWriter) {
    writer.object("total") { writer in
      Self.write(totals, to: &writer)
      writer.member("rejected", rejected)
    }
    guard let grouping, let rows = published.tables[grouping.rawValue]?.rows else { return }
    writer.objects("groups", of: rows) { writer, row in
      writer.member("key", Self.code(row.key))
      writer.name("label")
      writer.label(label(of: row.key))
      Self.write(row.counts, to: &writer)
    }
  }

  private static func write(_ counts: [Int], to writer: inout JSONWriter) {
    for (metric, count) in zip(metrics, counts) {
      writer.name(metric)
      writer.int(count)
    }
    writer.object("percentages") { writer in
      for index in counts.indices.dropFirst() {
        writer.object(metrics[index]) { writer in
          writer.member("of", metrics[index - 1])
          writePercent(counts[index], of: counts[index - 1], to: &writer)
        }
      }
    }
  }

  /// - Parameter total: what percentages are of.
  private static func write(_ node: PublishedNode, of total: Int, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("key", node.key)
      writer.name("label")
      writer.label(PublicLabel.of(node.key))
      writer.member("count", node.count)
      writePercent(node.count, of: total, to: &writer)
      writer.array("parts", of: node.children ?? []) { writer, child in write(child, of: total, to: &writer) }
    }
  }

  /// Of counts as they are shown. A part may be shown as more than its whole; it is no more than all of it.
  private static func writePercent(_ count: Int, of base: Int, to writer: inout JSONWriter) {
    writer.name("percent")
    if let percent = Percentage.tenths(min(count, base), of: base) { writer.number(percent) } else { writer.null() }
  }

  private var lines: [Line] {
    switch statistic {
    case .funnel:
      let total: [Line] = zip(Self.metrics, totals).map { (nil, $0, $1) }
      let rows = grouping.flatMap { published.tables[$0.rawValue]?.rows } ?? []
      return total + [(nil, "rejected", rejected)]
        + rows.flatMap { row in zip(Self.metrics, row.counts).map { (row.key, $0, $1) } }
    case .stages: return Self.lines(published.tree, "") + [(nil, "rejected", rejected)]
    case .sanctions: return Self.sanctioned(published.tree).map { Self.lines($0, "") } ?? []
    }
  }

  private static func lines(_ node: PublishedNode, _ prefix: String) -> [Line] {
    let name = prefix + node.key
    return [(nil, name, node.count)] + (node.children ?? []).flatMap { lines($0, name + ".") }
  }
}

/// The method by which releases are made, as every answer says it.
enum PublicMethod {
  static let note = LocalizedText(
    en: """
      Each number is perturbed by itself, so that parts need not add up to their total, and the difference of two numbers \
      carries noise of its own. 0 is 0. Totals of the whole country from 100 up are exact.
      """,
    inIndonesian: """
      Setiap angka diberi gangguan acak tersendiri, sehingga bagian tidak harus berjumlah sama dengan totalnya, dan selisih \
      dua angka memuat gangguannya sendiri. 0 tetap 0. Jumlah nasional mulai 100 ditampilkan apa adanya.
      """)

  /// Writes the member `method`: its name, its parameters, and the table of perturbation.
  static func writeMember(to writer: inout JSONWriter) {
    writer.object("method") { writer in
      writer.member("name", "cell_key")
      writer.member("noise_max", Perturbation.noiseMax)
      writer.member("variance", Perturbation.variance)
      writer.name("not_shown")
      write(Array(Perturbation.notShown), to: &writer)
      writer.member("totals_exact_from", Perturbation.exactFrom)
      writer.member("additive", false)
      writer.name("note")
      writer.label(note)
      writer.member("weight_sum", Int(Perturbation.weightSum))
      writer.array("weights", of: Perturbation.weights) { writer, row in write(row.map { Int($0) }, to: &writer) }
    }
  }

  private static func write(_ numbers: [Int], to writer: inout JSONWriter) {
    writer.array(of: numbers) { writer, number in writer.int(number) }
  }
}

/// What people read beside the nodes of a release.
enum PublicLabel {
  static func of(_ key: String) -> LocalizedText {
    ReleaseBranch(rawValue: key)?.label ?? FunnelMetric(rawValue: key)?.label ?? Stage(rawValue: key)?.label
      ?? SanctionOutcome.label(of: key)
  }
}
