internal import Domain
internal import JSON
internal import Service

/// Writes what was counted: the members `labels`, `total` and `groups`, and those of one kind of statistic alone.
struct StatisticResultJSON {
  let question: StatisticQuestion
  let reference: Reference

  func write(_ result: StatisticResult, to writer: inout JSONWriter) {
    switch result {
    case .funnel(let figures):
      writeLabels(FunnelMetric.allCases.map { ($0.rawValue, $0.label) }, to: &writer)
      write(figures, to: &writer) { Self.write($0, to: &$1) }
    case .stages(let figures):
      writeLabels(Stage.allCases.map { ($0.rawValue, $0.label) }, to: &writer)
      write(figures, to: &writer) { Self.write($0, to: &$1) }
    case .sanctions(let figures):
      writeLabels(figures.total.levels.map { ($0.level, SanctionOutcome.label(of: $0.level)) }, to: &writer)
      writer.member("base", question.of == .decided ? "followed_up" : "recommended")
      write(figures, to: &writer) { write($0, to: &$1) }
    case .timeliness(let figures):
      writer.member("percentiles", "nearest rank, calendar days")
      write(figures, to: &writer) { Self.write($0, to: &$1) }
    case .equalTreatment(let answer): write(answer, to: &writer)
    }
  }

  private func writeLabels(_ labels: [(String, LocalizedText)], to writer: inout JSONWriter) {
    writer.object("labels") { writer in
      for (name, label) in labels {
        writer.name(name)
        writer.label(label)
      }
    }
  }

  private func write<Figures>(
    _ figures: Grouped<Figures>, to writer: inout JSONWriter, _ write: (Figures, inout JSONWriter) -> Void
  ) {
    writer.object("total") { writer in write(figures.total, &writer) }
    writer.objects("groups", of: figures.groups) { writer, group in
      writeKey(group.key, to: &writer)
      write(group.figures, &writer)
    }
  }

  private func writeKey(_ key: String?, to writer: inout JSONWriter) {
    writer.member("key", key)
    writer.name("label")
    let label = key.flatMap { key in
      question.groupBy.flatMap { reference.label(of: key, in: $0, on: question.asOf) }
    }
    writer.label(label)
  }

  private static func write(_ counts: FunnelCounts, to writer: inout JSONWriter) {
    for metric in FunnelMetric.allCases {
      writer.name(metric.rawValue)
      writer.int(counts[metric])
    }
    if counts.ofOthers(.reported) != nil {
      writeOfOthers(FunnelMetric.allCases.map { ($0.rawValue, counts.ofOthers($0)) }, to: &writer)
    }
    writer.object("percentages") { writer in
      for metric in FunnelMetric.allCases {
        guard let base = metric.base else { continue }
        writer.object(metric.rawValue) { writer in
          writer.member("of", base.rawValue)
          writePercentage(counts[metric], of: counts[base], to: &writer)
        }
      }
    }
  }

  /// Of each of several counts, what others have recorded and nobody has confirmed.
  private static func writeOfOthers(_ counts: [(String, Int?)], to writer: inout JSONWriter) {
    writer.object(StatisticResult.ofOthers) { writer in
      for (name, count) in counts {
        writer.name(name)
        writer.int(count ?? 0)
      }
    }
  }

  /// The same of one count, where it is counted.
  private static func writeOfOthers(_ count: Int?, to writer: inout JSONWriter) {
    guard let count else { return }
    writer.name(StatisticResult.ofOthers)
    writer.int(count)
  }

  private static func writePercentage(_ count: Int, of base: Int, to writer: inout JSONWriter) {
    writer.name("percent")
    if let percent = Percentage.tenths(count, of: base) { writer.number(percent) } else { writer.null() }
  }

  private static func write(_ counts: StageCounts, to writer: inout JSONWriter) {
    writer.member("total", counts.total)
    if let total = counts.totalOfOthers {
      writeOfOthers([("total", total), ("rejected", counts.ofOthers(.rejected))], to: &writer)
    }
    writer.object("stages") { writer in
      for stage in Stage.allCases where stage != .rejected {
        writer.object(stage.rawValue) { writer in
          writer.member("count", counts[stage])
          writeOfOthers(counts.ofOthers(stage), to: &writer)
          writePercentage(counts[stage], of: counts.total, to: &writer)
        }
      }
    }
    writer.member("rejected", counts[.rejected])
  }

  private func write(_ counts: SanctionCounts, to writer: inout JSONWriter) {
    writer.member("total", counts.total)
    Self.writeOfOthers(counts.totalOfOthers, to: &writer)
    writer.array("levels") { writer in
      for (level, count, others) in counts.levels {
        writer.object { writer in
          writer.member("level", level)
          writer.member("count", count)
          Self.writeOfOthers(others, to: &writer)
          Self.writePercentage(count, of: counts.total, to: &writer)
        }
      }
    }
    writer.array("codes") { writer in
      for item in counts.items {
        guard let code = item.code else { continue }
        writer.object { writer in
          writer.member("code", code)
          writer.member("level", item.level)
          writer.name("label")
          writer.label(reference.sanctions[code].map { LocalizedText(en: $0.labelEn, inIndonesian: $0.labelId) })
          writer.member("count", item.count)
          Self.writeOfOthers(item.ofOthers, to: &writer)
          Self.writePercentage(item.count, of: counts.total, to: &writer)
        }
      }
    }
  }

  private static func write(_ timeliness: Timeliness, to writer: inout JSONWriter) {
    writer.object("intervals") { writer in
      for interval in TimelinessInterval.allCases {
        writer.object(interval.rawValue) { writer in
          writer.member("cases", timeliness[interval].count)
          writeOfOthers(timeliness.ofOthers(interval), to: &writer)
          writer.member("median_days", timeliness[interval].percentile(50))
          writer.member("p90_days", timeliness[interval].percentile(90))
        }
      }
    }
    writer.object("clocks") { writer in
      for kind in ClockKind.allCases {
        writer.object(kind.rawValue) { writer in
          for count in ClockCount.counted(by: timeliness.definition) {
            writer.name(count.rawValue)
            writer.int(timeliness[kind, count])
          }
          if timeliness.ofOthers(kind, .met) != nil {
            writeOfOthers(ClockCount.allCases.map { ($0.rawValue, timeliness.ofOthers(kind, $0)) }, to: &writer)
          }
        }
      }
    }
  }
}

/// Equal treatment: strata, intervals, the test, and what all of it cannot tell.
extension StatisticResultJSON {
  private func write(_ answer: EqualTreatment, to writer: inout JSONWriter) {
    writeLabels(answer.total.levels.map { ($0.level, SanctionOutcome.label(of: $0.level)) }, to: &writer)
    writer.member("interval", "Wilson, 95 %")
    writer.member("smallest_stratum", EqualTreatment.smallestStratum)
    writer.object("total") { writer in write(answer.total, to: &writer) }
    writer.objects("groups", of: answer.strata) { writer, stratum in
      writeKey(stratum.key, to: &writer)
      write(stratum, to: &writer)
    }
    writer.name("test")
    write(answer.test, to: &writer)
    writer.name("limits")
    writer.label(Self.limits)
  }

  private func write(_ stratum: EqualTreatment.Stratum, to writer: inout JSONWriter) {
    writer.member("decided", stratum.count)
    Self.writeOfOthers(stratum.ofOthers, to: &writer)
    writer.member("too_small", stratum.isTooSmall)
    writer.array("levels") { writer in
      for (index, (level, share)) in stratum.levels.enumerated() {
        writer.object { writer in
          writer.member("level", level)
          Self.writeOfOthers(stratum.levelsOfOthers?[index], to: &writer)
          Self.write(share, to: &writer)
        }
      }
    }
    writer.object("outside_band") { writer in
      Self.write(stratum.outsideBand, to: &writer)
      writer.member("with_reason", stratum.explained)
      writer.member("without_reason", stratum.outsideBand.count - stratum.explained)
    }
    writer.member("median_days_to_decision", stratum.days.percentile(50))
  }

  private static func write(_ share: Share, to writer: inout JSONWriter) {
    writer.member("count", share.count)
    writer.name("share")
    writer.number(Percentage.share(share.value))
    writer.array("interval") { writer in
      writer.number(Percentage.share(share.interval.low))
      writer.number(Percentage.share(share.interval.high))
    }
  }

  private func write(_ test: IndependenceTest?, to writer: inout JSONWriter) {
    guard let test else { return writer.null() }
    writer.object { writer in
      writer.member("method", "permutation of sanction levels within violation forms, Pearson's chi-squared")
      writer.member("permutations", test.permutations)
      writer.member("seed", Int64(IndependenceTest.seed))
      writer.name("statistic")
      writer.number(Percentage.share(test.statistic))
      writer.name("p")
      writer.number(Percentage.share(test.p))
    }
  }

  private static let limits = LocalizedText(
    en: """
      A small p says that the strata differ in sanction levels by more than chance would make them differ; it does not say \
      why. Cases of one form differ in gravity, in earlier breaches and in evidence, which are not counted here; decisions \
      of one institution are not independent of each other. A large p does not prove equal treatment, the less so in small \
      strata, which are marked. Whoever looks at many groupings will find a small p in one of them by chance. Nothing here \
      is a judgement about a person or an institution.
      """,
    inIndonesian: """
      Nilai p yang kecil berarti tingkat sanksi antarkelompok berbeda lebih dari yang wajar terjadi secara kebetulan; nilai \
      itu tidak menjelaskan sebabnya. Kasus dengan bentuk yang sama dapat berbeda bobot, riwayat pelanggaran, dan buktinya, \
      yang tidak dihitung di sini; keputusan dalam satu instansi tidak saling bebas. Nilai p yang besar tidak membuktikan \
      perlakuan yang sama, terutama pada kelompok kecil yang diberi tanda. Siapa yang memeriksa banyak pengelompokan akan \
      menemukan p kecil di salah satunya secara kebetulan. Tidak ada yang di sini menilai seseorang atau suatu instansi.
      """)
}
