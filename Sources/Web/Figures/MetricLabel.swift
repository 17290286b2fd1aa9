internal import Domain
internal import Service

/// What people call the metrics of a table: `followed_up`, `levels.heavy`, `study.overdue`.
enum MetricLabel {
  /// Nil where nothing is known of the name.
  static func of(_ metric: String, _ reference: Reference) -> LocalizedText? {
    if let label = words[metric] ?? FunnelMetric(rawValue: metric)?.label ?? Stage(rawValue: metric)?.label {
      return label
    }
    let ofOthers = ".\(StatisticResult.ofOthers)"
    if metric.hasSuffix(ofOthers) {
      return of(String(metric.dropLast(ofOthers.count)), reference)?.followed(by: words[StatisticResult.ofOthers])
    }
    guard let dot = metric.firstIndex(of: ".") else { return nil }
    let (first, rest) = (String(metric[..<dot]), String(metric[metric.index(after: dot)...]))
    switch first {
    case "levels": return SanctionOutcome.label(of: rest)
    case "codes": return reference.sanctions[rest].map { LocalizedText(en: $0.labelEn, inIndonesian: $0.labelId) }
    default:
      let subject = TimelinessInterval(rawValue: first)?.label ?? ClockKind(rawValue: first)?.label ?? words[first]
      return subject?.followed(by: ClockCount(rawValue: rest)?.label ?? words[rest])
    }
  }

  private static let words: [String: LocalizedText] = [
    "total": LocalizedText(en: "All", inIndonesian: "Jumlah"),
    StatisticResult.ofOthers: LocalizedText(
      en: "of which recorded by others", inIndonesian: "di antaranya dicatat lembaga lain"),
    "decided": LocalizedText(en: "Decided", inIndonesian: "Diputus"),
    "outside_band": LocalizedText(en: "Outside the band", inIndonesian: "Di luar rentang"),
    "outside_band_explained": LocalizedText(
      en: "Outside the band with a reason", inIndonesian: "Di luar rentang dengan alasan"),
    "median_days_to_decision": LocalizedText(
      en: "Median days to the decision", inIndonesian: "Median hari sampai keputusan"),
    "test": LocalizedText(en: "Test of independence", inIndonesian: "Uji independensi"),
    "statistic": LocalizedText(en: "statistic", inIndonesian: "statistik"),
    "permutations": LocalizedText(en: "permutations", inIndonesian: "permutasi"),
    "p": LocalizedText(en: "p", inIndonesian: "p"),
    "cases": LocalizedText(en: "cases", inIndonesian: "kasus"),
    "median_days": LocalizedText(en: "median days", inIndonesian: "median hari"),
    "p90_days": LocalizedText(en: "90th percentile of days", inIndonesian: "persentil ke-90 hari"),
  ]
}

extension LocalizedText {
  fileprivate func followed(by other: LocalizedText?) -> LocalizedText {
    other.map { LocalizedText(en: "\(en): \($0.en)", inIndonesian: "\(inIndonesian): \($0.inIndonesian)") } ?? self
  }
}
